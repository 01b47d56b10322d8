package scheduler

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// withNominated puts the nominated pods that the pod must yield to onto a copy of the node. The copy
// is nil when there are none.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go addGENominatedPods.
func (c *Core) withNominated(nominated []*model.Pod, states []any, node *framework.NodeInfo) ([]any, *framework.NodeInfo, *framework.Status) {
	var with *framework.NodeInfo
	for _, p := range nominated {
		if priority(p) < priority(c.cycle.pod.Pod) || p.UID == c.cycle.pod.Pod.UID {
			continue
		}
		if with == nil {
			with, states = node.Clone(), c.cloneStates(states, nil)
		}
		info := c.nominatedInfo(p)
		with.AddPod(info)
		if status := c.addToStates(states, info, with); !status.OK() {
			return nil, nil, status
		}
	}
	return states, with, nil
}

// nominatedInfo derives what the cycle needs to know of a nominated pod, once per cycle.
func (c *Core) nominatedInfo(pod *model.Pod) *framework.PodInfo {
	info := c.cycle.nominated[pod]
	if info == nil {
		info = c.vocabulary.Pod(pod)
		c.cycle.nominated[pod] = info
	}
	return info
}

// cloneStates copies the PreFilter states that pods change, using the old copy's memory.
func (c *Core) cloneStates(states, old []any) []any {
	out := append(old[:0], states...)
	for i := range c.cycle.profile.preFilter {
		if pl := &c.cycle.profile.preFilter[i]; pl.extensions != nil && !c.cycle.skipFilter[pl.slot] {
			out[pl.slot] = pl.extensions.CloneState(states[pl.slot])
		}
	}
	return out
}

// addToStates tells the PreFilter states of a pod added on trial.
func (c *Core) addToStates(states []any, added *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	for i := range c.cycle.profile.preFilter {
		pl := &c.cycle.profile.preFilter[i]
		if pl.extensions == nil || c.cycle.skipFilter[pl.slot] {
			continue
		}
		if status := pl.extensions.AddPod(states[pl.slot], c.cycle.pod, added, node); !status.OK() {
			return framework.NewStatus(pl.Name(), framework.Error, fmt.Sprintf("running AddPod on PreFilter plugin %q: %s", pl.Name(), status.Message()))
		}
	}
	return nil
}

// removeFromStates tells the PreFilter states of a pod removed on trial.
func (c *Core) removeFromStates(states []any, removed *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	for i := range c.cycle.profile.preFilter {
		pl := &c.cycle.profile.preFilter[i]
		if pl.extensions == nil || c.cycle.skipFilter[pl.slot] {
			continue
		}
		if status := pl.extensions.RemovePod(states[pl.slot], c.cycle.pod, removed, node); !status.OK() {
			return framework.NewStatus(pl.Name(), framework.Error, fmt.Sprintf("running RemovePod on PreFilter plugin %q: %s", pl.Name(), status.Message()))
		}
	}
	return nil
}

// priority is 0 for a pod that has none.
func priority(pod *model.Pod) int32 { return pod.Spec.Priority }
