package queue

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

func TestFailedPodCatchesUpWithEvents(t *testing.T) {
	happen := func(events ...framework.ClusterEvent) func(b *bench) {
		return func(b *bench) {
			for _, e := range events {
				b.Event(0, e, nil, nil)
			}
		}
	}
	tests := []struct {
		name     string
		before   func(b *bench)
		during   func(b *bench)
		rejected []string
		pending  []string
		want     Place
	}{
		{"nothing happened", nil, nil, []string{"fit"}, nil, Unschedulable},
		{"a helpful event before the attempt does not count", happen(nodeAdd), nil, []string{"fit"}, nil, Unschedulable},
		{"a helpful event during the attempt", nil, happen(nodeAdd), []string{"fit"}, nil, Backoff},
		{"an unhelpful event during the attempt", nil, happen(nodeLabel), []string{"fit"}, nil, Unschedulable},
		{"an event that nobody asks for", nil, happen(framework.EventAssignedPodAdd), []string{"fit"}, nil, Unschedulable},
		{"the second of two events helps", nil, happen(nodeLabel, nodeAdd), []string{"fit"}, nil, Backoff},
		{"an error needs no event", nil, nil, nil, nil, Backoff},
		{"a pending plugin's event", nil, happen(claimAdd), nil, []string{"claims"}, Active},
		{"a pending plugin's event after another's", nil, happen(nodeAdd, claimAdd), []string{"fit"}, []string{"claims"}, Active},
		{"another's event before a pending plugin's comes", nil, happen(nodeAdd, nodeLabel), []string{"fit"}, []string{"claims"}, Backoff},
		{"the timeout of others", nil, happen(framework.EventUnschedulableTimeout), []string{"unknown"}, nil, Backoff},
		{"an activation", nil, func(b *bench) { b.Activate(0, pod("p", 0)) }, []string{"unknown"}, nil, Backoff},
		{"an activation of another pod in flight", nil, func(b *bench) { b.Activate(0, pod("other", 0)) }, []string{"unknown"}, nil, Unschedulable},
		{"an update of the pod", nil, func(b *bench) {
			old := pod("p", 0, "gates")
			b.Update(0, old, pod("p", 0))
		}, []string{"gates"}, nil, Backoff},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			b.Add(0, pod("other", 9))
			other := b.pop(0, "other") // In flight all the time, so that early events are kept.
			b.Add(0, pod("p", 0))
			if tt.before != nil {
				tt.before(b)
			}
			i := b.pop(0, "p")
			if tt.during != nil {
				tt.during(b)
			}
			latest := pod("p", 0)
			b.Failed(seconds(0.1), i, latest, tt.rejected, tt.pending)
			b.place("p", tt.want)
			if i.Pod != latest {
				t.Error("the pod is not the latest")
			}
			b.Done(0, other)
			if len(b.inFlight.events) != 0 || len(b.inFlight.index) != 0 || b.Lengths().InFlight != 0 {
				t.Errorf("%d events are kept for nobody", len(b.inFlight.events))
			}
		})
	}
}

func TestEventsAreKeptForThoseInFlightOnly(t *testing.T) {
	b := newBench(t, nil)
	for _, name := range []string{"a", "b", "c"} {
		b.Add(0, pod(name, 0))
	}
	first := b.pop(0, "a")
	b.Event(0, nodeAdd, nil, nil)
	second := b.pop(0, "b")
	b.Event(0, nodeLabel, nil, nil)
	third := b.pop(0, "c")
	count := func(i *Item, want int) {
		t.Helper()
		if got := len(b.inFlight.since(i)); got != want {
			t.Errorf("%s has %d events to catch up with, want %d", i.Pod.Name, got, want)
		}
	}
	count(first, 2)
	count(second, 1)
	count(third, 0)
	b.Done(0, second) // Not the oldest: nothing can be forgotten.
	count(first, 2)
	b.Event(0, nodeAdd, nil, nil)
	b.Done(0, first)
	count(third, 1)
	b.Failed(0, third, third.Pod, []string{"fit"}, nil)
	b.place("c", Backoff)
	b.Event(0, nodeAdd, nil, nil)
	if len(b.inFlight.events) != 0 {
		t.Error("an event is kept for nobody")
	}
}

func TestPodInFlightIsNowhereElse(t *testing.T) {
	b := newBench(t, nil)
	p := pod("p", 0)
	b.Add(0, p)
	i := b.pop(0, "p")
	b.Update(0, p, p)
	b.Delete(0, p)
	if b.Lengths() != (Lengths{InFlight: 1}) {
		t.Fatalf("lengths %+v", b.Lengths())
	}
	// It is created anew while the old one is on its way; the old one must not come back.
	again := pod("p", 0)
	again.UID = "another"
	b.Add(0, again)
	b.Failed(0, i, p, []string{"fit"}, nil)
	if b.Lengths() != (Lengths{Active: 1}) || b.Get("default", "p").Pod != again {
		t.Errorf("lengths %+v", b.Lengths())
	}
}

func TestPodWhoseBindingFailsAfterDoneGoesToBackoff(t *testing.T) {
	b := newBench(t, nil)
	b.Add(0, pod("p", 0))
	i := b.pop(0, "p")
	b.Done(0, i)
	if b.Lengths() != (Lengths{}) {
		t.Fatalf("lengths %+v", b.Lengths())
	}
	b.Failed(0, i, i.Pod, []string{"fit"}, nil)
	b.place("p", Backoff)
	if i.UnschedulableCount != 1 || i.Attempts != 1 {
		t.Errorf("counts %+v", *i)
	}
	b.Done(0, i) // Not in flight: nothing happens.
	b.place("p", Backoff)
}

func TestUpdatesOfOnePodInFlightAreSeenByOthers(t *testing.T) {
	// Upstream keeps one list of events for all pods in flight; hints have to look whose update it is.
	seen := 0
	b := newBench(t, func(o *Options) {
		label := framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodLabel}
		fn := func(p *model.Pod, _, changed model.Object) framework.Hint {
			seen++
			if changed.Meta().UID != p.UID {
				return framework.QueueSkip
			}
			return framework.Queue
		}
		o.Profiles[0].Events = append(o.Profiles[0].Events, PluginEvents{"anti", []framework.EventWithHint{{Event: label, Hint: fn}}})
	})
	b.Add(0, pod("a", 0))
	b.Add(0, pod("b", 0))
	one, two := b.pop(0, "a"), b.pop(0, "b")
	labelled := pod("a", 0)
	labelled.Labels = map[string]string{"x": "y"}
	b.Update(0, one.Pod, labelled)
	b.Failed(0, two, two.Pod, []string{"anti"}, nil)
	b.Failed(0, one, labelled, []string{"anti"}, nil)
	b.place("a", Backoff)
	b.place("b", Unschedulable)
	if seen != 2 {
		t.Errorf("the hint was asked %d times", seen)
	}
}
