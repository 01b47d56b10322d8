package plugins

import (
	"math"

	"towtank.dev/towtank/scheduler/framework"
)

// nodeResourcesBalancedAllocation prefers nodes whose resources the pod brings into balance.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.
type nodeResourcesBalancedAllocation struct {
	resources []scoredResource
	skip      *framework.Status
}

var (
	_ framework.PreScorePlugin = (*nodeResourcesBalancedAllocation)(nil)
	_ framework.ScorePlugin    = (*nodeResourcesBalancedAllocation)(nil)
	_ framework.Dependent      = (*nodeResourcesBalancedAllocation)(nil)
)

func newNodeResourcesBalancedAllocation(args framework.Args, h *framework.Handle) (framework.Plugin, error) {
	a := args.(*NodeResourcesBalancedAllocationArgs)
	return &nodeResourcesBalancedAllocation{
		resources: scoredResources(a.Resources, h.Vocabulary),
		skip:      framework.NewStatus(NodeResourcesBalancedAllocation, framework.Skip),
	}, nil
}

// Name is NodeResourcesBalancedAllocation.
func (*nodeResourcesBalancedAllocation) Name() string { return NodeResourcesBalancedAllocation }

// PreScore skips pods that request none of the resources: they would all go to one node.
func (pl *nodeResourcesBalancedAllocation) PreScore(_ any, pod *framework.PodInfo, _ []*framework.NodeInfo) (any, *framework.Status) {
	if pl.bestEffort(pod) {
		return nil, pl.skip
	}
	return nil, nil
}

// bestEffort says whether the pod requests none of the resources.
func (pl *nodeResourcesBalancedAllocation) bestEffort(pod *framework.PodInfo) bool {
	for i := range pl.resources {
		if pl.resources[i].request(pod.Holding) != 0 {
			return false
		}
	}
	return true
}

// Score is 75 when the pod changes nothing, up to 100 when it improves the balance, down to 50.
func (pl *nodeResourcesBalancedAllocation) Score(_ any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	var with, without deviation
	for i := range pl.resources {
		r := &pl.resources[i]
		request := r.request(pod.Holding)
		if capacity, allocated := r.onNode(node, request, false); capacity != 0 {
			with.add(allocated+request, capacity)
			without.add(allocated, capacity)
		}
	}
	const half = framework.MaxNodeScore / 2
	return half + (half+with.score()-without.score())/2, nil
}

// ScoreUnprepared has no points for a pod that requests none of the resources: PreScore has not
// taken it out.
func (pl *nodeResourcesBalancedAllocation) ScoreUnprepared(pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	if pl.bestEffort(pod) {
		return 0, nil
	}
	return pl.Score(nil, pod, node)
}

// maxBalanced is how many resources are balanced without a further allocation.
const maxBalanced = 8

// deviation gathers fractions in use.
type deviation struct {
	few   [maxBalanced]float64
	more  []float64
	count int
	total float64
}

func (d *deviation) add(used, capacity int64) {
	fraction := min(float64(used)/float64(capacity), 1)
	if d.count < maxBalanced {
		d.few[d.count] = fraction
	} else {
		d.more = append(d.more, fraction)
	}
	d.count++
	d.total += fraction
}

func (d *deviation) at(i int) float64 {
	if i < maxBalanced {
		return d.few[i]
	}
	return d.more[i-maxBalanced]
}

// score is 100 less the standard deviation of the fractions in percent.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go
// balancedResourceScore.
func (d *deviation) score() int64 {
	var std float64
	switch {
	case d.count == 2:
		std = math.Abs((d.few[0] - d.few[1]) / 2)
	case d.count > 2:
		mean := d.total / float64(d.count)
		var sum float64
		for i := range d.count {
			sum += float64((d.at(i) - mean) * (d.at(i) - mean)) // the conversion forbids fused arithmetic
		}
		std = math.Sqrt(sum / float64(d.count))
	}
	return int64((1 - std) * framework.MaxNodeScore)
}

// FilterDependence does not matter: there is no filter.
func (*nodeResourcesBalancedAllocation) FilterDependence() framework.Dependence {
	return framework.OnNodeObject
}

// ScoreDependence is the node and the pods on it.
func (*nodeResourcesBalancedAllocation) ScoreDependence() framework.Dependence {
	return framework.OnNode
}
