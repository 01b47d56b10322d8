package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// scratch is what a cycle works on. It is used again by the next cycle, so that deciding allocates
// nothing per node.
type scratch struct {
	pod     *framework.PodInfo
	profile *profile

	// preFilterStates and preScoreStates hold what plugins returned, by slot.
	preFilterStates, preScoreStates []any
	// skipFilter and skipScore mark plugins that skip this pod, by slot.
	skipFilter, skipScore []bool
	// filters and scorers are those that do not skip.
	filters []filterEntry
	scorers []scoreEntry

	// nominated holds what was derived of nominated pods.
	nominated map[*model.Pod]*framework.PodInfo

	feasible []*framework.NodeInfo
	// statuses hold the verdicts of nodes that do not fit, by node index; rejected lists those nodes.
	statuses []*framework.Status
	rejected []*framework.NodeInfo
	// rejectors name the plugins that stand between the pod and a node, pending those among them that
	// wait for something outside.
	rejectors, pending []string
	// absent is the verdict of nodes that were not looked at.
	absent *framework.Status
	// preFilterMessage is the text of a rejection by PreFilter.
	preFilterMessage string
	excluded         *framework.NodeNames

	// raw holds the raw scores, one row per scorer; totals the weighted sums.
	raw    [][]int64
	scores []int64
	totals []int64
	heap   []int32
}

// reset prepares for a pod of a profile on a cluster of so many node indexes.
func (s *scratch) reset(pod *framework.PodInfo, p *profile, indexes int) {
	for _, n := range s.rejected {
		s.statuses[n.Index] = nil
	}
	clear(s.rejected)
	clear(s.feasible)
	s.pod, s.profile = pod, p
	s.preFilterStates = zeroed(s.preFilterStates, len(p.all))
	s.preScoreStates = zeroed(s.preScoreStates, len(p.all))
	s.skipFilter = zeroed(s.skipFilter, len(p.all))
	s.skipScore = zeroed(s.skipScore, len(p.all))
	s.filters, s.scorers = s.filters[:0], s.scorers[:0]
	s.feasible, s.rejected = s.feasible[:0], s.rejected[:0]
	s.rejectors, s.pending = s.rejectors[:0], s.pending[:0]
	s.absent, s.preFilterMessage, s.excluded = nil, "", nil
	if len(s.statuses) < indexes {
		s.statuses = append(s.statuses, make([]*framework.Status, indexes-len(s.statuses))...)
	}
}

// zeroed is a slice of n zero values, using the old one's memory when it suffices.
func zeroed[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n, n+n/2)
	}
	old = old[:n]
	clear(old)
	return old
}

// sized is a slice of n values that are still to be written, using the old one's memory when it
// suffices.
func sized[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n, n+n/2)
	}
	return old[:n]
}

// reject notes a node's verdict; a second one replaces the first.
func (s *scratch) reject(n *framework.NodeInfo, status *framework.Status) {
	if s.statuses[n.Index] == nil {
		s.rejected = append(s.rejected, n)
	}
	s.statuses[n.Index] = status
}

// evaluated is how many nodes have a verdict, for or against the pod.
func (s *scratch) evaluated() int { return len(s.feasible) + len(s.rejected) }
