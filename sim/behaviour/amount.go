package behaviour

import (
	"time"

	"towtank.dev/towtank/sim"
)

const day = 24 * time.Hour

// Usage is what is said of the container's use; nil: nothing.
func (l *Life) Usage() *Usage {
	if s := l.says(fieldUsage); s != nil {
		return s.Behaviour.Usage
	}
	return nil
}

// CPU is what the container wants of the CPU, in cores, so long after its start: clock is the time of day
// then (since midnight), load the requests a second that its Service sends it. said is false when nothing
// is said of its CPU.
func (l *Life) CPU(since, clock time.Duration, load float64) (a Amount, said bool) {
	u := l.Usage()
	if u == nil || u.CPU == nil {
		return Amount{Until: Forever}, false
	}
	return u.CPU.At(since, clock, l.noise("cpu"), load), true
}

// Memory is what the container holds of memory, in bytes, as CPU says it of the CPU.
func (l *Life) Memory(since, clock time.Duration, load float64) (a Amount, said bool) {
	u := l.Usage()
	if u == nil || u.Memory == nil {
		return Amount{Until: Forever}, false
	}
	return u.Memory.At(since, clock, l.noise("memory"), load), true
}

// PIDs is how many processes the container has, as CPU says it of the CPU.
func (l *Life) PIDs(since, clock time.Duration, load float64) (a Amount, said bool) {
	u := l.Usage()
	if u == nil || u.PIDs == nil {
		return Amount{Until: Forever}, false
	}
	return u.PIDs.At(since, clock, l.noise("pids"), load), true
}

// noise is the key of a curve's noise in this run of the container.
func (l *Life) noise(curve string) sim.Key {
	stream := l.key(l.says(fieldUsage), fieldUsage).Of(curve).Draw(uint64(l.restart))
	return sim.NewKey(stream.Uint64(), "noise")
}

// At is the piece of the curve that holds so long after the container's start. The clock is the time of day
// at that instant (since midnight), noise the key of the curve's draws, load the requests a second.
func (c *Curve) At(since, clock time.Duration, noise sim.Key, load float64) Amount {
	a := c.points(since)
	factor := 1.0
	if len(c.Daily) > 0 {
		times, lasts := c.daily(clock)
		factor *= times
		a.Until = min(a.Until, since+lasts)
	}
	if c.Noise != nil && c.NoiseEvery > 0 {
		slot := since / c.NoiseEvery
		stream := noise.Draw(uint64(slot))
		factor *= max(c.Noise.Sample(&stream), 0)
		a.Until = min(a.Until, (slot+1)*c.NoiseEvery)
	}
	a.Value, a.Slope = a.Value*factor+c.PerRequest*load, a.Slope*factor
	return a
}

// points is what the points say. A ramp to the first point begins at 0 with the container's start.
func (c *Curve) points(since time.Duration) Amount {
	var last Point
	for _, p := range c.Points {
		if p.From <= since {
			last = p
			continue
		}
		a := Amount{Value: last.Value, Until: p.From}
		if p.Ramp {
			a.Slope = (p.Value - last.Value) / (p.From - last.From).Seconds()
			a.Value += a.Slope * (since - last.From).Seconds()
		}
		return a
	}
	return Amount{Value: last.Value, Until: Forever}
}

// daily is the factor at a time of day, and for how long it stays.
func (c *Curve) daily(clock time.Duration) (times float64, lasts time.Duration) {
	clock %= day
	at := len(c.Daily) - 1
	for i := range c.Daily {
		if c.Daily[i].At <= clock {
			at = i
		}
	}
	if clock < c.Daily[0].At {
		return c.Daily[at].Times, c.Daily[0].At - clock
	}
	if at+1 < len(c.Daily) {
		return c.Daily[at].Times, c.Daily[at+1].At - clock
	}
	return c.Daily[at].Times, day - clock + c.Daily[0].At
}
