package prober

import (
	"testing"
	"time"
	"unsafe"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// BenchmarkADayOfAProbe leads a readiness probe through a day in which it fails once for a minute: the cost
// is that of what is seen, and not of the 8,640 calls.
func BenchmarkADayOfAProbe(b *testing.B) {
	for _, every := range []bool{false, true} {
		name := "jumping"
		if every {
			name = "every period"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			steps := 0
			for b.Loop() {
				steps += day(every)
			}
			b.ReportMetric(float64(steps)/float64(b.N), "steps/op")
			b.ReportMetric(float64(unsafe.Sizeof(Worker{})), "bytes/worker")
		})
	}
}

var (
	dayProbe = &model.Probe{Handler: model.Handler{Kind: "httpGet", Path: "/", Port: "web"}, PeriodSeconds: 10, TimeoutSeconds: 1,
		FailureThreshold: 3, SuccessThreshold: 1}
	noon = sim.At(12 * time.Hour)
)

func dayAnswer(now sim.Time) (behaviour.Answer, sim.Time) {
	switch {
	case now < noon:
		return behaviour.Answer{}, noon
	case now < noon.Add(time.Minute):
		return behaviour.Answer{Reply: behaviour.Reply{Status: 503}}, noon.Add(time.Minute)
	}
	return behaviour.Answer{}, sim.Never
}

// day is a day of a probe, in so many steps.
func day(every bool) (steps int) {
	w := New(Options{Type: Readiness, Probe: dayProbe, Container: &container, KubeletStarted: sim.At(-time.Hour), Ask: dayAnswer, EveryPeriod: every}, 0, View{})
	w.See(1, running(1, true))
	for w.Next() < sim.At(24*time.Hour) {
		w.Step(w.Next())
		steps++
	}
	return steps
}

// TestADayIsAsManyStepsAsThingsSeen: the initial value, ready, six failures of which the third publishes,
// ready again: 9 steps, where every period is 8,640 calls of two steps each but for those that come to
// nothing.
func TestADayIsAsManyStepsAsThingsSeen(t *testing.T) {
	if got := day(false); got != 9 {
		t.Errorf("%d steps", got)
	}
	if got := day(true); got < 17_000 {
		t.Errorf("%d steps with every period", got)
	}
}
