package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// scoredResource is a resource of a scoring strategy, resolved once.
type scoredResource struct {
	kind   resourceKind
	number int // of a scalar resource
	weight int64
}

type resourceKind uint8

const (
	kindCPU resourceKind = iota
	kindMemory
	kindEphemeralStorage
	kindScalar
	kindUnknown // accounted for by nobody: every node has none of it
)

func scoredResources(specs []ResourceSpec, v *framework.Vocabulary) []scoredResource {
	out := make([]scoredResource, len(specs))
	for i, spec := range specs {
		out[i].weight = spec.Weight
		switch {
		case spec.Name == model.ResourceCPU:
			out[i].kind = kindCPU
		case spec.Name == model.ResourceMemory:
			out[i].kind = kindMemory
		case spec.Name == model.ResourceEphemeralStorage:
			out[i].kind = kindEphemeralStorage
		case model.ScalarResource(spec.Name):
			out[i].kind, out[i].number = kindScalar, v.Scalar(spec.Name)
		default:
			out[i].kind = kindUnknown
		}
	}
	return out
}

// request is how much of the resource a pod asks for.
func (r *scoredResource) request(requests *framework.Requests) int64 {
	switch r.kind {
	case kindCPU:
		return requests.MilliCPU
	case kindMemory:
		return requests.Memory
	case kindEphemeralStorage:
		return requests.EphemeralStorage
	case kindScalar:
		for i := range requests.Scalars {
			if requests.Scalars[i].Number == r.number {
				return requests.Scalars[i].Amount
			}
		}
	}
	return 0
}

// onNode is how much of the resource the node has and how much of it is taken; CPU and memory are
// counted with upstream's defaults where nonZero. Nothing allocatable means: leave the resource out.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/resource_allocation.go
// calculateNodeAllocatableRequest.
func (r *scoredResource) onNode(node *framework.NodeInfo, request int64, nonZero bool) (allocatable, allocated int64) {
	switch r.kind {
	case kindCPU:
		if nonZero {
			return node.Allocatable.MilliCPU, node.NonZeroMilliCPU
		}
		return node.Allocatable.MilliCPU, node.Requested.MilliCPU
	case kindMemory:
		if nonZero {
			return node.Allocatable.Memory, node.NonZeroMemory
		}
		return node.Allocatable.Memory, node.Requested.Memory
	case kindEphemeralStorage:
		return node.Allocatable.EphemeralStorage, node.Requested.EphemeralStorage
	case kindScalar:
		if request != 0 {
			return node.Allocatable.Scalar(r.number), node.Requested.Scalar(r.number)
		}
	}
	return 0, 0
}
