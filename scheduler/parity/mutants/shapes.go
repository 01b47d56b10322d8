package mutants

import "towtank.dev/towtank/scheduler/framework"

// The sets of interfaces that plugins have. A name at the top settles which of the parts' is meant.
type (
	preempting struct {
		named
		preEnqueuing
		postFiltering
	}
	gating struct {
		named
		preEnqueuing
	}
	filters struct {
		named
		preFiltering
		filtering
	}
	scores struct {
		named
		preScoring
		scoring
	}
	scorer struct {
		named
		scoring
	}
	both struct {
		named
		filters
		scores
	}
	extended struct {
		named
		filters
		extending
	}
	normalized struct {
		named
		filters
		scores
		normalizing
	}
	domains struct {
		named
		filters
		scores
		normalizing
		extending
	}
	binding struct {
		named
		filters
		scores
		reserving
		preparing
	}
	reserving struct{ reserve framework.ReservePlugin }
	preparing struct{ preBind framework.PreBindPlugin }
)

func (r reserving) Reserve(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	return r.reserve.Reserve(state, pod, node)
}

func (r reserving) Unreserve(state any, pod *framework.PodInfo, node *framework.NodeInfo) {
	r.reserve.Unreserve(state, pod, node)
}

func (p preparing) PreBindPreFlight(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	return p.preBind.PreBindPreFlight(state, pod, node)
}

func (p preparing) PreBind(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	return p.preBind.PreBind(state, pod, node)
}
