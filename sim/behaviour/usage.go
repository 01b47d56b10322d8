package behaviour

import (
	"time"

	"towtank.dev/towtank/sim"
)

// Usage is what a container uses while it runs. A nil curve is not said.
type Usage struct {
	CPU    *Curve // cores
	Memory *Curve // bytes
	PIDs   *Curve // processes
	// WritableLayer and EmptyDirs, which are volumes of other kinds too, grow by so many bytes a second.
	WritableLayer float64
	EmptyDirs     []Growth
	// Inodes is how many files it makes in its own layer a second.
	Inodes float64
}

// Growth is what is written into a volume, in bytes a second.
type Growth struct {
	Volume         string
	BytesPerSecond float64
}

// Curve is an amount over time: what Points say, times the factor of the time of day, times noise, and
// the load's part on top of it.
type Curve struct {
	// Points by time since the container started; before the first the amount is 0.
	Points []Point
	// Daily are factors by time of day, each holding until the next, the last over midnight to the first.
	Daily []Daily
	// Noise is a factor drawn anew each NoiseEvery from the container's start on; nil: none.
	Noise      sim.Dist
	NoiseEvery time.Duration
	// PerRequest is the amount for each request a second that the container's Service sends it.
	PerRequest float64
}

// Point is a value from an instant on. With Ramp it is reached in a straight line from the point before.
type Point struct {
	From  time.Duration
	Value float64
	Ramp  bool
}

// Daily is a factor from a time of day on.
type Daily struct {
	At    time.Duration // since midnight, under 24 h
	Times float64
}

// Amount is a piece of a curve: Value now, growing by Slope a second, until Until (since the container
// started) comes, when the curve must be asked again.
type Amount struct {
	Value float64
	Slope float64
	Until time.Duration
}
