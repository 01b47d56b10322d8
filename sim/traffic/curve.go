package traffic

import (
	"sort"
	"time"

	"towtank.dev/towtank/sim"
)

// Curve is requests a second over the time of a run. It is linear between its points; where Daily is given,
// it is multiplied by that, and of the two only one may have ramps. The zero Curve is no load.
type Curve struct {
	// Points in order of From. Before the first there is no load, after the last it stays.
	Points []Point
	// Daily are factors by time of day, in order of At; empty: 1.
	Daily []Factor
	// Clock is the time of day, since midnight, at which the run starts.
	Clock time.Duration
}

// Point is a rate that holds until the next point.
type Point struct {
	From time.Duration // since the start of the run, 0 or more
	Rate float64       // requests a second, 0 or more
	Ramp bool          // it is reached in a straight line from the point before; from 0 at the start, if it is the first
}

// Factor is a factor that holds until the next one, that after the last being the first of the next day.
type Factor struct {
	At    time.Duration // since midnight, under 24 h
	Times float64       // 0 or more
	Ramp  bool          // it is reached in a straight line from the factor before
}

// Piece is a stretch of a curve from an instant on: a line.
type Piece struct {
	Rate  float64  // at that instant, a second
	Slope float64  // by which it grows a second
	Until sim.Time // when it is another line; Never
}

const day = 24 * time.Hour

// At is the piece of the curve that holds at an instant.
func (c *Curve) At(t sim.Time) Piece {
	p := c.points(t)
	if len(c.Daily) == 0 {
		return p
	}
	f := c.factor(t)
	return Piece{Rate: p.Rate * f.Rate, Slope: p.Rate*f.Slope + p.Slope*f.Rate, Until: min(p.Until, f.Until)}
}

func (c *Curve) points(t sim.Time) Piece {
	since := t.Sub(0)
	next := sort.Search(len(c.Points), func(i int) bool { return c.Points[i].From > since })
	var last Point
	if next > 0 {
		last = c.Points[next-1]
	}
	p := Piece{Rate: last.Rate, Until: sim.Never}
	if next < len(c.Points) {
		to := c.Points[next]
		p.Until = sim.At(to.From)
		if to.Ramp {
			p.Slope = (to.Rate - last.Rate) / (to.From - last.From).Seconds()
			p.Rate += p.Slope * (since - last.From).Seconds()
		}
	}
	return p
}

// factor is the piece of the daily factors.
func (c *Curve) factor(t sim.Time) Piece {
	clock := (c.Clock + t.Sub(0)) % day
	n := len(c.Daily)
	next := sort.Search(n, func(i int) bool { return c.Daily[i].At > clock })
	last, from := c.Daily[(next+n-1)%n], time.Duration(0)
	if from = last.At; next == 0 {
		from -= day
	}
	to, at := c.Daily[next%n], time.Duration(0)
	if at = to.At; next == n {
		at += day
	}
	p := Piece{Rate: last.Times, Until: t.Add(at - clock)}
	if to.Ramp {
		p.Slope = (to.Times - last.Times) / (at - from).Seconds()
		p.Rate += p.Slope * (clock - from).Seconds()
	}
	return p
}

// over is the integral of a piece over a span from its beginning.
func (p *Piece) over(span time.Duration) float64 {
	s := span.Seconds()
	return max(s*(p.Rate+p.Slope*s/2), 0)
}

// after is the rate a span after the piece's beginning.
func (p *Piece) after(span time.Duration) float64 { return max(p.Rate+p.Slope*span.Seconds(), 0) }
