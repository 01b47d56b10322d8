package behaviour

import (
	"time"

	"towtank.dev/towtank/sim"
)

// Usage is what is said of the container's use; nil: nothing.
func (l *Life) Usage() *Usage {
	if s := l.says(fieldUsage); s != nil {
		return s.Behaviour.Usage
	}
	return nil
}

// At is the piece of the curve that holds so long after the container's start. The clock is the time of day
// at that instant (since midnight), noise the key of the curve's draws, load the requests a second.
func (c *Curve) At(since, clock time.Duration, noise sim.Key, load float64) Amount {
	return Amount{Until: Forever}
}
