package plugins

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// v1 objects hold the start of a pod in whole seconds: within one, no node is better than another.
func TestVictimsThatStartedWithinOneSecondAreEqual(t *testing.T) {
	cases := []struct {
		name   string
		offset time.Duration
		starts []time.Duration // of the victim on node a, b, ...
		best   string
	}{
		{"all within one second", 0, []time.Duration{3100 * time.Millisecond, 3900 * time.Millisecond, 3 * time.Second}, "abc"},
		{"the last began a second later", 0, []time.Duration{3900 * time.Millisecond, 3999 * time.Millisecond, 4 * time.Second}, "c"},
		// The wall clock shows x.5 s at the start: 3.4 s later it is x+3.9 s, 3.6 s later x+4.1 s.
		{"seconds are those of the wall clock", 500 * time.Millisecond, []time.Duration{3400 * time.Millisecond, 3600 * time.Millisecond, 4400 * time.Millisecond}, "bc"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pl := &defaultPreemption{wallOffset: c.offset}
			var candidates []framework.Candidate
			for i, start := range c.starts {
				pod := &model.Pod{Spec: &model.PodSpec{}}
				pod.Status.Started, pod.Status.HasStarted = sim.At(start), true
				candidates = append(candidates, framework.Candidate{Node: string(rune('a' + i)), Victims: []*model.Pod{pod}})
			}
			got := ""
			for _, b := range pl.bestCandidates(candidates) {
				got += b.Node
			}
			if got != c.best {
				t.Errorf("best are %q, want %q", got, c.best)
			}
		})
	}
}
