package scheduler

import "towtank.dev/towtank/scheduler/framework"

// clue is what the plugin that rejected a node has to add.
func (c *Core) clue(pod *framework.PodInfo, node *framework.NodeInfo) framework.Clue {
	s := &c.cycle
	by := s.statuses[node.Index].Plugin()
	for slot, pl := range s.profile.all {
		asked, ok := pl.(framework.Explainer)
		if !ok || pl.Name() != by {
			continue
		}
		if asked.Filter(s.preFilterStates[slot], pod, node).OK() {
			return framework.Clue{Text: "only pods that are nominated to it are in the way"}
		}
		return asked.ExplainRejection(s.preFilterStates[slot], pod, node)
	}
	return framework.Clue{}
}

var _ framework.Inquirer = (*trial)(nil)

// Asks says whether the cycle is explained.
func (t *trial) Asks() bool { return t.core.detail != nil }

// Refused takes down a node on which no room can be made.
func (t *trial) Refused(node string, lower int, status *framework.Status) {
	t.core.detail.Refusals = append(t.core.detail.Refusals, Refusal{node, lower, status})
}
