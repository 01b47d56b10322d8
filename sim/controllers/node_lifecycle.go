package controllers

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/heartbeat"
)

var nodeLifecycleInfo = Info{
	Name:  "node-lifecycle-controller",
	Doc:   "Keeps the taints that follow from a node's conditions, calls nodes Unknown whose kubelet has fallen silent, and has the pods of such nodes evicted zone by zone.",
	Start: startNodeLifecycle,
}

// The node monitor looks at the nodes every monitorPeriod, and a pass that finds nothing takes passCost
// itself; a kubelet that has been silent for monitorGrace is given up.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/config/v1alpha1/defaults.go NodeMonitorGracePeriod;
// cmd/kube-controller-manager/app/options NodeMonitorPeriod. The cost is read from a recorded control plane.
const (
	monitorPeriod = 5 * time.Second
	monitorGrace  = 50 * time.Second
	passCost      = 500 * time.Microsecond
)

// nodeLifecycle watches over the nodes. Passes of the monitor that would find nothing are no events: the
// next one is scheduled when a node changes, falls silent, or has been silent for too long.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth.
type nodeLifecycle struct {
	manager *Manager
	leases  *heartbeat.Keeper
	actor   sim.Actor
	loop    *Loop
	phase   time.Duration // of the passes
	// due are the nodes to look at in the next pass, by name; next is when that is.
	due     map[string]bool
	next    sim.Time
	pending sim.Handle
	// looking are the nodes of a pass that are still being looked at.
	looking map[string]bool

	silences map[string]*silence
	came     []*model.Node
	went     []*model.Node
	evictor  *evictor
}

// silence is a kubelet that is not heard: probe is when the monitor saw its last renewal.
type silence struct{ probe sim.Time }

func startNodeLifecycle(m *Manager) {
	startNodeTaints(m)
	c := &nodeLifecycle{manager: m, leases: m.options.Leases, due: map[string]bool{},
		looking: map[string]bool{}, silences: map[string]*silence{}}
	c.actor = m.register("node-monitor", c)
	c.phase = time.Duration(m.Engine.Stream("controllers/node-lifecycle/phase").Float64() * float64(monitorPeriod))
	c.loop = m.NewLoop(LoopOptions{Name: "node-lifecycle", Component: "node-controller", Workers: 8, Sync: c.sync})
	c.evictor = newEvictor(m, c)
	m.API.Observe(c.change)
	m.again = append(m.again, c.resetProbes)
	if c.leases != nil {
		c.leases.Observe(c.heard)
	}
}

// passFrom is the first pass at or after an instant.
func (c *nodeLifecycle) passFrom(t sim.Time) sim.Time {
	const every = monitorPeriod + passCost
	first := sim.At(c.phase)
	if t <= first {
		return first
	}
	n := (t.Sub(first) + every - 1) / every
	return first.Add(n * every)
}

// passAfter is the first pass after an instant.
func (c *nodeLifecycle) passAfter(t sim.Time) sim.Time { return c.passFrom(t.Add(1)) }

// look has a node looked at in the first pass at or after an instant.
func (c *nodeLifecycle) look(node string, from sim.Time) {
	c.due[node] = true
	c.wake(c.passFrom(from))
}

// wake schedules a pass, unless an earlier one is.
func (c *nodeLifecycle) wake(at sim.Time) {
	e := c.manager.Engine
	if _, ok := e.When(c.pending); ok {
		if c.next <= at {
			return
		}
		e.Cancel(c.pending)
	}
	c.next = at
	c.pending = e.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: c.actor})
}

// change notices nodes that come, go, or become ready or not.
func (c *nodeLifecycle) change(change apiserver.Change) {
	node, ok := change.Object().(*model.Node)
	if !ok || c.manager.API.Loading() {
		return
	}
	now := c.manager.Engine.Now()
	switch change.Type {
	case apiserver.Added:
		c.came = append(c.came, node)
		c.look(node.Name, now)
	case apiserver.Deleted:
		c.went = append(c.went, node)
		delete(c.silences, node.Name)
		c.evictor.forget(node)
		c.wake(c.passFrom(now))
	default:
		was := readyStatus(change.Old.(*model.Node))
		if is := readyStatus(node); is != was || is == model.ConditionTrue && hasNotReadyTaint(node) {
			c.look(node.Name, now)
		}
	}
}

// heard notices that a kubelet has fallen silent or is heard again.
func (c *nodeLifecycle) heard(now sim.Time, node string) {
	if !c.leases.Silent(node) {
		delete(c.silences, node)
		c.look(node, now)
		return
	}
	last, ok := c.leases.Last(now, node)
	if !ok {
		return
	}
	s := &silence{probe: c.passAfter(last)}
	c.silences[node] = s
	c.wake(c.expiry(s))
}

// expiry is the pass in which a silent node is given up.
func (c *nodeLifecycle) expiry(s *silence) sim.Time { return c.passAfter(s.probe.Add(monitorGrace)) }

// Handle is a pass of the monitor.
func (c *nodeLifecycle) Handle(now sim.Time, _ sim.Event) {
	c.register()
	later := sim.Never
	for _, name := range sortedNames(c.silences) {
		switch at := c.expiry(c.silences[name]); {
		case at <= now && c.unknown(name):
		case at <= now:
			c.due[name] = true
		default:
			later = min(later, at)
		}
	}
	nodes := sortedNames(c.due)
	c.due = map[string]bool{}
	for _, name := range nodes {
		c.looking[name] = true
		c.loop.Add(apiserver.Name{Name: name})
	}
	if len(c.looking) == 0 {
		c.evictor.disruption()
	}
	if later != sim.Never {
		c.wake(later)
	}
}

// unknown says whether a node is gone or has been given up already.
func (c *nodeLifecycle) unknown(name string) bool {
	node, ok := c.manager.API.Nodes.Get("", name)
	return !ok || readyStatus(node) == model.ConditionUnknown
}

// register tells of the nodes that came and went since the last pass.
func (c *nodeLifecycle) register() {
	for _, node := range c.came {
		c.loop.Event(node, apiserver.Normal, "RegisteredNode", "Node %s event: Registered Node %s in Controller", node.Name, node.Name)
	}
	for _, node := range c.went {
		c.loop.Event(node, apiserver.Normal, "RemovingNode", "Node %s event: Removing Node %s from Controller", node.Name, node.Name)
	}
	c.came, c.went = nil, nil
}

// resetProbes has all silent nodes count as heard just now.
func (c *nodeLifecycle) resetProbes(now sim.Time) {
	for _, s := range c.silences {
		s.probe = now
	}
	if len(c.silences) > 0 {
		c.wake(c.passAfter(now.Add(monitorGrace)))
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
