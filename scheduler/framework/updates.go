package framework

import (
	"maps"
	"slices"

	"towtank.dev/towtank/model"
)

// AppendPodUpdates appends the events that the update of a pod amounts to: one for each property that
// changed and that scheduling looks at, in upstream's order, or a general Update when there is none.
// target says that the pod is the waiting one itself; it does not count for pods that have a node.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/events.go PodSchedulingPropertiesChange.
func AppendPodUpdates(events []ClusterEvent, old, new *model.Pod, target bool) []ClusterEvent {
	resource := UnscheduledPod
	switch {
	case new.NodeName != "":
		resource = AssignedPod
	case target:
		resource = TargetPod
	}
	before := len(events)
	if !maps.Equal(old.Labels, new.Labels) {
		events = append(events, ClusterEvent{Resource: resource, Action: UpdatePodLabel})
	}
	if old.Spec != new.Spec || old.Status.Resize != new.Status.Resize {
		events = appendSpecUpdates(events, resource, old, new)
	}
	if len(events) == before {
		events = append(events, ClusterEvent{Resource: resource, Action: Update})
	}
	return events
}

// appendSpecUpdates appends the events that only a new spec, or a resize, can bring.
func appendSpecUpdates(events []ClusterEvent, resource EventResource, old, new *model.Pod) []ClusterEvent {
	oldRequests, newRequests := old.EffectiveRequests(), new.EffectiveRequests()
	if someLess(newRequests, oldRequests) {
		events = append(events, ClusterEvent{Resource: resource, Action: UpdatePodScaleDown})
	}
	if someLess(oldRequests, newRequests) {
		events = append(events, ClusterEvent{Resource: resource, Action: UpdatePodScaleUp})
	}
	if len(new.Spec.SchedulingGates) == 0 && len(old.Spec.SchedulingGates) != 0 {
		events = append(events, ClusterEvent{Resource: resource, Action: UpdatePodSchedulingGatesEliminated})
	}
	// Tolerations can only be added, so their number tells.
	if len(new.Spec.Tolerations) != len(old.Spec.Tolerations) {
		events = append(events, ClusterEvent{Resource: resource, Action: UpdatePodToleration})
	}
	return events
}

// someLess says whether some resource of b is missing in a, or less there. Amounts count in thousandths.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/events.go extractPodScaleDown.
func someLess(a, b model.ResourceList) bool {
	for i := range b {
		q, has := a.Get(b[i].Name)
		if !has || q.MilliValue() < b[i].Quantity.MilliValue() {
			return true
		}
	}
	return false
}

// AppendNodeUpdates appends the events that the update of a node amounts to, one for each property that
// changed and that scheduling looks at, in upstream's order. A heartbeat brings none.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/events.go NodeSchedulingPropertiesChange.
func AppendNodeUpdates(events []ClusterEvent, old, new *model.Node) []ClusterEvent {
	add := func(changed bool, action ActionType) {
		if changed {
			events = append(events, ClusterEvent{Resource: Node, Action: action})
		}
	}
	add(old.Unschedulable && !new.Unschedulable, UpdateNodeTaint)
	add(!slices.Equal(old.Status.Allocatable, new.Status.Allocatable), UpdateNodeAllocatable)
	add(!maps.Equal(old.Labels, new.Labels), UpdateNodeLabel)
	add(!slices.Equal(old.Taints, new.Taints), UpdateNodeTaint)
	add(!sameConditions(old.Status.Conditions, new.Status.Conditions), UpdateNodeCondition)
	add(!maps.Equal(old.Annotations, new.Annotations), UpdateNodeAnnotation)
	add(!slices.Equal(old.Status.DeclaredFeatures, new.Status.DeclaredFeatures), UpdateNodeDeclaredFeature)
	return events
}

// sameConditions says whether both lists hold the same types with the same statuses.
func sameConditions(a, b []model.NodeCondition) bool {
	return coveredBy(a, b) && coveredBy(b, a)
}

// coveredBy says whether each condition of a stands in b with the same status.
func coveredBy(a, b []model.NodeCondition) bool {
	for i := range a {
		same := func(c model.NodeCondition) bool { return c.Type == a[i].Type && c.Status == a[i].Status }
		if !slices.ContainsFunc(b, same) {
			return false
		}
	}
	return true
}
