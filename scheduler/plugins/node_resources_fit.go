package plugins

import (
	"math"
	"slices"
	"strings"

	"towtank.dev/towtank/scheduler/framework"
)

// nodeResourcesFit rejects nodes without room for what the pod requests, and scores the others by one
// of three strategies.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/fit.go.
type nodeResourcesFit struct {
	vocabulary             *framework.Vocabulary
	ignored, ignoredGroups []string
	strategy               string
	resources              []scoredResource
	shape                  []ShapePoint
	statuses               map[shortage]*framework.Status
}

var (
	_ framework.PreFilterPlugin   = (*nodeResourcesFit)(nil)
	_ framework.FilterPlugin      = (*nodeResourcesFit)(nil)
	_ framework.PreScorePlugin    = (*nodeResourcesFit)(nil)
	_ framework.ScorePlugin       = (*nodeResourcesFit)(nil)
	_ framework.Dependent         = (*nodeResourcesFit)(nil)
	_ framework.EnqueueExtensions = (*nodeResourcesFit)(nil)
)

func newNodeResourcesFit(args framework.Args, h *framework.Handle) (framework.Plugin, error) {
	a := args.(*NodeResourcesFitArgs)
	pl := &nodeResourcesFit{
		vocabulary:    h.Vocabulary,
		ignored:       a.IgnoredResources,
		ignoredGroups: a.IgnoredResourceGroups,
		strategy:      a.ScoringStrategy.Type,
		resources:     scoredResources(a.ScoringStrategy.Resources, h.Vocabulary),
		statuses:      map[shortage]*framework.Status{},
	}
	if ratio := a.ScoringStrategy.RequestedToCapacityRatio; ratio != nil {
		pl.shape = ratio.Shape
	}
	return pl, nil
}

// Name is NodeResourcesFit.
func (*nodeResourcesFit) Name() string { return NodeResourcesFit }

// PreFilter has nothing to prepare: requests are derived once per spec.
func (*nodeResourcesFit) PreFilter(*framework.PodInfo, *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	return looked, nil, nil
}

// shortage says what a node is short of: bits of the built-in resources, and bits of scalar resources
// by number. It is the key under which the status is kept.
type shortage struct {
	builtin      uint8
	unresolvable bool
	scalars      uint64
}

const (
	shortOfPods = 1 << iota
	shortOfCPU
	shortOfMemory
	shortOfEphemeralStorage
)

// builtinReasons are in the order in which upstream lists them.
var builtinReasons = [...]string{"Too many pods", "Insufficient cpu", "Insufficient memory", "Insufficient ephemeral-storage"}

// Filter lists everything of which the node has too little left. When the pod asks for more than the
// node has in all, no preemption can help.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/fit.go fitsRequest.
func (pl *nodeResourcesFit) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if state == nil {
		return missingState(NodeResourcesFit, "error reading", "PreFilter")
	}
	var short shortage
	if int64(len(node.Pods))+1 > node.Allocatable.Pods {
		short.builtin = shortOfPods
	}
	want, have, taken := &pod.Requests, &node.Allocatable, &node.Requested
	if want.MilliCPU > 0 && want.MilliCPU > have.MilliCPU-taken.MilliCPU {
		short.builtin |= shortOfCPU
		short.unresolvable = short.unresolvable || want.MilliCPU > have.MilliCPU
	}
	if want.Memory > 0 && want.Memory > have.Memory-taken.Memory {
		short.builtin |= shortOfMemory
		short.unresolvable = short.unresolvable || want.Memory > have.Memory
	}
	if want.EphemeralStorage > 0 && want.EphemeralStorage > have.EphemeralStorage-taken.EphemeralStorage {
		short.builtin |= shortOfEphemeralStorage
		short.unresolvable = short.unresolvable || want.EphemeralStorage > have.EphemeralStorage
	}
	if len(want.Scalars) > 0 {
		return pl.filterScalars(short, want.Scalars, node)
	}
	if short == (shortage{}) {
		return nil
	}
	return pl.status(short, nil)
}

// filterScalars adds the scalar resources that are short.
func (pl *nodeResourcesFit) filterScalars(short shortage, scalars []framework.ScalarRequest, node *framework.NodeInfo) *framework.Status {
	var missing [8]string
	names := missing[:0]
	for i := range scalars {
		s := &scalars[i]
		if s.Amount == 0 || s.Extended && pl.ignores(s.Name) {
			continue
		}
		have := node.Allocatable.Scalar(s.Number)
		if s.Amount > have-node.Requested.Scalar(s.Number) {
			names = append(names, s.Name)
			short.scalars |= 1 << min(s.Number, 63)
			short.unresolvable = short.unresolvable || s.Amount > have
		}
	}
	if short == (shortage{}) {
		return nil
	}
	return pl.status(short, names)
}

// ignores says whether configuration takes an extended resource out of the filter.
func (pl *nodeResourcesFit) ignores(name string) bool {
	if len(pl.ignored) > 0 && slices.Contains(pl.ignored, name) {
		return true
	}
	if len(pl.ignoredGroups) == 0 {
		return false
	}
	group, _, _ := strings.Cut(name, "/")
	return slices.Contains(pl.ignoredGroups, group)
}

// status makes the status of a shortage once. Scalar resources numbered beyond the bits are not kept.
func (pl *nodeResourcesFit) status(short shortage, scalars []string) *framework.Status {
	keep := short.scalars>>63 == 0
	if s := pl.statuses[short]; keep && s != nil {
		return s
	}
	var reasons []string
	for bit, reason := range builtinReasons {
		if short.builtin&(1<<bit) != 0 {
			reasons = append(reasons, reason)
		}
	}
	for _, name := range scalars {
		reasons = append(reasons, "Insufficient "+name)
	}
	code := framework.Unschedulable
	if short.unresolvable {
		code = framework.UnschedulableAndUnresolvable
	}
	s := framework.NewStatus(NodeResourcesFit, code, reasons...)
	if keep {
		pl.statuses[short] = s
	}
	return s
}

// PreScore has nothing to prepare: requests are derived once per spec.
func (*nodeResourcesFit) PreScore(any, *framework.PodInfo, []*framework.NodeInfo) (any, *framework.Status) {
	return nil, nil
}

// Score rates how full the node would be, by the strategy configured.
func (pl *nodeResourcesFit) Score(_ any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	var sum, weights int64
	for i := range pl.resources {
		r := &pl.resources[i]
		request := r.request(&pod.ScoredRequests)
		capacity, allocated := r.onNode(node, request, true)
		if capacity == 0 {
			continue
		}
		score := pl.resourceScore(allocated+request, capacity)
		if score == 0 && pl.strategy == RequestedToCapacityRatio {
			continue
		}
		sum += score * r.weight
		weights += r.weight
	}
	if weights == 0 {
		return 0, nil
	}
	if pl.strategy == RequestedToCapacityRatio {
		return int64(math.Round(float64(sum) / float64(weights))), nil
	}
	return sum / weights, nil
}

// resourceScore rates one resource.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/least_allocated.go,
// most_allocated.go, requested_to_capacity_ratio.go.
func (pl *nodeResourcesFit) resourceScore(requested, capacity int64) int64 {
	switch pl.strategy {
	case LeastAllocated:
		if requested > capacity {
			return 0
		}
		return (capacity - requested) * framework.MaxNodeScore / capacity
	case MostAllocated:
		return min(requested, capacity) * framework.MaxNodeScore / capacity
	}
	if requested > capacity {
		return shapeValue(pl.shape, 100)
	}
	return shapeValue(pl.shape, requested*100/capacity)
}

// FilterDependence is the node and the pods on it.
func (*nodeResourcesFit) FilterDependence() framework.Dependence { return framework.OnNode }

// ScoreDependence is the node and the pods on it.
func (*nodeResourcesFit) ScoreDependence() framework.Dependence { return framework.OnNode }
