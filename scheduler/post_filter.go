package scheduler

import (
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// postFilter asks the PostFilter plugins in turn until one has an answer, and returns what they said.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunPostFilterPlugins.
func (c *Core) postFilter(cy *Cycle) string {
	cy.Renominate = false
	var said []string
	for _, pl := range cy.profile.postFilter {
		result, status := pl.PostFilter(cy.info, &trial{c})
		if result != nil {
			cy.NominatedNode, cy.Renominate, cy.Victims = result.NominatedNode, true, result.Victims
			cy.Denominated = c.lowerNominated(result.NominatedNode, priority(cy.Pod))
			if c.detail != nil {
				c.detail.PostFilter = result
			}
		}
		if status.OK() || status.Code() == framework.UnschedulableAndUnresolvable {
			return status.Message()
		}
		if !status.Rejected() {
			cy.NominatedNode, cy.Renominate, cy.Victims = "", false, nil
			return status.Message()
		}
		said = append(said, status.Reasons()...)
	}
	return strings.Join(said, ", ")
}

// lowerNominated are the pods of lower priority that are nominated to a node.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/executor.go getLowerPriorityNominatedPods.
func (c *Core) lowerNominated(node string, limit int32) []*model.Pod {
	var lower []*model.Pod
	for _, p := range c.nominator.NominatedPods(node) {
		if priority(p) < limit {
			lower = append(lower, p)
		}
	}
	return lower
}

// trial answers what-if questions about the cycle that has just failed.
type trial struct{ core *Core }

var _ framework.Trial = (*trial)(nil)

// Snapshot is the cluster of the failed cycle.
func (t *trial) Snapshot() *framework.Snapshot { return t.core.snapshot }

// Status is the node's verdict; a node that was not looked at has that of the whole cycle, or cannot
// be helped.
func (t *trial) Status(node *framework.NodeInfo) *framework.Status {
	s := &t.core.cycle
	if status := s.statuses[node.Index]; status != nil {
		return status
	}
	if s.absent != nil {
		return s.absent
	}
	return notLookedAt
}

// notLookedAt is the verdict of nodes without one.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go NewDefaultNodeToStatus.
var notLookedAt = framework.NewStatus("", framework.UnschedulableAndUnresolvable)

// State is the PreFilter state of a plugin.
func (t *trial) State(plugin string) any {
	s := &t.core.cycle
	for slot, pl := range s.profile.all {
		if pl.Name() == plugin {
			return s.preFilterStates[slot]
		}
	}
	return nil
}

// Begin lends the node and the PreFilter states: most nodes have no pod worth removing.
func (t *trial) Begin(node *framework.NodeInfo) framework.TrialNode {
	c := t.core
	n := len(c.trials)
	if n == 0 {
		return &trialNode{core: c, node: node, states: c.cycle.preFilterStates}
	}
	used := c.trials[n-1]
	c.trials = c.trials[:n-1]
	used.node, used.states, used.copied = node, c.cycle.preFilterStates, false
	return used
}

// trialNode is a node and, from the first change on, a private copy of it.
type trialNode struct {
	core   *Core
	node   *framework.NodeInfo
	states []any
	copied bool
	// own and ownStates are the memory of the copies.
	own       framework.NodeInfo
	ownStates []any
}

// End gives the copy's memory to the next.
func (t *trialNode) End() { t.core.trials = append(t.core.trials, t) }

// change copies the node and the states, if that has not been done.
func (t *trialNode) change() {
	if !t.copied {
		t.node.CloneTo(&t.own)
		t.ownStates = t.core.cloneStates(t.states, t.ownStates)
		t.node, t.states, t.copied = &t.own, t.ownStates, true
	}
}

// Node is the copy as it stands.
func (t *trialNode) Node() *framework.NodeInfo { return t.node }

// Add puts a pod on the copy.
func (t *trialNode) Add(pod *framework.PodInfo) *framework.Status {
	t.change()
	t.node.AddPod(pod)
	return t.core.addToStates(t.states, pod, t.node)
}

// Remove takes a pod off the copy.
func (t *trialNode) Remove(pod *framework.PodInfo) *framework.Status {
	t.change()
	t.node.RemovePod(pod)
	return t.core.removeFromStates(t.states, pod, t.node)
}

// Filter runs all filters on the copy, nominated pods counted as in a cycle.
func (t *trialNode) Filter() *framework.Status { return t.core.filterWith(t.states, t.node) }
