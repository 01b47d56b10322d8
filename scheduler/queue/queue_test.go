package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// The events and plugins of the tests: fit is helped by pods that go and nodes that come, affinity by
// nodes' labels, claims (pending) by claims.
var (
	nodeLabel = framework.ClusterEvent{Resource: framework.Node, Action: framework.UpdateNodeLabel}
	claimAdd  = framework.ClusterEvent{Resource: framework.PersistentVolumeClaim, Action: framework.Add}
	podDelete = framework.EventAssignedPodDelete
	nodeAdd   = framework.EventNodeAdd
)

// gate gates pods that have scheduling gates.
type gate struct{ name string }

func (g gate) Name() string { return g.name }

func (g gate) PreEnqueue(pod *model.Pod) *framework.Status {
	if slices.Contains(pod.Spec.SchedulingGates, g.name) {
		return framework.NewStatus(g.name, framework.UnschedulableAndUnresolvable, "gated")
	}
	return nil
}

// bench is a queue under test with the moves it reported.
type bench struct {
	*Queue
	t     *testing.T
	moves []string
	// help is what the hint of fit says.
	help framework.Hint
}

func newBench(t *testing.T, change func(*Options)) *bench {
	b := &bench{t: t, help: framework.Queue}
	fit := func(*model.Pod, model.Object, model.Object) framework.Hint { return b.help }
	on := func(plugin string, fn framework.HintFn, events ...framework.ClusterEvent) PluginEvents {
		p := PluginEvents{Plugin: plugin}
		for _, e := range events {
			p.Events = append(p.Events, framework.EventWithHint{Event: e, Hint: fn})
		}
		return p
	}
	o := Options{
		InitialBackoff: DefaultInitialBackoff,
		MaxBackoff:     DefaultMaxBackoff,
		Profiles: []Profile{{
			PreEnqueue: []framework.PreEnqueuePlugin{gate{"gates"}, gate{"preemption"}},
			Events: []PluginEvents{
				on("fit", fit, podDelete, nodeAdd),
				on("affinity", nil, nodeLabel),
				on("claims", nil, claimAdd),
				on("gates", nil, framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodSchedulingGatesEliminated}),
				on("preemption", nil, podDelete),
			},
		}},
		Observe: func(now sim.Time, m Move) {
			b.moves = append(b.moves, fmt.Sprintf("%s: %v -> %v on %s, %v %s", m.Pod.Name, m.From, m.To, m.Event, m.Strategy, m.Plugin))
		},
	}
	if change != nil {
		change(&o)
	}
	b.Queue = New(o)
	return b
}

// pod makes a pod of a priority with gates.
func pod(name string, priority int32, gates ...string) *model.Pod {
	return &model.Pod{
		ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default", UID: "uid-" + name},
		Spec:       &model.PodSpec{Priority: priority, HasPriority: true, SchedulingGates: gates},
	}
}

func seconds(s float64) sim.Time { return sim.At(time.Duration(s * float64(time.Second))) }

// pop expects the next pod to be of this name.
func (b *bench) pop(now sim.Time, want string) *Item {
	b.t.Helper()
	i, ok := b.Pop(now)
	if !ok || i.Pod.Name != want {
		b.t.Fatalf("at %v: popped %v (%v), want %s", now, i, ok, want)
	}
	return i
}

// reject adds a pod and has its first attempt rejected, both now.
func (b *bench) reject(now sim.Time, p *model.Pod, plugins ...string) *Item {
	b.t.Helper()
	b.Add(now, p)
	i := b.pop(now, p.Name)
	b.Failed(now, i, p, plugins, nil)
	return i
}

func (b *bench) place(name string, want Place) {
	b.t.Helper()
	i := b.Get("default", name)
	if i == nil || i.Place() != want {
		b.t.Fatalf("%s is at %v, want %v", name, i, want)
	}
}

// tickTo runs the timers up to an instant.
func (b *bench) tickTo(end sim.Time) {
	for now := sim.Time(0); b.NextWake(now) <= end; {
		now = b.NextWake(now)
		b.Tick(now)
	}
	b.Tick(end)
}

func TestOrderOfActivePods(t *testing.T) {
	b := newBench(t, nil)
	b.Add(seconds(1), pod("low", 0))
	b.Add(seconds(2), pod("high", 10))
	b.Add(seconds(2), pod("high-later-same-instant", 10))
	b.Add(seconds(3), pod("middle", 5))
	b.Add(seconds(4), pod("negative", -1))
	unset := pod("unset-counts-zero", 99)
	unset.Spec.HasPriority = false
	b.Add(seconds(5), unset)
	for _, want := range []string{"high", "high-later-same-instant", "middle", "low", "unset-counts-zero", "negative"} {
		b.pop(seconds(6), want)
	}
	if _, ok := b.Pop(seconds(6)); ok {
		t.Error("an empty queue gave a pod")
	}
}

func TestOrderIsTheQueueSortsWithArrivalToBreakTies(t *testing.T) {
	b := newBench(t, func(o *Options) {
		o.Less = func(a *model.Pod, _ sim.Time, b *model.Pod, _ sim.Time) bool {
			return a.Spec.Priority < b.Spec.Priority
		}
	})
	b.Add(0, pod("high", 10))
	b.Add(0, pod("low-first", 1))
	b.Add(0, pod("low-second", 1))
	for _, want := range []string{"low-first", "low-second", "high"} {
		b.pop(0, want)
	}
}

func TestRetriedPodGoesBehindEqualOnes(t *testing.T) {
	b := newBench(t, nil)
	b.reject(seconds(1), pod("retried", 0), "fit")
	b.Add(seconds(2), pod("newer", 0))
	b.Event(seconds(20), nodeAdd, nil, &model.Node{})
	b.place("retried", Active)
	// Both are active. The retried one came at 1 s; it came before the newer one.
	i := b.pop(seconds(20), "retried")
	b.Failed(seconds(21), i, i.Pod, []string{"fit"}, nil)
	b.Add(seconds(22), pod("newest", 0))
	b.Event(seconds(40), nodeAdd, nil, &model.Node{})
	b.pop(seconds(40), "newer")
	b.pop(seconds(40), "retried")
	b.pop(seconds(40), "newest")
}

func TestEventsMoveOnlyWhomTheyHelp(t *testing.T) {
	tests := []struct {
		name   string
		reject []string
		pend   []string
		event  framework.ClusterEvent
		help   framework.Hint
		after  float64 // seconds since the rejection
		want   Place
		by     string
	}{
		{"an event that nobody asks for moves nothing", []string{"fit"}, nil, framework.EventAssignedPodAdd, framework.Queue, 0.5, Unschedulable, ""},
		{"an event for another plugin moves nothing", []string{"fit"}, nil, nodeLabel, framework.Queue, 0.5, Unschedulable, ""},
		{"a hint that says skip moves nothing", []string{"fit"}, nil, nodeAdd, framework.QueueSkip, 0.5, Unschedulable, ""},
		{"a hint that says queue during back-off", []string{"fit"}, nil, nodeAdd, framework.Queue, 0.5, Backoff, "fit"},
		{"a hint that says queue after back-off", []string{"fit"}, nil, nodeAdd, framework.Queue, 2.5, Active, "fit"},
		{"one of two plugins is enough", []string{"fit", "affinity"}, nil, nodeLabel, framework.QueueSkip, 0.5, Backoff, "affinity"},
		{"a plugin without a hint is always helped", []string{"affinity"}, nil, nodeLabel, framework.QueueSkip, 0.5, Backoff, "affinity"},
		{"a pending plugin needs no back-off", nil, []string{"claims"}, claimAdd, framework.QueueSkip, 0.5, Active, "claims"},
		{"a pending plugin does not speed up another's event", []string{"fit"}, []string{"claims"}, nodeAdd, framework.Queue, 0.5, Backoff, "fit"},
		{"a plugin that registered nothing is never helped", []string{"unknown"}, nil, nodeAdd, framework.Queue, 0.5, Unschedulable, ""},
		{"a wildcard helps whatever rejected", []string{"unknown"}, nil, framework.EventUnschedulableTimeout, framework.QueueSkip, 2.5, Active, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			b.help = tt.help
			b.Add(0, pod("p", 0))
			i := b.pop(0, "p")
			b.Failed(0, i, i.Pod, tt.reject, tt.pend)
			b.moves = nil
			b.Event(seconds(tt.after), tt.event, nil, nil)
			b.place("p", tt.want)
			var want []string
			if tt.want != Unschedulable {
				strategy := AfterBackoff
				if tt.pend != nil && tt.by == "claims" {
					strategy = Immediately
				}
				want = []string{fmt.Sprintf("p: Unschedulable -> %v on %s, %v %s", tt.want, tt.event.Label(), strategy, tt.by)}
			}
			if !slices.Equal(b.moves, want) {
				t.Errorf("moves %q, want %q", b.moves, want)
			}
		})
	}
}

func TestEventIfMovesOnlyWhomTheCheckLetsThrough(t *testing.T) {
	b := newBench(t, nil)
	b.reject(0, pod("low", 1), "fit")
	b.reject(0, pod("high", 9), "fit")
	b.EventIf(seconds(0.5), podDelete, pod("gone", 5), nil, func(p *model.Pod) bool { return p.Spec.Priority <= 5 })
	b.place("low", Backoff)
	b.place("high", Unschedulable)
}

func TestEventMovesPodsInTheOrderInWhichTheyBecameUnschedulable(t *testing.T) {
	b := newBench(t, func(o *Options) { o.ObserveStays = true })
	b.reject(0, pod("a", 0), "fit")
	b.reject(0, pod("b", 9), "affinity", "fit")
	b.reject(0, pod("c", 3), "fit")
	b.reject(0, pod("d", 3), "affinity")
	b.moves = nil
	b.Event(seconds(0.5), nodeLabel, nil, nil)
	want := []string{
		"a: Unschedulable -> Unschedulable on NodeUpdateNodeLabel, skip ",
		"b: Unschedulable -> Backoff on NodeUpdateNodeLabel, after back-off affinity",
		"c: Unschedulable -> Unschedulable on NodeUpdateNodeLabel, skip ",
		"d: Unschedulable -> Backoff on NodeUpdateNodeLabel, after back-off affinity",
	}
	if !slices.Equal(b.moves, want) {
		t.Errorf("moves %q", b.moves)
	}
}

func TestUpdateOfAWaitingPod(t *testing.T) {
	tests := []struct {
		name   string
		set    func(b *bench)
		change func(p *model.Pod)
		want   Place
	}{
		{"unknown pods are added", func(*bench) {}, func(*model.Pod) {}, Active},
		{"active pods stay active", func(b *bench) { b.Add(0, pod("p", 0)) }, func(*model.Pod) {}, Active},
		{"pods in back-off stay there", func(b *bench) { b.reject(0, pod("p", 0), "fit"); b.Event(0, nodeAdd, nil, nil) }, func(*model.Pod) {}, Backoff},
		{"an unhelpful change leaves pods unschedulable", func(b *bench) { b.reject(0, pod("p", 0), "fit") }, func(p *model.Pod) { p.Labels = map[string]string{"a": "b"} }, Unschedulable},
		{"the last gate gone makes a gated pod active", func(b *bench) { b.Add(0, pod("p", 0, "gates")) }, func(p *model.Pod) { p.Spec = &model.PodSpec{} }, Active},
		{"one gate of two gone changes nothing", func(b *bench) { b.Add(0, pod("p", 0, "gates", "other")) }, func(p *model.Pod) { p.Spec = &model.PodSpec{SchedulingGates: []string{"gates"}} }, Gated},
		{"labels of a gated pod change nothing", func(b *bench) { b.Add(0, pod("p", 0, "gates")) }, func(p *model.Pod) { p.Labels = map[string]string{"a": "b"} }, Gated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			tt.set(b)
			old := pod("p", 0)
			if i := b.Get("default", "p"); i != nil {
				old = i.Pod
			}
			updated := *old
			tt.change(&updated)
			b.Update(seconds(0.1), old, &updated)
			b.place("p", tt.want)
			if got := b.Get("default", "p"); got.Pod != &updated {
				t.Error("the old object is still there")
			}
		})
	}
}

func TestUpdateOfPriorityReordersActivePods(t *testing.T) {
	b := newBench(t, nil)
	old := pod("b", 1)
	b.Add(0, pod("a", 5))
	b.Add(0, old)
	b.Update(0, old, pod("b", 9))
	b.pop(0, "b")
}

func TestUpdateOfPriorityReordersPodsInBackoff(t *testing.T) {
	b := newBench(t, nil)
	old := pod("b", 1)
	b.reject(0, pod("a", 5), "fit")
	b.reject(0, old, "fit")
	b.Event(0, nodeAdd, nil, nil)
	b.Update(0, old, pod("b", 9))
	b.pop(0, "b")
}

func TestDeleteFromEverywhere(t *testing.T) {
	tests := []struct {
		name string
		set  func(b *bench)
	}{
		{"active", func(b *bench) { b.Add(0, pod("p", 0)) }},
		{"back-off after a rejection", func(b *bench) { b.reject(0, pod("p", 0), "fit"); b.Event(0, nodeAdd, nil, nil) }},
		{"back-off after an error", func(b *bench) { b.reject(0, pod("p", 0)) }},
		{"unschedulable", func(b *bench) { b.reject(0, pod("p", 0), "fit") }},
		{"gated", func(b *bench) { b.Add(0, pod("p", 0, "gates")) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			tt.set(b)
			b.Delete(0, pod("p", 0))
			if (b.Lengths() != Lengths{}) || b.Get("default", "p") != nil || b.NextWake(0) != sim.Never {
				t.Errorf("left: %+v, next wake %v", b.Lengths(), b.NextWake(0))
			}
		})
	}
}

func TestGates(t *testing.T) {
	b := newBench(t, nil)
	b.Add(0, pod("p", 0, "gates", "preemption"))
	i := b.Get("default", "p")
	if i.Gating != "gates" || i.InitialAttempt != sim.Never || b.Lengths() != (Lengths{Gated: 1}) {
		t.Fatalf("gated by %q, first active at %v, %+v", i.Gating, i.InitialAttempt, b.Lengths())
	}
	// An event that the gating plugin did not ask for is not even looked at, though fit would be helped.
	b.Event(seconds(1), podDelete, nil, nil)
	b.place("p", Gated)
	// The first gate goes, the other plugin takes over and asks for deletions.
	half := pod("p", 0, "preemption")
	*i.Pod = *half
	b.Activate(seconds(2), half)
	if i.Gating != "preemption" || !slices.Equal(b.Rejectors(i), []string{"gates", "preemption"}) {
		t.Fatalf("gated by %q, rejected by %v", i.Gating, b.Rejectors(i))
	}
	i.Pod.Spec = &model.PodSpec{}
	b.Event(seconds(3), podDelete, nil, nil)
	b.place("p", Active)
	if i.Gating != "" || i.InitialAttempt != seconds(3) || i.Attempts != 0 || i.UnschedulableCount != 0 {
		t.Errorf("gating %q, first active %v, %d attempts", i.Gating, i.InitialAttempt, i.Attempts)
	}
}

func TestGateIsAskedOnTheWayIntoBackoffAndNotOnTheWayOut(t *testing.T) {
	b := newBench(t, nil)
	i := b.reject(0, pod("p", 0), "fit")
	i.Pod.Spec.SchedulingGates = []string{"preemption"}
	b.Event(seconds(0.5), nodeAdd, nil, nil)
	b.place("p", Gated)
	i.Pod.Spec.SchedulingGates = nil
	b.Event(seconds(0.6), podDelete, nil, nil)
	b.place("p", Backoff)
	i.Pod.Spec.SchedulingGates = []string{"preemption"}
	b.Tick(seconds(2))
	b.place("p", Active)
}

func TestActivate(t *testing.T) {
	b := newBench(t, nil)
	b.reject(0, pod("unschedulable", 0), "fit")
	b.reject(0, pod("error", 0))
	b.Add(0, pod("gated", 0, "gates"))
	flying := b.reject(0, pod("flying", 9), "fit")
	b.Event(seconds(5), podDelete, nil, nil) // "unschedulable" and "flying" are past back-off.
	b.pop(seconds(5), "flying")
	unknown := pod("unknown", 0)
	for _, p := range []string{"unschedulable", "error", "gated"} {
		b.Activate(seconds(5), b.Get("default", p).Pod)
	}
	b.Activate(seconds(5), flying.Pod, unknown)
	b.place("unschedulable", Active)
	b.place("error", Active)
	b.place("gated", Gated)
	if b.Get("default", "unknown") != nil {
		t.Error("a pod that nobody added is there")
	}
	b.Failed(seconds(6), flying, flying.Pod, []string{"unknown"}, nil)
	b.place("flying", Backoff)
}

func TestNominations(t *testing.T) {
	b := newBench(t, nil)
	named := pod("p", 0)
	named.Status.NominatedNodeName = "n1"
	names := func(node string) (names []string) {
		for _, p := range b.NominatedPods(node) {
			names = append(names, p.Name)
		}
		return names
	}
	expect := func(what, node string, want ...string) {
		t.Helper()
		if got := names(node); !slices.Equal(got, want) {
			t.Errorf("%s: nominated to %s: %v, want %v", what, node, got, want)
		}
	}
	b.Add(0, named)
	other := pod("q", 0, "gates")
	b.Add(0, other)
	b.Nominate(other, "n1")
	expect("status and preemption, gated or not", "n1", "p", "q")
	silent := *other
	b.Update(0, other, &silent)
	expect("an update that says nothing keeps it", "n1", "p", "q")
	moved := *named
	moved.Status.NominatedNodeName = "n2"
	b.Update(0, named, &moved)
	expect("an update that names another node moves it", "n1", "q")
	expect("an update that names another node moves it", "n2", "p")
	cleared := moved
	cleared.Status.NominatedNodeName = ""
	b.Update(0, &moved, &cleared)
	expect("an update that clears it clears it", "n2")
	b.Nominate(&cleared, "n1")
	b.Nominate(&silent, "")
	expect("an empty node clears it", "n1", "p")
	b.Delete(0, &cleared)
	if b.Nominations() != 0 || b.NominatedNode(&cleared) != "" {
		t.Errorf("%d nominations left", b.Nominations())
	}
}

func TestGatedPodIsLookedAtWhenItsGateIsInterestedInAnyProfile(t *testing.T) {
	b := newBench(t, func(o *Options) {
		o.Profiles[0].Name = "one"
		o.Profiles = append(o.Profiles, Profile{Name: "two", PreEnqueue: o.Profiles[0].PreEnqueue, Events: []PluginEvents{{Plugin: "gates"}}})
	})
	p := pod("p", 0, "gates")
	p.Spec.SchedulerName = "one"
	b.Add(0, p)
	p.Spec.SchedulingGates = nil
	b.Event(0, framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodSchedulingGatesEliminated}, nil, nil)
	b.place("p", Active)
}

func TestProfilesHearOfTheirOwnPluginsOnly(t *testing.T) {
	b := newBench(t, func(o *Options) {
		o.Profiles[0].Name = "one"
		o.Profiles = append(o.Profiles, Profile{Name: "two", Events: []PluginEvents{
			{Plugin: "fit", Events: []framework.EventWithHint{{Event: nodeLabel}}}, EveryEvent("strict"),
		}})
	})
	of := func(name, scheduler string) *model.Pod {
		p := pod(name, 0)
		p.Spec.SchedulerName = scheduler
		return p
	}
	b.reject(0, of("one", "one"), "fit")
	b.reject(0, of("two", "two"), "fit")
	b.reject(0, of("strict", "two"), "strict")
	b.Event(seconds(5), nodeLabel, nil, nil)
	b.place("one", Unschedulable)
	b.place("two", Active)
	b.place("strict", Active)
}
