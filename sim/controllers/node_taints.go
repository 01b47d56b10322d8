package controllers

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// nodeTaints gives nodes the taints that their conditions and spec.unschedulable call for, and takes
// those that they no longer call for. A new node comes with the taint not-ready and loses it unless its
// condition Ready says otherwise.
type nodeTaints struct {
	engine *sim.Engine
	actor  sim.Actor
	api    *apiserver.Server
	due    map[string]bool // by name of the node
}

func startNodeTaints(m *Manager) {
	c := &nodeTaints{engine: m.Engine, api: m.API, due: map[string]bool{}}
	c.actor = m.register("node-taints", c)
	m.API.Observe(c.change)
}

// change has a node looked at whose taints are not what they should be.
func (c *nodeTaints) change(change apiserver.Change) {
	node, ok := change.New.(*model.Node)
	if !ok || c.api.Loading() || c.due[node.Name] || slices.Equal(node.Taints, wantedTaints(node)) {
		return
	}
	c.due[node.Name] = true
	c.engine.Schedule(c.engine.Now().Add(syncDelay), sim.Event{Phase: sim.PhaseAct, Actor: c.actor, Ref: node.Name})
}

// Handle writes a node's taints.
func (c *nodeTaints) Handle(_ sim.Time, ev sim.Event) {
	name := ev.Ref.(string)
	delete(c.due, name)
	node, ok := c.api.Nodes.Get("", name)
	if !ok {
		return
	}
	taints := wantedTaints(node)
	if slices.Equal(node.Taints, taints) {
		return
	}
	changed := apiserver.Copy(node).(*model.Node)
	changed.Taints = taints
	// The node is there, so that the write cannot fail.
	_ = c.api.Update(changed)
}

// conditionTaints are the taints that conditions call for.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go
// nodeConditionToTaintKeyStatusMap.
var conditionTaints = []struct{ condition, status, key string }{
	{"Ready", "False", model.TaintNotReady},
	{"Ready", "Unknown", model.TaintUnreachable},
	{"MemoryPressure", "True", "node.kubernetes.io/memory-pressure"},
	{"DiskPressure", "True", "node.kubernetes.io/disk-pressure"},
	{"NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"},
	{"PIDPressure", "True", "node.kubernetes.io/pid-pressure"},
}

// wantedTaints are the node's taints as they should be: those of other people first, as they are.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go
// doNoScheduleTaintingPass.
func wantedTaints(node *model.Node) []model.Taint {
	wanted := map[string]bool{model.TaintUnschedulable: node.Unschedulable}
	for _, t := range conditionTaints {
		condition := node.Status.Condition(t.condition)
		wanted[t.key] = condition != nil && condition.Status == t.status
	}
	var out []model.Taint
	for _, t := range node.Taints {
		want, ours := wanted[t.Key]
		if ours && t.Effect == model.NoSchedule {
			if !want {
				continue
			}
			wanted[t.Key] = false
		}
		out = append(out, t)
	}
	for _, t := range conditionTaints {
		if wanted[t.key] {
			out = append(out, model.Taint{Key: t.key, Effect: model.NoSchedule})
		}
	}
	if wanted[model.TaintUnschedulable] {
		out = append(out, model.Taint{Key: model.TaintUnschedulable, Effect: model.NoSchedule})
	}
	return out
}
