package scheduler

import (
	"fmt"
	"slices"

	"towtank.dev/towtank/scheduler/framework"
)

// Bounds of the search for feasible nodes.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go.
const (
	minFeasibleNodesToFind           = 100
	minFeasibleNodesPercentageToFind = 5
)

// feasibleNodesToFind is how many feasible nodes end a search among so many nodes.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go numFeasibleNodesToFind.
func feasibleNodesToFind(percentage int32, nodes int) int {
	if nodes < minFeasibleNodesToFind {
		return nodes
	}
	share := int(percentage)
	if share == 0 {
		share = max(50-nodes/125, minFeasibleNodesPercentageToFind)
	}
	return max(nodes*share/100, minFeasibleNodesToFind)
}

// preFilter runs the PreFilter plugins. It returns the nodes worth looking at (nil: all) and, when the
// cycle ends here, the status that ends it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunPreFilterPlugins.
func (c *Core) preFilter() (*framework.NodeNames, *framework.Status) {
	s := &c.cycle
	var subset *framework.NodeNames
	var rejection *framework.Status
	for i := range s.profile.preFilter {
		pl := &s.profile.preFilter[i]
		state, names, status := pl.PreFilter(s.pod, c.snapshot)
		s.preFilterStates[pl.slot] = state
		switch status.Code() {
		case framework.Success:
		case framework.Skip:
			s.skipFilter[pl.slot] = true
			continue
		case framework.UnschedulableAndUnresolvable:
			s.rejectors = s.rejectors[:0]
			return nil, status
		case framework.Unschedulable:
			// Preemption may follow, and needs the states of all plugins.
			rejection = status
			continue
		default:
			s.rejectors = s.rejectors[:0]
			return nil, framework.NewStatus(pl.Name(), framework.Error, fmt.Sprintf("running PreFilter plugin %q: %s", pl.Name(), status.Message()))
		}
		if names != nil {
			s.rejectors = insert(s.rejectors, pl.Name())
		}
		if subset = subset.Intersect(names); subset != nil && subset.Len() == 0 {
			return subset, framework.NewStatus("", framework.UnschedulableAndUnresolvable, unsatisfied(s.rejectors))
		}
	}
	return subset, rejection
}

// unsatisfied says which plugins left no node.
func unsatisfied(plugins []string) string {
	if len(plugins) == 1 {
		return fmt.Sprintf("node(s) didn't satisfy plugin %v", plugins[0])
	}
	return fmt.Sprintf("node(s) didn't satisfy plugin(s) %v simultaneously", plugins)
}

// insert puts a name into a sorted list that has each name once.
func insert(list []string, name string) []string {
	i, found := slices.BinarySearch(list, name)
	if found {
		return list
	}
	return slices.Insert(list, i, name)
}

// findFeasible fills feasible and the verdicts of the others. An error ends the cycle.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go findNodesThatFitPod.
func (c *Core) findFeasible() *framework.Status {
	s := &c.cycle
	subset, status := c.preFilter()
	for _, pl := range s.profile.filter {
		if !s.skipFilter[pl.slot] {
			s.filters = append(s.filters, pl)
		}
	}
	if !status.OK() {
		if !status.Rejected() {
			return status
		}
		s.absent, s.preFilterMessage = status, status.Message()
		s.blame(status)
		return nil
	}
	if subset != nil && c.detail != nil {
		c.detail.Subset = subset.Names()
	}
	if name := s.pod.Pod.Status.NominatedNodeName; name != "" {
		if c.tryNominated(name) {
			return nil
		}
	}
	nodes := c.snapshot.Nodes
	if subset != nil {
		nodes = c.only(subset)
		s.excluded = subset
		s.absent = framework.NewStatus("", framework.UnschedulableAndUnresolvable, fmt.Sprintf("node(s) didn't satisfy plugin(s) %v", s.rejectors))
	}
	status = c.search(nodes)
	c.start = (c.start + s.evaluated()) % len(c.snapshot.Nodes)
	return status
}

// only picks the nodes of a subset that exist, by name.
func (c *Core) only(subset *framework.NodeNames) []*framework.NodeInfo {
	var nodes []*framework.NodeInfo
	for _, name := range subset.Names() {
		if n := c.snapshot.Node(name); n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// tryNominated looks at the pod's nominated node alone. An error there only means that all nodes are
// looked at after all.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go evaluateNominatedNode.
func (c *Core) tryNominated(name string) bool {
	node := c.snapshot.Node(name)
	if node == nil {
		return false
	}
	s := &c.cycle
	status := c.filterWith(s.preFilterStates, node)
	switch {
	case status.OK():
		s.feasible = append(s.feasible, node)
		return true
	case status.Rejected():
		s.reject(node, status)
		// Upstream notes the plugin only where PreFilter has begun the list of them.
		if len(s.rejectors) > 0 {
			s.blame(status)
		}
	}
	return false
}

// search looks at nodes from where the last search ended until enough are feasible. One feasible node
// too many is looked at, as upstream does: nodes rejected on the way to it have a verdict too.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go findNodesThatPassFilters.
func (c *Core) search(nodes []*framework.NodeInfo) *framework.Status {
	s := &c.cycle
	want := feasibleNodesToFind(s.profile.percentage, len(nodes))
	if len(s.profile.score) == 0 {
		want = min(1, len(nodes))
	}
	if len(nodes) == 0 {
		return nil
	}
	at := c.start % len(nodes)
	if len(s.profile.filter) == 0 {
		for range want {
			s.feasible = append(s.feasible, nodes[at])
			at = (at + 1) % len(nodes)
		}
		return nil
	}
	for range nodes {
		node := nodes[at]
		if at++; at == len(nodes) {
			at = 0
		}
		status := c.filterWith(s.preFilterStates, node)
		if status == nil {
			if len(s.feasible) == want {
				break
			}
			s.feasible = append(s.feasible, node)
			continue
		}
		if !status.Rejected() {
			return status
		}
		s.reject(node, status)
	}
	return nil
}

// filterWith asks every filter about a node; where pods of no lower priority are nominated to it, once
// with them and once without. Success is nil.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods.
func (c *Core) filterWith(states []any, node *framework.NodeInfo) *framework.Status {
	if nominated := c.nominator.NominatedPods(node.Name); len(nominated) > 0 {
		augmented, with, status := c.withNominated(nominated, states, node)
		if !status.OK() {
			return status
		}
		if with != nil {
			if status := c.runFilters(augmented, with); !status.OK() {
				return status
			}
		}
	}
	return c.runFilters(states, node)
}

// runFilters asks the filters in order; the first that objects has the say.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunFilterPlugins.
func (c *Core) runFilters(states []any, node *framework.NodeInfo) *framework.Status {
	s := &c.cycle
	for i := range s.filters {
		pl := &s.filters[i]
		status := pl.Filter(states[pl.slot], s.pod, node)
		if status.OK() {
			continue
		}
		if !status.Rejected() {
			return framework.NewStatus(pl.Name(), framework.Error, fmt.Sprintf("running %q filter plugin: %s", pl.Name(), status.Message()))
		}
		return status
	}
	return nil
}
