package framework

import "math"

// Keyed is implemented by plugins of which a runtime may keep answers from one pod to the next: pods
// for which the plugin appends the same key get the same answer from it. A plugin that declares its
// dependence without being keyed is taken to read all of the pod but its status.
//
// PreFilter and PreScore of a keyed plugin that depends on no more than the node may be called once
// for many pods; PreScore is then given no nodes.
type Keyed interface {
	// AppendKey appends what Filter and Score read of the spec. The form must tell its own end.
	AppendKey(key []byte, spec *SpecInfo) []byte
}

// Listed is implemented by plugins that depend on the cluster only through the node's object, its
// images, and the number of nodes.
type Listed interface{ DependsOnListOnly() }

// DefaultNormalized is implemented by plugins that normalise by scaling the largest raw score to 100.
// Raw scores are not negative.
type DefaultNormalized interface {
	// Reversed says that the largest becomes 0 instead.
	Reversed() bool
}

// Idler is implemented by plugins with a cheap way to see that a pod does not concern them.
type Idler interface {
	// Idle says that PreFilter would return Skip, and that the plugin would not score the pod or give every
	// node the same. The state is what Reserve and what follows get; it is shared and not written to. False
	// says nothing.
	Idle(pod *PodInfo) (state any, idle bool)
}

// Row is what filters and scores of plain pods read of a node, side by side.
type Row struct {
	MilliCPU, Memory               int64 // allocatable
	UsedMilliCPU, UsedMemory       int64 // requested
	NonZeroMilliCPU, NonZeroMemory int64
	// PerMilliCPU and PerMemory are 1 / MilliCPU and 1 / Memory, rounded. Both are 0 unless both amounts are
	// above zero and below MaxRowAmount.
	PerMilliCPU, PerMemory float64
	// Room is how many more pods are allowed, negative when there are too many already.
	Room int32
	// Memo is NodeResourcesBalancedAllocation's, for what it finds out about the row; 0 when it is new.
	Memo int32
}

// MaxRowAmount bounds the amounts that rows tell the reciprocals of: 4 TiB of memory.
const MaxRowAmount = 1 << 42

// Set takes the row from a node.
func (r *Row) Set(n *NodeInfo) {
	r.setAllocatable(n.Allocatable.MilliCPU, n.Allocatable.Memory)
	r.UsedMilliCPU, r.UsedMemory = n.Requested.MilliCPU, n.Requested.Memory
	r.NonZeroMilliCPU, r.NonZeroMemory = n.NonZeroMilliCPU, n.NonZeroMemory
	r.Room, r.Memo = int32(min(max(n.Allocatable.Pods-int64(len(n.Pods)), math.MinInt32), math.MaxInt32)), 0
}

func (r *Row) setAllocatable(milliCPU, memory int64) {
	if r.MilliCPU == milliCPU && r.Memory == memory {
		return
	}
	r.MilliCPU, r.Memory, r.PerMilliCPU, r.PerMemory = milliCPU, memory, 0, 0
	if min(milliCPU, memory) > 0 && max(milliCPU, memory) < MaxRowAmount {
		r.PerMilliCPU, r.PerMemory = 1/float64(milliCPU), 1/float64(memory)
	}
}

// RowFilter is implemented by filters that can look at rows in place of nodes.
type RowFilter interface {
	FilterPlugin
	// FiltersRows says whether rows hold all that matters for the pod.
	FiltersRows(pod *PodInfo) bool
	// FilterRows sets fits for each row. The reason of a node that does not fit is asked of Filter.
	FilterRows(pod *PodInfo, rows []Row, fits []bool)
}

// RowScorer is implemented by scorers that can look at rows in place of nodes.
type RowScorer interface {
	ScorePlugin
	// ScoresRows says whether rows hold all that matters for the pod.
	ScoresRows(pod *PodInfo) bool
	// ScoreRows adds weight times the score of each row.
	ScoreRows(pod *PodInfo, weight int32, rows []Row, scores []int32)
}
