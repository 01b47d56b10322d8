package behaviour

import (
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

func TestCurvesGoByPieces(t *testing.T) {
	steps := &Curve{Points: []Point{{Value: 1}, {From: 10 * time.Second, Value: 3}}}
	ramp := &Curve{Points: []Point{{Value: 1}, {From: 10 * time.Second, Value: 3, Ramp: true}}}
	cycle := &Curve{Points: []Point{{Value: 2}}, Daily: []Daily{{8 * time.Hour, 3}, {20 * time.Hour, 0.5}}}
	load := &Curve{Points: []Point{{Value: 0.1}}, PerRequest: 0.01}
	for _, c := range []struct {
		name         string
		c            *Curve
		since, clock time.Duration
		load         float64
		want         Amount
	}{
		{"the first step", steps, 0, 0, 0, Amount{1, 0, 10 * time.Second}},
		{"the last step", steps, 10 * time.Second, 0, 0, Amount{3, 0, Forever}},
		{"up a ramp from 1 to 3 in 10 s", ramp, 5 * time.Second, 0, 0, Amount{2, 0.2, 10 * time.Second}},
		{"past the ramp", ramp, 12 * time.Second, 0, 0, Amount{3, 0, Forever}},
		{"by day", cycle, time.Minute, 9 * time.Hour, 0, Amount{6, 0, time.Minute + 11*time.Hour}},
		{"by night, before midnight", cycle, 0, 23 * time.Hour, 0, Amount{1, 0, 9 * time.Hour}},
		{"by night, after it", cycle, 0, 3 * time.Hour, 0, Amount{1, 0, 5 * time.Hour}},
		{"200 requests a second", load, 0, 0, 200, Amount{2.1, 0, Forever}}, // 0.1 + 200 · 0.01
	} {
		if got := c.c.At(c.since, c.clock, sim.NewKey(1, ""), c.load); math.Abs(got.Value-c.want.Value) > 1e-9 || got.Slope != c.want.Slope || got.Until != c.want.Until {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestNoiseIsDrawnAnewForEachStretch(t *testing.T) {
	d, err := sim.NewEmpirical([]float64{0.5, 1, 1.5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := Behaviour{Place: "p", Usage: &Usage{CPU: &Curve{Points: []Point{{Value: 2}}, Noise: d, NoiseEvery: 30 * time.Second}}}
	l := lifeOf(app, 0, b)
	seen := map[float64]int{}
	for i := range 300 {
		since := time.Duration(i) * 30 * time.Second
		a, said := l.CPU(since+time.Second, 0, 0)
		if !said || a.Until != since+30*time.Second {
			t.Fatalf("%+v, %v", a, said)
		}
		if b, _ := l.CPU(since+29*time.Second, 0, 0); b.Value != a.Value {
			t.Fatalf("%v and %v within one stretch", a.Value, b.Value)
		}
		seen[a.Value]++
	}
	for _, v := range []float64{1, 2, 3} { // a third each: 100 of 300
		if seen[v] < 70 || seen[v] > 130 {
			t.Errorf("%v was drawn %d times of 300", v, seen[v])
		}
	}
	if _, said := l.Memory(0, 0, 0); said {
		t.Error("memory is said")
	}
}
