package traffic

import (
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

func at(d time.Duration) sim.Time { return sim.At(d) }

func TestCurvesGoByPieces(t *testing.T) {
	steps := Curve{Points: []Point{{From: 10 * time.Second, Rate: 5}, {From: 20 * time.Second, Rate: 1}}}
	ramps := Curve{Points: []Point{{From: 10 * time.Second, Rate: 20, Ramp: true}, {From: 20 * time.Second, Rate: 10, Ramp: true}}}
	office := Curve{Points: []Point{{Rate: 100}}, Daily: []Factor{{At: 8 * time.Hour, Times: 1}, {At: 20 * time.Hour, Times: 0.25}}, Clock: 7 * time.Hour}
	tide := Curve{Points: []Point{{Rate: 100}}, Daily: []Factor{{At: 6 * time.Hour, Times: 0}, {At: 18 * time.Hour, Times: 1.2, Ramp: true}, {At: 22 * time.Hour, Times: 0.2, Ramp: true}}}
	for _, test := range []struct {
		name  string
		curve *Curve
		at    time.Duration
		want  Piece
	}{
		{"there is none before the first point", &steps, 0, Piece{0, 0, at(10 * time.Second)}},
		{"a point begins with its instant", &steps, 10 * time.Second, Piece{5, 0, at(20 * time.Second)}},
		{"the last point stays", &steps, time.Hour, Piece{1, 0, sim.Never}},
		{"a ramp to the first point begins at 0", &ramps, 5 * time.Second, Piece{10, 2, at(10 * time.Second)}},
		{"a ramp may go down", &ramps, 15 * time.Second, Piece{15, -1, at(20 * time.Second)}},
		{"before the first factor of the day yesterday's last holds", &office, 0, Piece{25, 0, at(time.Hour)}}, // 7:00 to 8:00
		{"a factor holds until the next", &office, 2 * time.Hour, Piece{100, 0, at(13 * time.Hour)}},           // 9:00 to 20:00
		{"over midnight", &office, 16 * time.Hour, Piece{25, 0, at(25 * time.Hour)}},                           // 23:00 to 8:00
		// From 0 at 6:00 to 1.2 at 18:00: a tenth an hour, so at 12:00 100 · 0.6, and 100 · 0.1 / 3600 s more each second.
		{"factors may have ramps", &tide, 12 * time.Hour, Piece{60, 10.0 / 3600, at(18 * time.Hour)}},
		{"a day later it is the same", &tide, 36 * time.Hour, Piece{60, 10.0 / 3600, at(42 * time.Hour)}},
		{"a step over midnight", &tide, 23 * time.Hour, Piece{20, 0, at(30 * time.Hour)}},
		{"the zero curve is no load", &Curve{}, time.Hour, Piece{0, 0, sim.Never}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.curve.At(at(test.at))
			if math.Abs(got.Rate-test.want.Rate) > 1e-9 || math.Abs(got.Slope-test.want.Slope) > 1e-12 || got.Until != test.want.Until {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestRequestsAreTheIntegralOfTheCurve(t *testing.T) {
	// 0 to 20 in 10 s are 100, 20 to 10 in 10 s are 150, and 10 s at 10 are 100.
	curve := Curve{Points: []Point{{From: 10 * time.Second, Rate: 20, Ramp: true}, {From: 20 * time.Second, Rate: 10, Ramp: true}}}
	b := newBed(t, Config{Entries: []Entry{{Load: curve}}}, []string{"a1"})
	b.pod("p", "a1")
	b.write()
	got := b.totals(30)
	got.want(t, 350, 0, 0, 0)
	if got.Peak != 20 || got.PeakOfOne != 20 {
		t.Errorf("peaks %v and %v, want 20, which the one endpoint gets", got.Peak, got.PeakOfOne)
	}
}

func TestEventsAreCountedByChangesNotByRequestsOrTime(t *testing.T) {
	b := newBed(t, steady(1e6), []string{"a1"})
	b.pod("p", "a1")
	b.write()
	b.until(7 * 24 * 3600)
	if n := b.engine.Processed(); n > 10 {
		t.Errorf("%d events for a week of a million requests a second, want a handful", n)
	}
}
