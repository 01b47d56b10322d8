package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// EventsToRegister is pods that go or shrink, nodes that come or grow, and the pod itself shrinking.
func (pl *nodeResourcesFit) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.EventAssignedPodDelete, Hint: pl.afterDelete},
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeAllocatable}, Hint: pl.afterNode},
		{Event: framework.ClusterEvent{Resource: framework.AssignedPod, Action: framework.UpdatePodScaleDown}, Hint: pl.afterScaleDown},
		{Event: framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodScaleDown}},
	}
}

// afterDelete queues the pod when the one that went had, or was to have, a node.
func (*nodeResourcesFit) afterDelete(_ *model.Pod, old, _ model.Object) framework.Hint {
	if gone := old.(*model.Pod); gone.NodeName == "" && gone.Status.NominatedNodeName == "" {
		return framework.QueueSkip
	}
	return framework.Queue
}

// afterScaleDown queues the pod when a resource that it requests has become free.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/fit.go haveEnoughRelevantResourcesDecreased.
func (pl *nodeResourcesFit) afterScaleDown(pod *model.Pod, old, new model.Object) framework.Hint {
	changed := new.(*model.Pod)
	if changed.NodeName == "" {
		return framework.QueueSkip
	}
	before, after := old.(*model.Pod).EffectiveRequests(), changed.EffectiveRequests()
	for _, want := range pod.EffectiveRequests() {
		if want.Quantity.IsZero() {
			continue
		}
		had, _ := before.Get(want.Name)
		has, _ := after.Get(want.Name)
		switch {
		case want.Name == model.ResourceCPU:
			if had.MilliValue() > has.MilliValue() {
				return framework.Queue
			}
		case want.Name == model.ResourceMemory, want.Name == model.ResourceEphemeralStorage, model.ScalarResource(want.Name):
			if had.Value() > has.Value() {
				return framework.Queue
			}
		}
	}
	return framework.QueueSkip
}

// afterNode queues the pod when it would fit the node if that were empty and, for a node that was there
// before, when it has got more of what the pod requests.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/fit.go isSchedulableAfterNodeChange.
func (pl *nodeResourcesFit) afterNode(pod *model.Pod, old, new model.Object) framework.Hint {
	want := &pl.vocabulary.Spec(pod.Spec).Requests
	have := pl.vocabulary.Allocatable(nodeOf(new).Status.Allocatable)
	if !fitsEmpty(want, &have) {
		return framework.QueueSkip
	}
	if was := nodeOf(old); was != nil {
		if had := pl.vocabulary.Allocatable(was.Status.Allocatable); !grown(want, &had, &have) {
			return framework.QueueSkip
		}
	}
	return framework.Queue
}

// fitsEmpty says whether a pod fits a node on which nothing runs; no resource is ignored here.
func fitsEmpty(want *framework.Requests, have *framework.Resource) bool {
	if have.Pods < 1 || want.MilliCPU > have.MilliCPU || want.Memory > have.Memory || want.EphemeralStorage > have.EphemeralStorage {
		return false
	}
	for i := range want.Scalars {
		if s := &want.Scalars[i]; s.Amount > have.Scalar(s.Number) {
			return false
		}
	}
	return true
}

// grown says whether the node allows more pods, or has more of a resource that the pod requests.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/fit.go haveAnyRequestedResourcesIncreased.
func grown(want *framework.Requests, had, have *framework.Resource) bool {
	if have.Pods > had.Pods || want.MilliCPU > 0 && have.MilliCPU > had.MilliCPU ||
		want.Memory > 0 && have.Memory > had.Memory ||
		want.EphemeralStorage > 0 && have.EphemeralStorage > had.EphemeralStorage {
		return true
	}
	for i := range want.Scalars {
		if s := &want.Scalars[i]; s.Amount != 0 && have.Scalar(s.Number) > had.Scalar(s.Number) {
			return true
		}
	}
	return false
}
