package scheduler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// lodger is a pod on a node, started so many seconds after 0, that takes so many thousandths of a CPU.
func lodger(node, name string, priority int32, started, milli int) *model.Pod {
	p := onePod(name)
	p.NodeName, p.Labels = node, map[string]string{"app": name}
	p.Spec.Priority = priority
	p.Spec.Containers[0].Requests = model.ResourceList{{Name: "cpu", Quantity: model.MilliQuantity(int64(milli))}}
	p.Status.Started, p.Status.HasStarted = sim.At(time.Duration(started)*time.Second), true
	return p
}

// important is a pod of priority 100 that wants so many thousandths of a CPU.
func important(milli int, change ...func(*model.Pod)) *model.Pod {
	p := lodger("", "important", 100, 0, milli)
	p.Status.HasStarted = false
	for _, f := range change {
		f(p)
	}
	return p
}

// budget protects pods labelled with one of the apps, allowing so many disruptions.
func budget(allowed int32, apps ...string) *model.PodDisruptionBudget {
	b := &model.PodDisruptionBudget{Selector: &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: apps}}}}
	b.Name, b.Namespace, b.Status.DisruptionsAllowed = fmt.Sprint(apps), "default", allowed
	return b
}

// preempted makes the nodes a, b and c of one CPU each and has the pod fail there.
func preempted(t *testing.T, pod *model.Pod, objects ...model.Object) *Cycle {
	t.Helper()
	core := newTestCore(t, Options{EveryCandidate: true}, 0)
	for _, name := range []string{"a", "b", "c"} {
		core.SetNode(smallNode(name))
	}
	for _, o := range objects {
		if p, ok := o.(*model.Pod); ok {
			core.AddPod(core.Pod(p))
		} else if !core.SetObject(o) {
			t.Fatalf("plugins cannot read a %s", o.Kind())
		}
	}
	core.Nominate(pod, pod.Status.NominatedNodeName)
	return core.Schedule(0, core.Pod(pod))
}

func TestTheLeastHarmIsDone(t *testing.T) {
	for _, c := range []struct {
		name    string
		milli   int
		objects []model.Object
		node    string
		victims []string
	}{
		{"fewer violated budgets come before all else", 1000, []model.Object{budget(0, "a1", "b1"),
			lodger("a", "a1", 1, 0, 1000), lodger("b", "b1", 1, 0, 1000), lodger("c", "c1", 99, 0, 1000)}, "c", []string{"c1"}},
		{"then a lower highest priority", 1000, []model.Object{
			lodger("a", "a1", 5, 0, 1000), lodger("b", "b1", 4, 0, 500), lodger("b", "b2", 4, 0, 500), lodger("c", "c1", 6, 0, 1000)}, "b", []string{"b1", "b2"}},
		// Sums: a 5+1, b 5+2, c 5+3, each with 2^31 more per pod.
		{"then a lower sum of priorities", 1000, []model.Object{
			lodger("a", "a1", 5, 0, 500), lodger("a", "a2", 2, 0, 500), lodger("b", "b1", 5, 0, 500), lodger("b", "b2", 1, 0, 500),
			lodger("c", "c1", 5, 0, 500), lodger("c", "c2", 3, 0, 500)}, "b", []string{"b1", "b2"}},
		{"then a later start of the most important", 1000, []model.Object{
			lodger("a", "a1", 5, 10, 1000), lodger("b", "b1", 5, 30, 1000), lodger("c", "c1", 5, 20, 1000)}, "b", []string{"b1"}},
		{"then the name decides", 1000, []model.Object{
			lodger("c", "c1", 5, 10, 1000), lodger("b", "b1", 5, 10, 1000), lodger("a", "a1", 5, 10, 1000)}, "a", []string{"a1"}},
		// All go, then come back: 600 + 500 > 1000, 400 + 500 fits.
		{"who fits beside the pod is spared, the most important asked first", 500, []model.Object{
			lodger("a", "a1", 5, 0, 600), lodger("a", "a2", 1, 0, 400), lodger("b", "b1", 9, 0, 1000), lodger("c", "c1", 9, 0, 1000)}, "a", []string{"a1"}},
		// The protected one comes back first: 400 + 500 fits, then 500 more does not.
		{"protected pods are spared first", 500, []model.Object{budget(0, "a2"),
			lodger("a", "a1", 5, 0, 500), lodger("a", "a2", 1, 0, 400), lodger("b", "b1", 9, 0, 1000), lodger("c", "c1", 9, 0, 1000)}, "a", []string{"a1"}},
		// The budget allows the first of the two, which is the older: the other one is protected and spared.
		{"a budget protects those beyond what it allows", 500, []model.Object{budget(1, "a1", "a2"),
			lodger("a", "a1", 5, 10, 500), lodger("a", "a2", 5, 20, 500), lodger("b", "b1", 9, 0, 1000), lodger("c", "c1", 9, 0, 1000)}, "a", []string{"a1"}},
		{"pods as important are no victims", 1000, []model.Object{
			lodger("a", "a1", 100, 0, 1000), lodger("b", "b1", 100, 0, 1000), lodger("c", "c1", 99, 0, 1000)}, "c", []string{"c1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cy := preempted(t, important(c.milli), c.objects...)
			var victims []string
			for _, v := range cy.Victims {
				victims = append(victims, v.Name)
			}
			if cy.NominatedNode != c.node || !slices.Equal(victims, c.victims) || !cy.Renominate {
				t.Errorf("got %s %v (%s), want %s %v", cy.NominatedNode, victims, cy.Message, c.node, c.victims)
			}
			if want := fmt.Sprintf("preemption: found a potential placement for pod on node %s, preempting %d victims", c.node, len(c.victims)); !strings.HasSuffix(cy.Message, " "+want) {
				t.Errorf("message %q, want it to end in %q", cy.Message, want)
			}
		})
	}
}

func TestWhyNoRoomIsMade(t *testing.T) {
	full := []model.Object{lodger("a", "a1", 5, 0, 1000), lodger("b", "b1", 5, 0, 1000), lodger("c", "c1", 100, 0, 1000)}
	leaving := changed(full[0].(*model.Pod), func(p *model.Pod) {
		p.Deleting = true
		p.Status.Conditions = []model.PodCondition{{Type: model.DisruptionTarget, Status: "True", Reason: "PreemptionByScheduler"}}
	})
	on := func(node string) func(*model.Pod) {
		return func(p *model.Pod) { p.Status.NominatedNodeName = node }
	}
	const short = "0/3 nodes are available: 3 Insufficient cpu. preemption: "
	for _, c := range []struct {
		name       string
		pod        *model.Pod
		objects    []model.Object
		want       string
		node       string
		renominate bool
	}{
		{"the pod never preempts", important(1000, func(p *model.Pod) { p.Spec.PreemptionPolicy = "Never" }), full,
			short + "not eligible due to preemptionPolicy=Never.", "", false},
		{"its victims are leaving", important(1000, on("a")), []model.Object{leaving, full[1], full[2]},
			short + "not eligible due to a terminating pod on the nominated node.", "", false},
		{"pods that leave elsewhere do not matter", important(1000, on("b")), []model.Object{leaving, full[1], full[2]},
			short + "found a potential placement for pod on node a, preempting 1 victims", "a", true},
		// Wanting more than a node has is beyond preemption on all three.
		{"evictions would not help", important(1500), full, short + "0/3 nodes are available: 3 Preemption is not helpful for scheduling.", "", true},
		{"nobody is less important", important(1000, func(p *model.Pod) { p.Spec.Priority = 5 }), full,
			short + "0/3 nodes are available: 3 No preemption victims found for incoming pod.", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			cy := preempted(t, c.pod, c.objects...)
			if cy.Message != c.want || cy.NominatedNode != c.node || cy.Renominate != c.renominate {
				t.Errorf("got node %q, renominate %v: %s\nwant %q, %v: %s", cy.NominatedNode, cy.Renominate, cy.Message, c.node, c.renominate, c.want)
			}
		})
	}
}

// TestEqualCandidatesAreDrawnBySeed: the same seed gives the same node, other seeds others.
func TestEqualCandidatesAreDrawnBySeed(t *testing.T) {
	nominated := func(seed uint64) string {
		core := newTestCore(t, Options{Seed: seed}, 0)
		for i := range 20 {
			name := fmt.Sprintf("n%02d", i)
			core.SetNode(smallNode(name))
			core.AddPod(core.Pod(lodger(name, "on-"+name, 1, 0, 1000)))
		}
		return core.Schedule(0, core.Pod(important(1000))).NominatedNode
	}
	seen := map[string]bool{}
	for seed := range uint64(20) {
		node := nominated(seed)
		if again := nominated(seed); again != node {
			t.Fatalf("seed %d: %s, then %s", seed, node, again)
		}
		seen[node] = true
	}
	if len(seen) < 5 {
		t.Errorf("20 seeds gave %d of 20 nodes only", len(seen))
	}
}

func TestLowerNominationsAreNamed(t *testing.T) {
	core := newTestCore(t, Options{EveryCandidate: true}, 0)
	core.SetNode(smallNode("a"))
	core.AddPod(core.Pod(lodger("a", "a1", 1, 0, 1000)))
	waiting := func(name string, priority int32) *model.Pod {
		p := lodger("", name, priority, 0, 1000)
		core.Nominate(p, "a")
		return p
	}
	lower := waiting("lower", 99)
	waiting("equal", 100)
	cy := core.Schedule(0, core.Pod(lodger("", "p", 101, 0, 1000)))
	if len(cy.Denominated) != 2 || cy.Denominated[0] != lower {
		t.Errorf("of priority 101: %d nominations go, want 2", len(cy.Denominated))
	}
	// For a pod of 100 the other one of 100 holds the place: no room can be made.
	cy = core.Schedule(0, core.Pod(important(1000)))
	if len(cy.Denominated) != 0 || cy.NominatedNode != "" {
		t.Errorf("of priority 100: nominated to %q, %d nominations go", cy.NominatedNode, len(cy.Denominated))
	}
}

// TestAPreemptorIsHeldBackUntilItsVictimLeaves: an event during the cycle would have it tried again at
// once; it waits until the victim has gone.
func TestAPreemptorIsHeldBackUntilItsVictimLeaves(t *testing.T) {
	st := newStory(t, Options{})
	st.s.Added(0, smallNode("a"))
	victim := lodger("a", "a1", 1, 0, 1000)
	st.s.Added(0, victim)
	st.s.Added(0, important(1000))
	cy, ok := st.s.Begin(st.now)
	if !ok || len(cy.Victims) != 1 {
		t.Fatalf("no victim: %s", cy.Message)
	}
	other := lodger("a", "other", 1, 0, 0)
	st.s.Added(st.now, other)
	st.s.Deleted(st.now, other)
	st.s.Finish(st.now, cy)
	st.lengths(0, 0, 0, 1)
	leaving := changed(victim, func(p *model.Pod) { p.Deleting = true })
	st.now = sim.At(time.Second)
	st.s.Updated(st.now, victim, leaving)
	st.s.Deleted(st.now, leaving)
	st.now = sim.At(3 * time.Second)
	st.s.Tick(st.now)
	st.place("a")
}
