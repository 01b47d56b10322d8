package controllers

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// excludedFromDisruption is a label of nodes that do not count when the health of a zone is judged.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go labelNodeDisruptionExclusion.
const excludedFromDisruption = "node.kubernetes.io/exclude-disruption"

// disruption judges the zones at the end of a monitor's pass and sets the pace of evictions in each.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption.
func (e *evictor) disruption() {
	ready, unready := map[string]int{}, map[string]int{}
	for node := range e.manager.API.Nodes.All() {
		key := zoneKey(node)
		if _, excluded := node.Labels[excludedFromDisruption]; excluded {
			continue
		}
		e.zone(node)
		if readyStatus(node) == model.ConditionTrue {
			ready[key]++
		} else {
			unready[key]++
		}
	}
	states := map[string]zoneState{}
	allAre, allWere := true, true
	for key := range e.zones {
		if ready[key]+unready[key] == 0 {
			continue // no node of the zone is left
		}
		states[key] = stateOf(ready[key], unready[key])
		allAre = allAre && states[key] == zoneFull
		allWere = allWere && e.zones[key].state == zoneFull
	}
	switch {
	case len(states) == 0 || allAre && allWere:
	case allAre:
		e.enterFullDisruption(states)
	case allWere:
		e.monitor.resetProbes(e.manager.Engine.Now())
		e.setPaces(states, ready, unready, true)
	default:
		e.setPaces(states, ready, unready, false)
	}
	e.wake(e.manager.Engine.Now())
}

// stateOf judges a zone.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go ComputeZoneState.
func stateOf(ready, unready int) zoneState {
	switch {
	case ready == 0 && unready > 0:
		return zoneFull
	case unready >= unhealthyAtLeast && float32(unready)/float32(unready+ready) >= unhealthyShare:
		return zonePartial
	}
	return zoneNormal
}

// enterFullDisruption stops all evictions and takes back those that were decided.
func (e *evictor) enterFullDisruption(states map[string]zoneState) {
	now := e.manager.Engine.Now()
	for _, key := range sortedNames(states) {
		e.zones[key].swapPace(now, noEvictions)
		e.zones[key].state = zoneFull
	}
	// The nodes are looked at in the next pass again; until then they have no taint and no place in a queue.
	for node := range e.manager.API.Nodes.All() {
		e.zone(node).remove(node.Name)
		if hasNotReadyTaint(node) {
			e.loop.Add(apiserver.Name{Namespace: clearingZone, Name: node.Name})
		}
		if readyStatus(node) != model.ConditionTrue {
			e.monitor.look(node.Name, now.Add(1))
		}
	}
}

// setPaces sets the pace of evictions in the zones whose state is another than before, or in all.
func (e *evictor) setPaces(states map[string]zoneState, ready, unready map[string]int, all bool) {
	now := e.manager.Engine.Now()
	for _, key := range sortedNames(states) {
		z, state := e.zones[key], states[key]
		if z.state == state && !all {
			continue
		}
		z.state = state
		z.swapPace(now, paceOf(state, ready[key]+unready[key]))
	}
}

// paceOf is the time between two evictions in a zone of that state and size.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go setLimiterInZone,
// HealthyQPSFunc, ReducedQPSFunc.
func paceOf(state zoneState, nodes int) time.Duration {
	switch {
	case state != zonePartial:
		return evictionGap
	case nodes > largeZone:
		return secondaryGap
	}
	return noEvictions
}

// swapPace changes the pace; who waits for a token waits for one of the new pace.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go SwapLimiter.
func (z *evictionZone) swapPace(now sim.Time, gap time.Duration) {
	if z.gap == gap {
		return
	}
	waiting := z.gap == noEvictions || now < z.free
	z.gap, z.free = gap, now
	if waiting {
		z.free = now.Add(gap)
	}
}
