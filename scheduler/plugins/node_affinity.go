package plugins

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// nodeAffinity keeps pods to the nodes their nodeSelector and node affinity ask for, and prefers those
// of the preferred terms.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.
type nodeAffinity struct {
	added     *model.NodeSelector
	preferred []model.PreferredNodeTerm

	skip, mismatch, enforced, conflict *framework.Status
}

var (
	_ framework.PreFilterPlugin      = (*nodeAffinity)(nil)
	_ framework.FilterPlugin         = (*nodeAffinity)(nil)
	_ framework.PreScorePlugin       = (*nodeAffinity)(nil)
	_ framework.NormalizeScorePlugin = (*nodeAffinity)(nil)
	_ framework.Dependent            = (*nodeAffinity)(nil)
	_ framework.EnqueueExtensions    = (*nodeAffinity)(nil)
)

func newNodeAffinity(args framework.Args, _ *framework.Handle) (framework.Plugin, error) {
	a := args.(*NodeAffinityArgs)
	unresolvable := func(reason string) *framework.Status {
		return framework.NewStatus(NodeAffinity, framework.UnschedulableAndUnresolvable, reason)
	}
	return &nodeAffinity{
		added:     a.required(),
		preferred: a.preferred(),
		skip:      framework.NewStatus(NodeAffinity, framework.Skip),
		mismatch:  unresolvable("node(s) didn't match Pod's node affinity/selector"),
		enforced:  unresolvable("node(s) didn't match scheduler-enforced node affinity"),
		conflict:  unresolvable("pod affinity terms conflict"),
	}, nil
}

// Name is NodeAffinity.
func (*nodeAffinity) Name() string { return NodeAffinity }

// PreFilter skips pods that any node would do for. When every required term names nodes, only those
// are worth a look.
func (pl *nodeAffinity) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	var required *model.NodeSelector
	if pod.Affinity != nil {
		required = pod.Affinity.NodeRequired
	}
	if required == nil {
		if pl.added == nil && pod.NodeSelector == nil {
			return nil, nil, pl.skip
		}
		return nil, nil, nil
	}
	names, all := namedNodes(required)
	switch {
	case all:
		return nil, nil, nil
	case len(names) == 0:
		return nil, nil, pl.conflict
	}
	return nil, framework.NewNodeNames(names...), nil
}

// namedNodes are the nodes that the terms' matchFields name; all says that some term names none.
func namedNodes(s *model.NodeSelector) (names []string, all bool) {
	if len(s.Terms) == 0 {
		return nil, true
	}
	for i := range s.Terms {
		var named []string
		narrowed := false
		for j := range s.Terms[i].MatchFields {
			r := &s.Terms[i].MatchFields[j]
			if r.Key != model.FieldName || r.Operator != model.OpIn {
				continue
			}
			if narrowed {
				named = slices.DeleteFunc(named, func(name string) bool { return !slices.Contains(r.Values, name) })
			} else {
				named, narrowed = slices.Clone(r.Values), true
			}
		}
		if !narrowed {
			return nil, true
		}
		names = append(names, named...)
	}
	return names, false
}

// Filter holds the node against what the profile adds, then against what the pod asks.
func (pl *nodeAffinity) Filter(_ any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if pl.added != nil && !nodeSelectorMatches(pl.added, node.Node) {
		return pl.enforced
	}
	if !requiredNodeAffinityMatches(pod.PodSpec, node.Node) {
		return pl.mismatch
	}
	return nil
}

// PreScore skips pods without preferences. A preferred term that cannot be parsed is an error.
func (pl *nodeAffinity) PreScore(_ any, pod *framework.PodInfo, _ []*framework.NodeInfo) (any, *framework.Status) {
	if pod.Affinity == nil || pod.Affinity.NodePreferred == nil {
		if pl.preferred == nil {
			return nil, pl.skip
		}
		return nil, nil
	}
	for i := range pod.Affinity.NodePreferred {
		p := &pod.Affinity.NodePreferred[i]
		if p.Weight != 0 && p.Term.Invalid != "" {
			return nil, framework.NewStatus(NodeAffinity, framework.Error, p.Term.Invalid)
		}
	}
	return nil, nil
}

// Score adds up the weights of the matching preferred terms.
func (pl *nodeAffinity) Score(_ any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	score := preferredScore(pl.preferred, node.Node)
	if pod.Affinity != nil {
		score += preferredScore(pod.Affinity.NodePreferred, node.Node)
	}
	return score, nil
}

// NormalizeScore gives the best node 100 and the others their share.
func (*nodeAffinity) NormalizeScore(_ any, _ *framework.PodInfo, _ []*framework.NodeInfo, scores []int64) *framework.Status {
	normalize(scores, false)
	return nil
}

// FilterDependence is the node's object: its labels and name.
func (*nodeAffinity) FilterDependence() framework.Dependence { return framework.OnNodeObject }

// ScoreDependence is the node's object: its labels and name.
func (*nodeAffinity) ScoreDependence() framework.Dependence { return framework.OnNodeObject }

// EventsToRegister is nodes that come or change their labels.
func (pl *nodeAffinity) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeLabel}, Hint: pl.afterNode},
	}
}

// afterNode queues the pod when the node matches now, and did not before or is new.
func (pl *nodeAffinity) afterNode(pod *model.Pod, old, new model.Object) framework.Hint {
	node, was := nodeOf(new), nodeOf(old)
	if pl.added != nil && !nodeSelectorMatches(pl.added, node) {
		return framework.QueueSkip
	}
	matches, failed := requiredAffinity(pod.Spec, node)
	switch {
	case failed:
		return framework.Queue
	case !matches:
		return framework.QueueSkip
	case was == nil:
		return framework.Queue
	}
	if matched, failed := requiredAffinity(pod.Spec, was); matched && !failed {
		return framework.QueueSkip
	}
	return framework.Queue
}

// requiredAffinity is requiredNodeAffinityMatches, and says whether it comes to nothing because a
// term cannot be parsed: upstream's hint is then an error, which counts as Queue.
func requiredAffinity(spec *model.PodSpec, node *model.Node) (matches, failed bool) {
	if requiredNodeAffinityMatches(spec, node) {
		return true, false
	}
	for key, want := range spec.NodeSelector {
		if have, has := node.Labels[key]; !has || have != want {
			return false, false
		}
	}
	invalid := func(t model.NodeSelectorTerm) bool { return t.Invalid != "" }
	return false, slices.ContainsFunc(spec.Affinity.NodeRequired.Terms, invalid)
}
