package scheduler

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
)

// story drives a scheduler by hand.
type story struct {
	*testing.T
	s     *Scheduler
	now   sim.Time
	moves []string
}

func newStory(t *testing.T, o Options) *story {
	st := &story{T: t}
	o.Observe = func(_ sim.Time, m queue.Move) { st.moves = append(st.moves, m.Pod.Name+" "+m.To.String()+" "+m.Event) }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	st.s = s
	return st
}

// smallNode has one CPU.
func smallNode(name string) *model.Node {
	n := plainNode(0)
	n.Name, n.Taints = name, nil
	n.Status.Allocatable = n.Status.Allocatable.With("cpu", model.WholeQuantity(1))
	return n
}

// onePod wants a whole CPU.
func onePod(name string) *model.Pod {
	spec := plainSpec()
	spec.Containers[0].Requests = model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(1)}}
	p := plainPod(0, spec)
	p.Name, p.UID, p.ResourceVersion = name, name, 1
	return p
}

// changed is a new version of a pod.
func changed(p *model.Pod, change func(*model.Pod)) *model.Pod {
	c := *p
	c.ResourceVersion++
	change(&c)
	return &c
}

// cycle runs one cycle to its end, without a binding.
func (st *story) cycle() *Cycle {
	st.Helper()
	if !st.s.Ready(st.now) {
		st.Fatal("no pod is ready")
	}
	cy, ok := st.s.Begin(st.now)
	if !ok {
		st.Fatal("no cycle began")
	}
	st.s.Finish(st.now, cy)
	return cy
}

// place runs a cycle and has the binding written and heard of.
func (st *story) place(node string) *model.Pod {
	st.Helper()
	cy := st.cycle()
	if cy.Node != node {
		st.Fatalf("%s: got node %q (%s), want %q", cy.Pod.Name, cy.Node, cy.Message, node)
	}
	bound := changed(cy.Pod, func(p *model.Pod) { p.NodeName = node })
	st.s.Bound(st.now, cy)
	st.s.Updated(st.now, cy.Pod, bound)
	return bound
}

func (st *story) lengths(active, backoff, unschedulable, gated int) {
	st.Helper()
	q := st.s.Queue()
	if q.Active != active || q.Backoff != backoff || q.Unschedulable != unschedulable || q.Gated != gated {
		st.Errorf("queue: %d active, %d in backoff, %d unschedulable, %d gated, want %d, %d, %d, %d",
			q.Active, q.Backoff, q.Unschedulable, q.Gated, active, backoff, unschedulable, gated)
	}
}

func TestAPodWaitsForRoom(t *testing.T) {
	st := newStory(t, Options{})
	st.s.Added(0, smallNode("n"))
	st.s.Added(0, onePod("first"))
	st.s.Added(0, onePod("second"))
	first := st.place("n")
	cy := st.cycle()
	if cy.Result != Unschedulable || cy.Attempt != 1 || cy.Message != "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod." {
		t.Errorf("got %s, attempt %d: %s", cy.Result, cy.Attempt, cy.Message)
	}
	st.lengths(0, 0, 1, 0)
	// The first pod ends: its resources are free at once, and the second is tried again. The queue is
	// idle, so that its backoff does not hold it.
	st.now = sim.At(300 * time.Millisecond)
	st.s.Updated(st.now, first, changed(first, func(p *model.Pod) { p.Status.Phase = model.PodSucceeded }))
	st.lengths(0, 1, 0, 0)
	if cy := st.cycle(); cy.Node != "n" || cy.Attempt != 2 {
		t.Errorf("got node %q, attempt %d, want n, 2", cy.Node, cy.Attempt)
	}
	// Its object goes later: to the scheduler nothing happens.
	moves := len(st.moves)
	st.s.Deleted(st.now, changed(first, func(p *model.Pod) { p.Status.Phase = model.PodSucceeded }))
	if len(st.moves) != moves {
		t.Errorf("moves after the deletion of an ended pod: %v", st.moves[moves:])
	}
}

func TestAnEventDuringACycleIsNotLost(t *testing.T) {
	st := newStory(t, Options{})
	st.s.Added(0, smallNode("n"))
	st.s.Added(0, onePod("first"))
	first := st.place("n")
	st.s.Added(0, onePod("second"))
	cy, _ := st.s.Begin(0)
	st.s.Deleted(0, first)
	if cy.Node != "" {
		t.Fatalf("the cycle decided on %q, which became free after it began", cy.Node)
	}
	st.s.Finish(sim.At(time.Millisecond), cy)
	st.lengths(0, 1, 0, 0)
}

func TestAnAssumedPodHoldsItsPlace(t *testing.T) {
	st := newStory(t, Options{})
	st.s.Added(0, smallNode("n"))
	st.s.Added(0, onePod("first"))
	st.s.Added(0, onePod("second"))
	first := st.cycle()
	if cy := st.cycle(); cy.Node != "" {
		t.Fatalf("second: got %q while the first is assumed there", cy.Node)
	}
	// The binding fails: the place is free, the second pod is woken, the first waits out an error.
	st.s.BindFailed(0, first, "no")
	if !first.Err || first.Message != "no" || first.Result != Failed {
		t.Errorf("the failed cycle says %s, %q", first.Result, first.Message)
	}
	if !strings.Contains(strings.Join(st.moves, "\n"), "second Backoff AssignedPodDelete") {
		t.Errorf("the second pod was not woken: %v", st.moves)
	}
	st.lengths(0, 2, 0, 0)
	if cy := st.cycle(); cy.Pod.Name != "second" || cy.Node != "n" {
		t.Errorf("got %s on %q, want second on n: an error's backoff is not cut short", cy.Pod.Name, cy.Node)
	}
	if st.s.Ready(0) {
		t.Error("the first pod is ready before its backoff ended")
	}
	if at := st.s.NextWake(0); at != sim.At(2*time.Second) {
		t.Errorf("the next timer is at %v, want 2s", at)
	}
}

func TestAnAssumedPodThatIsDeletedFreesItsPlace(t *testing.T) {
	for name, gone := range map[string]func(st *story, p *model.Pod){
		"it gets a deletion timestamp": func(st *story, p *model.Pod) {
			st.s.Updated(0, p, changed(p, func(p *model.Pod) { p.Deleting = true }))
		},
		"it is deleted at once": func(st *story, p *model.Pod) { st.s.Deleted(0, p) },
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, Options{})
			st.s.Added(0, smallNode("n"))
			st.s.Added(0, onePod("first"))
			st.s.Added(0, onePod("second"))
			first := st.cycle()
			st.cycle()
			gone(st, first.Pod)
			if cy := st.cycle(); cy.Pod.Name != "second" || cy.Node != "n" {
				t.Errorf("got %s on %q (%s), want second on n", cy.Pod.Name, cy.Node, cy.Message)
			}
			st.s.BindFailed(0, first, "gone")
			if n := st.s.core.cache.Node("n"); len(n.Pods) != 1 {
				t.Errorf("%d pods count on the node, want 1", len(n.Pods))
			}
		})
	}
}

func TestGatesAndDeletedPods(t *testing.T) {
	st := newStory(t, Options{})
	st.s.Added(0, smallNode("n"))
	gated := onePod("gated")
	gated.Spec.SchedulingGates = []string{"a.io/x"}
	st.s.Added(0, gated)
	st.lengths(0, 0, 0, 1)
	st.s.Updated(0, gated, changed(gated, func(p *model.Pod) { p.Spec = onePod("gated").Spec }))
	st.lengths(1, 0, 0, 0)
	doomed := onePod("doomed")
	doomed.Deleting = true
	st.s.Added(0, doomed)
	st.place("n")
	if _, ok := st.s.Begin(0); ok {
		t.Error("a pod that is being deleted was tried")
	}
	st.lengths(0, 0, 0, 0)
}

func TestPodsOfOthersCountAndAreNotTried(t *testing.T) {
	st := newStory(t, Options{})
	st.s.Added(0, smallNode("n"))
	other := onePod("other")
	other.Spec.SchedulerName = "somebody-else"
	st.s.Added(0, other)
	if st.s.Ready(0) {
		t.Error("a pod of another scheduler is ready")
	}
	bound := changed(other, func(p *model.Pod) { p.NodeName = "n" })
	st.s.Updated(0, other, bound)
	st.s.Added(0, onePod("mine"))
	if cy := st.cycle(); cy.Node != "" {
		t.Errorf("got %q, want no room beside the other scheduler's pod", cy.Node)
	}
	st.s.Deleted(0, bound)
	st.place("n")
}

func TestNodesComeAndGo(t *testing.T) {
	st := newStory(t, Options{})
	st.s.Added(0, onePod("p"))
	if cy := st.cycle(); cy.Message != "no nodes available to schedule pods" {
		t.Errorf("got %q", cy.Message)
	}
	// No plugin rejected it: an error's backoff, which is not cut short.
	st.lengths(0, 1, 0, 0)
	n := smallNode("n")
	cordoned := *n
	cordoned.Unschedulable = true
	st.s.Added(0, &cordoned)
	st.now = sim.At(2 * time.Second)
	st.s.Tick(st.now)
	if cy := st.cycle(); cy.Message != "0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling." {
		t.Errorf("got %q", cy.Message)
	}
	st.lengths(0, 0, 1, 0)
	st.s.Updated(st.now, &cordoned, n)
	st.place("n")
	st.s.Deleted(st.now, n)
	st.s.Added(st.now, onePod("q"))
	if cy := st.cycle(); cy.Message != "no nodes available to schedule pods" {
		t.Errorf("got %q", cy.Message)
	}
}

// clerk reserves, permits and prepares bindings, or refuses to.
type clerk struct {
	reserve, permit, preBind *framework.Status
	said                     []string
}

func (*clerk) Name() string { return "Clerk" }
func (k *clerk) Reserve(any, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
	k.said = append(k.said, "reserve")
	return k.reserve
}
func (k *clerk) Unreserve(any, *framework.PodInfo, *framework.NodeInfo) {
	k.said = append(k.said, "unreserve")
}
func (k *clerk) Permit(any, *framework.PodInfo, *framework.NodeInfo) (*framework.Status, time.Duration) {
	k.said = append(k.said, "permit")
	return k.permit, 0
}
func (k *clerk) PreBindPreFlight(any, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
	return nil
}
func (k *clerk) PreBind(any, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
	k.said = append(k.said, "prebind")
	return k.preBind
}
func (k *clerk) PostBind(any, *framework.PodInfo, *framework.NodeInfo) {
	k.said = append(k.said, "postbind")
}

func TestReserveToPostBind(t *testing.T) {
	no := framework.NewStatus("Clerk", framework.Unschedulable, "not now")
	broken := framework.NewStatus("Clerk", framework.Error, "broken")
	for _, c := range []struct {
		name   string
		clerk  clerk
		said   string
		result string
		want   string
	}{
		{"all agree", clerk{}, "reserve permit prebind postbind", Scheduled, ""},
		{"reserve refuses", clerk{reserve: no}, "reserve unreserve", Unschedulable, "0/1 nodes are available: 1 not now."},
		{"permit refuses", clerk{permit: no}, "reserve permit unreserve", Unschedulable, "0/1 nodes are available: 1 not now."},
		{"permit fails", clerk{permit: broken}, "reserve permit unreserve", Failed, `running Permit plugin "Clerk": broken`},
		{"prebind fails", clerk{preBind: broken}, "reserve permit prebind unreserve", Failed, `running PreBind plugin "Clerk": broken`},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &c.clerk
			st := newStory(t, Options{
				Plugins: plugins.Default().With(plugins.Entry{Name: "Clerk", New: func(framework.Args, *framework.Handle) (framework.Plugin, error) { return k, nil }}),
				Config:  profiles(config.Profile{Plugins: &config.Plugins{MultiPoint: enable("Clerk")}}),
			})
			st.s.Added(0, smallNode("n"))
			st.s.Added(0, onePod("p"))
			cy := st.cycle()
			if cy.Node != "" {
				st.s.Bound(0, cy)
			}
			if said := strings.Join(k.said, " "); said != c.said || cy.Result != c.result || cy.Message != c.want {
				t.Errorf("got %s, %s %q\nwant %s, %s %q", said, cy.Result, cy.Message, c.said, c.result, c.want)
			}
			if n := st.s.core.cache.Node("n"); (len(n.Pods) == 1) != (c.result == Scheduled) {
				t.Errorf("%d pods count on the node", len(n.Pods))
			}
		})
	}
}
