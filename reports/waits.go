package reports

import (
	"math"
	"slices"
	"time"
)

// Average is the mean of lengths of time. The zero Average is of none.
type Average struct{ n, micros int64 }

// Add takes in one span; what is below a microsecond is cut.
func (a *Average) Add(d time.Duration) {
	a.n++
	a.micros += d.Microseconds()
}

// Mean is the mean in seconds, NaN when there are none.
func (a *Average) Mean() float64 {
	if a.n == 0 {
		return math.NaN()
	}
	return float64(a.micros) / float64(a.n) / 1e6
}

// Spans gathers lengths of time for exact percentiles, in eight bytes each. The zero Spans is empty.
type Spans struct {
	micros []int64
	mean   Average
	sorted bool
}

// Add takes in one span; what is below a microsecond is cut.
func (s *Spans) Add(d time.Duration) {
	s.micros = append(s.micros, d.Microseconds())
	s.mean.Add(d)
	s.sorted = false
}

// Len is how many spans there are.
func (s *Spans) Len() int { return len(s.micros) }

// Mean is the mean in seconds, NaN when there are none.
func (s *Spans) Mean() float64 { return s.mean.Mean() }

// Percentile is the nearest-rank percentile in seconds: the smallest span that is at least as long as
// p percent of all, so always one that occurred. p is from above 0 to 100. NaN when there are none.
func (s *Spans) Percentile(p float64) float64 {
	n := len(s.micros)
	if n == 0 {
		return math.NaN()
	}
	if !s.sorted {
		slices.Sort(s.micros)
		s.sorted = true
	}
	rank := int(math.Ceil(p / 100 * float64(n)))
	return float64(s.micros[min(max(rank, 1), n)-1]) / 1e6
}
