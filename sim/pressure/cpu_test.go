package pressure_test

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// wants has a pod want so many cores from an instant on, and none before.
func wants(pod string, cores float64, from time.Duration) behaviour.Behaviour {
	return behaviour.Behaviour{Place: "test:" + pod, Match: behaviour.Match{Pod: pod},
		Usage: &behaviour.Usage{CPU: &behaviour.Curve{Points: []behaviour.Point{{From: from, Value: cores}}}}}
}

// slow has a pod's probe take so long with all the CPU that it wants.
func slow(pod string, seconds float64) behaviour.Behaviour {
	return behaviour.Behaviour{Place: "test:slow", Match: behaviour.Match{Pod: pod}, Answers: []behaviour.Answers{{
		SlowWhenThrottled: true, Says: []behaviour.Says{{Takes: sim.Constant(seconds)}}}}}
}

// probed gives a pod a liveness probe with a timeout of 1 s, and its container an amount of CPU in millicores.
func probed(request, limit int64) func(*model.Pod) {
	return func(p *model.Pod) {
		c := &p.Spec.Containers[0]
		c.Requests = model.ResourceList{{Name: "cpu", Quantity: model.MilliQuantity(request)}}
		if limit > 0 {
			c.Limits = model.ResourceList{{Name: "cpu", Quantity: model.MilliQuantity(limit)}}
		}
		c.LivenessProbe = &model.Probe{Handler: model.Handler{Kind: "exec", Command: []string{"live"}},
			PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3, SuccessThreshold: 1}
	}
}

func TestThrottlingSlowsProbes(t *testing.T) {
	for _, c := range []struct {
		name           string
		limit          int64   // millicores
		wants, takes   float64 // of the pod
		neighbour      float64 // cores that the other pod wants
		restartedAfter bool
	}{
		{"as much CPU as it wants", 0, 1, 0.4, 0, false},
		// It wants 1 core and may have half of one: 0.4 s become 0.8 s, under the timeout of 1 s.
		{"a limit of half of it", 500, 1, 0.4, 0, false},
		// A quarter: 0.4 s become 1.6 s.
		{"a limit of a quarter of it", 250, 1, 0.4, 0, true},
		// 2 cores by 256 : 1024 shares are 0.4 and 1.6; of the 1 core that it wants it gets 0.4: 0.3 s become 0.75 s.
		{"a neighbour with four times its weight", 0, 1, 0.3, 2, false},
		// 0.5 s become 1.25 s.
		{"and a slower probe", 0, 1, 0.5, 2, true},
	} {
		b := newBed(t, 4096, 2, 100, nil, wants("p", c.wants, time.Minute), slow("p", c.takes), wants("neighbour", c.neighbour, 0))
		b.pod("neighbour", 0, 0, func(p *model.Pod) {
			p.Spec.Containers[0].Requests = model.ResourceList{{Name: "cpu", Quantity: model.MilliQuantity(1000)}}
		})
		b.pod("p", 0, 0, probed(250, c.limit))
		b.run(time.Minute) // it wants nothing yet
		if n := b.status("p").Containers[0].RestartCount; n != 0 {
			t.Errorf("%s: %d restarts before it wants any CPU", c.name, n)
		}
		// Three calls in a row fail within 30 s, and it has 30 s to stop.
		b.run(2*time.Minute + 30*time.Second)
		if n := b.status("p").Containers[0].RestartCount; (n > 0) != c.restartedAfter {
			t.Errorf("%s: %d restarts", c.name, n)
		}
	}
}
