package controllers

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// The evictor gives NoExecute taints to nodes that are not ready, in passes every evictionPeriod, and per
// zone no faster than one node in 10 s. In a zone of which more than unhealthyShare is not ready that is
// one in 100 s, none when the zone has no more than largeZone nodes; and when no zone has a ready node,
// nobody is evicted, for then the fault is likely to be elsewhere.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go NodeEvictionPeriod;
// config/v1alpha1/defaults.go NodeEvictionRate, SecondaryNodeEvictionRate, LargeClusterSizeThreshold,
// UnhealthyZoneThreshold.
const (
	evictionPeriod    = 100 * time.Millisecond
	evictionGap       = 10 * time.Second
	secondaryGap      = 100 * time.Second
	largeZone         = 50
	unhealthyShare    = float32(0.55)
	unhealthyAtLeast  = 3
	noEvictions       = time.Duration(0)
	zoneKeySeparation = ":\x00:"
	clearingZone      = "\x00" // no zone: the node's taints go
)

// zoneState is how many of a zone's nodes are ready.
type zoneState uint8

const (
	zoneInitial zoneState = iota
	zoneNormal
	zonePartial // disruption
	zoneFull    // disruption
)

// evictor taints nodes zone by zone.
type evictor struct {
	monitor *nodeLifecycle
	manager *Manager
	actor   sim.Actor
	loop    *Loop // keys are zones
	phase   time.Duration
	zones   map[string]*evictionZone
	next    sim.Handle
}

// evictionZone is the queue of a zone: a node that has been tainted stays known until it is ready again.
type evictionZone struct {
	state zoneState
	gap   time.Duration // between two nodes; noEvictions: none
	free  sim.Time      // when the next node may be tainted
	queue []string
	known map[string]bool
}

func newEvictor(m *Manager, monitor *nodeLifecycle) *evictor {
	e := &evictor{monitor: monitor, manager: m, zones: map[string]*evictionZone{}}
	e.actor = m.register("node-evictor", e)
	e.phase = time.Duration(m.Engine.Stream("controllers/node-evictor/phase").Float64() * float64(evictionPeriod))
	e.loop = m.NewLoop(LoopOptions{Name: "node-evictor", Component: "node-controller", Workers: 1, Sync: e.sync})
	return e
}

// zoneKey names the zone of a node.
// Source: kubernetes v1.37.2 component-helpers node/topology/helpers.go GetZoneKey.
func zoneKey(node *model.Node) string {
	zone, region := node.Labels[model.LabelZoneBeta], node.Labels[model.LabelRegionBeta]
	if v, ok := node.Labels[model.LabelZone]; ok {
		zone = v
	}
	if v, ok := node.Labels[model.LabelRegion]; ok {
		region = v
	}
	if zone == "" && region == "" {
		return ""
	}
	return region + zoneKeySeparation + zone
}

func (e *evictor) zone(node *model.Node) *evictionZone {
	key := zoneKey(node)
	z, ok := e.zones[key]
	if !ok {
		z = &evictionZone{gap: evictionGap, known: map[string]bool{}}
		e.zones[key] = z
	}
	return z
}

// process queues a node for its taint, or takes the taints off one that is ready. It runs on a worker of
// the monitor.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go processTaintBaseEviction.
func (e *evictor) process(node *model.Node) {
	switch status := readyStatus(node); status {
	case model.ConditionTrue:
		e.reachable(node)
	case model.ConditionFalse:
		e.queueOrSwap(node, model.TaintNotReady, model.TaintUnreachable)
	default:
		e.queueOrSwap(node, model.TaintUnreachable, model.TaintNotReady)
	}
}

// queueOrSwap changes the taint of a node at once that has the opposite one, and queues any other.
func (e *evictor) queueOrSwap(node *model.Node, taint, opposite string) {
	if hasTaint(node, opposite) {
		_ = e.monitor.loop.Patch(model.KindNode, "", node.Name, node.UID, func(o model.Object) (model.Object, error) {
			return e.swapped(o.(*model.Node), taint, opposite), nil
		})
		return
	}
	z := e.zone(node)
	if !hasTaint(node, taint) {
		z.remove(node.Name)
	}
	if !z.known[node.Name] {
		z.known[node.Name] = true
		z.queue = append(z.queue, node.Name)
		e.wake(e.manager.Engine.Now())
	}
}

// reachable takes both taints off a node and out of its zone's queue.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go markNodeAsReachable.
func (e *evictor) reachable(node *model.Node) {
	if hasNotReadyTaint(node) && e.clear(e.monitor.loop, node.Name) != nil {
		return
	}
	e.zone(node).remove(node.Name)
}

// clear takes both taints off a node, one after the other, on a worker of the loop.
func (e *evictor) clear(loop *Loop, name string) error {
	for _, key := range [2]string{model.TaintUnreachable, model.TaintNotReady} {
		node, ok := e.manager.API.Nodes.Get("", name)
		if !ok || !hasTaint(node, key) {
			continue
		}
		err := loop.Patch(model.KindNode, "", name, "", func(o model.Object) (model.Object, error) {
			return e.swapped(o.(*model.Node), "", key), nil
		})
		if err != nil && !apiserver.Is(err, apiserver.NotFound) {
			return err
		}
	}
	return nil
}

// swapped is a node with one NoExecute taint in the place of another; nil when it is so already.
func (e *evictor) swapped(node *model.Node, add, remove string) model.Object {
	taints := slices.DeleteFunc(slices.Clone(node.Taints), func(t model.Taint) bool {
		return t.Effect == model.NoExecute && t.Key == remove
	})
	if add != "" && !hasTaint(node, add) {
		taints = append(taints, model.Taint{Key: add, Effect: model.NoExecute})
	}
	if slices.Equal(taints, node.Taints) {
		return nil
	}
	out := apiserver.Copy(node).(*model.Node)
	out.Taints = taints
	return out
}

// forget drops a node that is gone.
func (e *evictor) forget(node *model.Node) { e.zone(node).remove(node.Name) }

func (z *evictionZone) remove(node string) {
	if !z.known[node] {
		return
	}
	delete(z.known, node)
	if i := slices.Index(z.queue, node); i >= 0 {
		z.queue = slices.Delete(z.queue, i, i+1)
	}
}

// wake schedules the next pass over the queues at which a zone may go on.
func (e *evictor) wake(now sim.Time) {
	at := sim.Never
	for _, key := range sortedNames(e.zones) {
		if z := e.zones[key]; len(z.queue) > 0 && z.gap != noEvictions {
			at = min(at, max(now.Add(1), z.free))
		}
	}
	e.manager.Engine.Cancel(e.next)
	if at == sim.Never {
		return
	}
	tick := at.TruncateFrom(sim.At(e.phase), evictionPeriod)
	if tick < at {
		tick = tick.Add(evictionPeriod)
	}
	e.next = e.manager.Engine.Schedule(tick, sim.Event{Phase: sim.PhaseAct, Actor: e.actor})
}

// Handle is a pass over the zones' queues.
func (e *evictor) Handle(now sim.Time, _ sim.Event) {
	for _, key := range sortedNames(e.zones) {
		if z := e.zones[key]; len(z.queue) > 0 && z.accepts(now) {
			e.loop.Add(apiserver.Name{Namespace: key, Name: z.queue[0]})
			z.queue = z.queue[1:]
		}
	}
	e.wake(now)
}

// accepts takes a token when there is one.
func (z *evictionZone) accepts(now sim.Time) bool {
	if z.gap == noEvictions || now < z.free {
		return false
	}
	z.free = now.Add(z.gap)
	return true
}

// sync taints a node that is still not ready.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoExecuteTaintingPass.
func (e *evictor) sync(key apiserver.Name) error {
	if key.Namespace == clearingZone {
		return e.clear(e.loop, key.Name)
	}
	err := e.loop.Patch(model.KindNode, "", key.Name, "", func(o model.Object) (model.Object, error) {
		node := o.(*model.Node)
		switch readyStatus(node) {
		case model.ConditionTrue:
			return nil, nil
		case model.ConditionFalse:
			return e.swapped(node, model.TaintNotReady, model.TaintUnreachable), nil
		default:
			return e.swapped(node, model.TaintUnreachable, model.TaintNotReady), nil
		}
	})
	if apiserver.Is(err, apiserver.NotFound) {
		return nil
	}
	return err
}
