package queue

import (
	"fmt"
	"slices"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

func TestOfWatchedPodsStaysAreToldAndMovesAsEver(t *testing.T) {
	var stays []string
	b := newBench(t, func(o *Options) {
		o.StaysOf = func(p *model.Pod) bool { return p.Name[0] == 'w' }
		all := o.Observe
		o.Observe = func(now sim.Time, m Move) {
			if m.From == m.To {
				stays = append(stays, fmt.Sprintf("%s on %s, asked %v", m.Pod.Name, m.Event, m.Asked))
				return
			}
			all(now, m)
		}
	})
	b.reject(0, pod("watched", 0), "fit")
	b.reject(0, pod("other", 0), "fit")
	b.reject(0, pod("w2", 0), "affinity")
	b.Add(0, pod("w3", 0, "gates"))
	b.help, b.moves = framework.QueueSkip, nil
	b.Event(seconds(0.1), nodeAdd, nil, nil)
	b.Event(seconds(0.2), nodeLabel, nil, nil)
	b.help = framework.Queue
	b.Event(seconds(0.3), nodeAdd, nil, nil)
	b.Event(seconds(0.4), nodeAdd, nil, nil)
	want := []string{
		// fit's hint said no; affinity rejected w2 and does not ask for new nodes; w3 is gated.
		"watched on NodeAdd, asked [fit]", "w2 on NodeAdd, asked []",
		// The label moves w2.
		"watched on NodeUpdateNodeLabel, asked []",
		// The third event moves watched, so the fourth finds nobody who stays.
	}
	if !slices.Equal(stays, want) {
		t.Errorf("stays %q", stays)
	}
	moves := []string{
		"w2: Unschedulable -> Backoff on NodeUpdateNodeLabel, after back-off affinity",
		"watched: Unschedulable -> Backoff on NodeAdd, after back-off fit",
		"other: Unschedulable -> Backoff on NodeAdd, after back-off fit",
	}
	if !slices.Equal(b.moves, moves) {
		t.Errorf("moves %q", b.moves)
	}
}
