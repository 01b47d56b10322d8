package sim

import (
	"fmt"
	"math"
	"time"
)

// Time is an instant of the simulation: nanoseconds since the start of the run. It is negative for
// what happened before the start. It is no time.Duration on purpose: an instant and a span do not
// add up by accident.
type Time int64

// Never is the instant that does not come. It is after every other instant.
const Never = Time(math.MaxInt64)

// At is the instant d after the start of the run (before it, when d is negative).
func At(d time.Duration) Time { return Time(d) }

// Add returns the instant d after t (before it, when d is negative). Never stays Never. Add panics
// when the result is beyond what a Time holds, some 292 years either side of the start.
func (t Time) Add(d time.Duration) Time {
	if t == Never {
		return Never
	}
	sum := t + Time(d)
	if (sum > t) != (d > 0) && d != 0 || sum == Never {
		panic(fmt.Sprintf("sim: %v after %v is beyond the end of time", d, t))
	}
	return sum
}

// Sub returns the span from u to t, negative when t is before u. It panics when either is Never (an
// instant that does not come has no distance) and when the span is beyond what a Duration holds.
func (t Time) Sub(u Time) time.Duration {
	if t == Never || u == Never {
		panic(fmt.Sprintf("sim: no span between %v and %v", u, t))
	}
	span := t - u
	if (span > 0) != (t > u) && t != u {
		panic(fmt.Sprintf("sim: the span from %v to %v is too long for a duration", u, t))
	}
	return time.Duration(span)
}

// Before reports whether t comes before u.
func (t Time) Before(u Time) bool { return t < u }

// After reports whether t comes after u.
func (t Time) After(u Time) bool { return t > u }

// Seconds returns t in seconds since the start, +Inf for Never.
func (t Time) Seconds() float64 {
	if t == Never {
		return math.Inf(1)
	}
	return time.Duration(t).Seconds()
}

// Truncate rounds t down (towards the past, also before the start) to a multiple of d since the
// start. Never stays Never. It panics when d is not positive.
func (t Time) Truncate(d time.Duration) Time { return t.TruncateFrom(0, d) }

// TruncateFrom rounds t down (towards the past) to a whole number of d from origin. It is how one
// finds the last whole second of a wall clock that does not start on one. Never stays Never. It
// panics when d is not positive.
func (t Time) TruncateFrom(origin Time, d time.Duration) Time {
	if d <= 0 {
		panic(fmt.Sprintf("sim: truncate to a multiple of %v", d))
	}
	if t == Never {
		return Never
	}
	rest := t.Sub(origin) % d
	if rest < 0 {
		rest += d
	}
	return t.Add(-rest)
}

// String writes t as a duration since the start, such as 1h2m3.5s or -5s; Never is "never".
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return time.Duration(t).String()
}
