package plugins

import (
	"maps"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// Reasons of PodTopologySpread.
const (
	reasonSpread        = "node(s) didn't match pod topology spread constraints"
	reasonSpreadNoLabel = reasonSpread + " (missing required label)"
)

// systemSpread are the constraints of pods that have none, where the defaulting type is System.
// Source: kubernetes v1.37.2 podtopologyspread/plugin.go systemDefaultConstraints.
var systemSpread = []model.TopologySpreadConstraint{
	{TopologyKey: model.LabelHostname, WhenUnsatisfiable: model.ScheduleAnyway, MaxSkew: 3, HonorAffinity: true},
	{TopologyKey: model.LabelZone, WhenUnsatisfiable: model.ScheduleAnyway, MaxSkew: 5, HonorAffinity: true},
}

// podTopologySpread keeps the pods that a selector takes evenly spread over the domains of a topology:
// DoNotSchedule constraints filter, ScheduleAnyway constraints score.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/podtopologyspread.
type podTopologySpread struct {
	snapshot *framework.Snapshot
	objects  framework.Objects
	defaults []model.TopologySpreadConstraint
	// system says that the defaults are the system's: nodes may lack their topology keys.
	system bool

	skip, skewed, unlabelled *framework.Status
}

var (
	_ framework.PreFilterPlugin      = (*podTopologySpread)(nil)
	_ framework.PreFilterExtensions  = (*podTopologySpread)(nil)
	_ framework.FilterPlugin         = (*podTopologySpread)(nil)
	_ framework.PreScorePlugin       = (*podTopologySpread)(nil)
	_ framework.NormalizeScorePlugin = (*podTopologySpread)(nil)
	_ framework.Dependent            = (*podTopologySpread)(nil)
	_ framework.EnqueueExtensions    = (*podTopologySpread)(nil)
)

func newPodTopologySpread(args framework.Args, h *framework.Handle) (framework.Plugin, error) {
	a := args.(*PodTopologySpreadArgs)
	pl := &podTopologySpread{
		snapshot: h.Snapshot, objects: h.Objects, defaults: a.constraints(), system: a.DefaultingType == SystemDefaulting,
		skip:       framework.NewStatus(PodTopologySpread, framework.Skip),
		skewed:     framework.NewStatus(PodTopologySpread, framework.Unschedulable, reasonSpread),
		unlabelled: framework.NewStatus(PodTopologySpread, framework.UnschedulableAndUnresolvable, reasonSpreadNoLabel),
	}
	if pl.system {
		pl.defaults = systemSpread
	}
	return pl, nil
}

// Name is PodTopologySpread.
func (*podTopologySpread) Name() string { return PodTopologySpread }

// FilterDependence is the domains of the node: the counts of their pods.
func (*podTopologySpread) FilterDependence() framework.Dependence { return framework.OnDomains }

// ScoreDependence is anything: counts are weighted by the domains of all feasible nodes.
func (*podTopologySpread) ScoreDependence() framework.Dependence { return framework.OnAnything }

// spreadFilterState holds for each constraint the number of matching pods per domain.
type spreadFilterState struct {
	constraints []spreadConstraint
	counts      []map[string]int
	least       []leastTwo
	self        []int64 // 1 where the pod itself counts
}

// PreFilter counts the matching pods of every domain.
func (pl *podTopologySpread) PreFilter(pod *framework.PodInfo, snapshot *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	constraints, err := pl.constraints(pod.Pod, model.DoNotSchedule)
	if err != nil {
		return nil, nil, framework.NewStatus(PodTopologySpread, framework.Error, "get constraints from pod: "+err.Error())
	}
	if len(constraints) == 0 {
		return nil, nil, pl.skip
	}
	s := &spreadFilterState{constraints: constraints, counts: make([]map[string]int, len(constraints)),
		least: make([]leastTwo, len(constraints)), self: make([]int64, len(constraints))}
	for i := range constraints {
		s.counts[i] = map[string]int{}
		if constraints[i].selector.Matches(pod.Pod.Labels) {
			s.self[i] = 1
		}
	}
	for _, node := range snapshot.Nodes {
		if !hasTopologyKeys(node.Node.Labels, constraints) {
			continue
		}
		for i := range constraints {
			if c := &constraints[i]; c.includes(pod.PodSpec, node.Node) {
				s.counts[i][node.Node.Labels[c.topologyKey]] += c.count(node.Pods, pod.Pod.Namespace)
			}
		}
	}
	for i, counts := range s.counts {
		s.least[i] = newLeastTwo()
		for value, count := range counts {
			s.least[i].set(value, count)
		}
	}
	return s, nil, nil
}

// Filter keeps the pod off nodes whose domain would be ahead of the emptiest by more than maxSkew.
func (pl *podTopologySpread) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	s, ok := state.(*spreadFilterState)
	if !ok {
		return missingState(PodTopologySpread, "reading", "PreFilter")
	}
	for i := range s.constraints {
		c := &s.constraints[i]
		value, ok := node.Node.Labels[c.topologyKey]
		if !ok {
			return pl.unlabelled
		}
		least := s.least[i][0].count
		if len(s.counts[i]) < c.minDomains {
			least = 0
		}
		if int64(s.counts[i][value])+s.self[i]-int64(least) > c.maxSkew {
			return pl.skewed
		}
	}
	return nil
}

// CloneState copies what AddPod and RemovePod change.
func (*podTopologySpread) CloneState(state any) any {
	s := state.(*spreadFilterState)
	c := &spreadFilterState{constraints: s.constraints, counts: make([]map[string]int, len(s.counts)), least: slices.Clone(s.least), self: s.self}
	for i, counts := range s.counts {
		c.counts[i] = maps.Clone(counts)
	}
	return c
}

// AddPod counts a pod in.
func (*podTopologySpread) AddPod(state any, pod, added *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	state.(*spreadFilterState).update(pod.Pod, added.Pod, node.Node, 1)
	return nil
}

// RemovePod counts a pod out.
func (*podTopologySpread) RemovePod(state any, pod, removed *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	state.(*spreadFilterState).update(pod.Pod, removed.Pod, node.Node, -1)
	return nil
}

// update counts one pod more or less in its node's domain. Unlike the first count, terminating pods
// and selectors without requirements count here: upstream's trial does not look at either.
// Source: kubernetes v1.37.2 podtopologyspread/filtering.go updateWithPod.
func (s *spreadFilterState) update(pod, changed *model.Pod, node *model.Node, by int) {
	if changed.Namespace != pod.Namespace || !hasTopologyKeys(node.Labels, s.constraints) {
		return
	}
	for i := range s.constraints {
		c := &s.constraints[i]
		if !c.selector.Matches(changed.Labels) || !c.includes(pod.Spec, node) {
			continue
		}
		value := node.Labels[c.topologyKey]
		s.counts[i][value] += by
		s.least[i].set(value, s.counts[i][value])
	}
}
