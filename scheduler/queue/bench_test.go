package queue

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// pending makes a queue with n pods that this plugin has rejected.
func pending(n int, plugin string) *Queue {
	help := func(*model.Pod, model.Object, model.Object) framework.Hint { return framework.Queue }
	skip := func(*model.Pod, model.Object, model.Object) framework.Hint { return framework.QueueSkip }
	q := New(Options{InitialBackoff: time.Second, MaxBackoff: 10 * time.Second, Profiles: []Profile{{Events: []PluginEvents{
		{Plugin: "fit", Events: []framework.EventWithHint{{Event: framework.EventAssignedPodDelete, Hint: help}}},
		{Plugin: "ports", Events: []framework.EventWithHint{{Event: framework.EventAssignedPodDelete, Hint: skip}}},
		{Plugin: "affinity", Events: []framework.EventWithHint{{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.UpdateNodeLabel}, Hint: help}}},
	}}}})
	for i := range n {
		q.Add(sim.Time(i), pod(fmt.Sprint("p", i), int32(i%10)))
	}
	for range n {
		i, _ := q.Pop(sim.Time(n))
		q.Failed(sim.Time(n), i, i.Pod, []string{plugin}, nil)
	}
	return q
}

var sizes = []int{1_000, 100_000}

// BenchmarkAttempt is one pod popped, rejected, and helped by an event, with n others in the queue.
func BenchmarkAttempt(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n, " pods"), func(b *testing.B) {
			q := pending(n, "affinity")
			now, rejectors := sim.Time(n), []string{"fit"}
			q.Add(now, pod("again", 0))
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Millisecond)
				i, _ := q.Pop(now)
				q.Failed(now, i, i.Pod, rejectors, nil)
				q.Event(now, framework.EventAssignedPodDelete, i.Pod, nil)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "attempts/s")
		})
	}
}

// BenchmarkRotation is every one of n active pods popped and put back by an error, through back-off.
func BenchmarkRotation(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n, " pods"), func(b *testing.B) {
			q := pending(n, "fit")
			now := seconds(60)
			q.Event(now, framework.EventAssignedPodDelete, nil, nil)
			attempts := 0
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(8 * time.Second / time.Duration(n)) // A pod's back-off is 10 s: some are always due.
				if q.NextWake(now) <= now {
					q.Tick(now)
				}
				if i, ok := q.Pop(now); ok {
					q.Failed(now, i, i.Pod, nil, nil)
					attempts++
				}
			}
			b.ReportMetric(float64(attempts)/b.Elapsed().Seconds(), "attempts/s")
		})
	}
}

// BenchmarkEvent is a deletion with n unschedulable pods: of no interest to whom rejected them, or refused
// by a hint for each.
func BenchmarkEvent(b *testing.B) {
	for _, plugin := range []string{"affinity", "ports"} {
		for _, n := range sizes {
			b.Run(fmt.Sprint(plugin, " ", n, " pods"), func(b *testing.B) {
				q := pending(n, plugin)
				gone := pod("gone", 0)
				b.ReportAllocs()
				for b.Loop() {
					q.Event(seconds(60), framework.EventAssignedPodDelete, gone, nil)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}

// BenchmarkAddDelete is a pod that comes and goes.
func BenchmarkAddDelete(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n, " pods"), func(b *testing.B) {
			q := pending(n, "fit")
			p := pod("p", 0)
			b.ReportAllocs()
			for b.Loop() {
				q.Add(seconds(60), p)
				q.Delete(seconds(60), p)
			}
		})
	}
}

// TestDeletionsDoNotCostByPendingPods is the floor of the benchmarks above as a count instead of a time:
// with 100,000 pods waiting for labels, a deletion looks at none of them.
func TestDeletionsDoNotCostByPendingPods(t *testing.T) {
	q := pending(100_000, "affinity")
	looked := 0
	for i := q.unschedulable.start(q.registry.interest(framework.EventAssignedPodDelete), false, false); i != nil; i = q.unschedulable.following() {
		looked++
	}
	if looked != 0 {
		t.Errorf("looked at %d pods", looked)
	}
	if allocs := testing.AllocsPerRun(100, func() { q.Event(seconds(60), framework.EventAssignedPodDelete, nil, nil) }); allocs != 0 {
		t.Errorf("%v allocations per event", allocs)
	}
}
