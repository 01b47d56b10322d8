package mutants

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// Mutant is one deliberate mistake.
type Mutant struct {
	Plugin string
	// Mistake says what is wrong.
	Mistake string
	// Features are those whose random cases must show it.
	Features string
	change   func() *change
	args     func(framework.Args)
}

// Registry has the mistake in it and is right otherwise.
func (m *Mutant) Registry() *plugins.Registry {
	entry := *plugins.Default().Lookup(m.Plugin)
	right := entry.New
	entry.New = func(args framework.Args, h *framework.Handle) (framework.Plugin, error) {
		if m.args != nil {
			m.args(args)
		}
		pl, err := right(args, h)
		if err == nil && m.change != nil {
			pl = wrap(pl, m.change())
		}
		return pl, err
	}
	return plugins.Default().With(entry)
}

// passes finds every node in order.
func passes() *change {
	return &change{filter: func(*framework.Status, *framework.PodInfo, *framework.NodeInfo) *framework.Status { return nil }}
}

// recoded takes a rejection for one that preemption can, or cannot, cure.
func recoded() *change {
	return &change{filter: func(s *framework.Status, _ *framework.PodInfo, _ *framework.NodeInfo) *framework.Status {
		switch s.Code() {
		case framework.Unschedulable:
			return framework.NewStatus(s.Plugin(), framework.UnschedulableAndUnresolvable, s.Reasons()...)
		case framework.UnschedulableAndUnresolvable:
			return framework.NewStatus(s.Plugin(), framework.Unschedulable, s.Reasons()...)
		}
		return s
	}}
}

// rounded adds a point to scores between the ends: a division rounded up.
func rounded() *change {
	return &change{score: func(v int64, _ *framework.PodInfo, _ *framework.NodeInfo) int64 {
		if v > 0 && v < framework.MaxNodeScore {
			v++
		}
		return v
	}}
}

// stale gives a node the score it had the first time, whatever has come there since.
func stale() *change {
	kept := map[string]int64{}
	return &change{score: func(v int64, _ *framework.PodInfo, node *framework.NodeInfo) int64 {
		if old, ok := kept[node.Name]; ok {
			return old
		}
		kept[node.Name] = v
		return v
	}}
}

// staleVerdict gives a node the verdict it had the first time.
func staleVerdict() *change {
	kept := map[string]*framework.Status{}
	return &change{filter: func(s *framework.Status, _ *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
		if old, ok := kept[node.Name]; ok {
			return old
		}
		kept[node.Name] = s
		return s
	}}
}

// reversed turns normalised scores round.
func reversed() *change {
	return &change{normalize: func(scores []int64) {
		for i := range scores {
			scores[i] = framework.MaxNodeScore - scores[i]
		}
	}}
}

// unlit does not see nodes' NoExecute taints.
func unlit() *change {
	return &change{filter: func(s *framework.Status, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
		for _, t := range node.Taints {
			if t.Effect == model.NoSchedule && !t.ToleratedBy(pod.Tolerations) {
				return s
			}
		}
		return nil
	}}
}

func frozen() *change { return &change{frozen: true} }

// unsubset forgets the nodes that PreFilter leaves.
func unsubset() *change {
	return &change{subset: func(*framework.NodeNames) *framework.NodeNames { return nil }}
}

func ungated() *change {
	return &change{preEnqueue: func(*framework.Status) *framework.Status { return nil }}
}

// strict takes an empty node name for one that no node has.
func strict() *change {
	return &change{filter: func(*framework.Status, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
		return framework.NewStatus(plugins.NodeName, framework.UnschedulableAndUnresolvable, "node(s) didn't match the requested node name")
	}}
}

// uneager takes the last of equal candidates.
func uneager() *change {
	return &change{postFilter: func(r *framework.PostFilterResult) {
		if len(r.Best) > 0 {
			last := r.Best[len(r.Best)-1]
			r.NominatedNode, r.Victims = last.Node, last.Victims
		}
	}}
}

// disordered has the victims in the opposite order.
func disordered() *change {
	return &change{postFilter: func(r *framework.PostFilterResult) {
		for i := range r.Candidates {
			slices.Reverse(r.Candidates[i].Victims)
		}
	}}
}

// lawless does not count violated budgets.
func lawless() *change {
	return &change{postFilter: func(r *framework.PostFilterResult) {
		for i := range r.Candidates {
			r.Candidates[i].Violations = 0
		}
	}}
}
