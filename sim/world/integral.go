package world

import (
	"math"
	"math/bits"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// integral is the exact sum of a count over time, in count·nanoseconds: 128 bits, so that neither a
// cluster's memory nor a year overflow it.
type integral struct {
	high int64
	low  uint64
}

// add adds value for a span of nanoseconds, which is not negative.
func (s *integral) add(value int64, nanos int64) {
	negative := value < 0
	magnitude := uint64(value)
	if negative {
		magnitude = -magnitude
	}
	high, low := bits.Mul64(magnitude, uint64(nanos))
	var carry uint64
	if negative {
		s.low, carry = bits.Sub64(s.low, low, 0)
		s.high -= int64(high) + int64(carry)
		return
	}
	s.low, carry = bits.Add64(s.low, low, 0)
	s.high += int64(high) + int64(carry)
}

// seconds is the sum in count·seconds.
func (s *integral) seconds() float64 {
	return (math.Ldexp(float64(s.high), 64) + float64(s.low)) / 1e9
}

// mean is the count's mean over a span; the value itself when the span has no length.
func (s *integral) mean(from, to sim.Time, value int64) float64 {
	if to <= from {
		return float64(value)
	}
	return s.seconds() / to.Sub(from).Seconds()
}

// extremes follows a count over time. A value that held for no time does not count.
type extremes struct {
	sum      integral
	min, max int64
	seen     bool
}

func (x *extremes) add(value int64, nanos int64) {
	x.sum.add(value, nanos)
	x.note(value)
}

func (x *extremes) note(value int64) {
	if !x.seen || value < x.min {
		x.min = value
	}
	if !x.seen || value > x.max {
		x.max = value
	}
	x.seen = true
}

// over is what the record tells of a count over a run that ended at now with the given value.
func (x *extremes) over(now sim.Time, value int64) record.Extremes {
	return record.Extremes{Min: x.min, Max: x.max, Mean: x.sum.mean(0, now, value)}
}
