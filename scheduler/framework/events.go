package framework

import "towtank.dev/towtank/model"

// ActionType is what happened to an object: bits that can be combined.
// Source: kubernetes v1.37.2 staging kube-scheduler framework/types.go ActionType.
type ActionType uint16

// The actions. Their order counts: matching compares the masks as numbers.
const (
	Add ActionType = 1 << iota
	Delete
	UpdateNodeAllocatable
	UpdateNodeLabel
	// UpdateNodeTaint: the taints changed, or the node was uncordoned.
	UpdateNodeTaint
	UpdateNodeCondition
	UpdateNodeAnnotation
	UpdateNodeDeclaredFeature
	UpdateNodePreemptionPolicy
	UpdatePodLabel
	UpdatePodScaleDown
	UpdatePodScaleUp
	UpdatePodToleration
	UpdatePodSchedulingGatesEliminated
	UpdatePodGeneratedResourceClaim

	// All is every action.
	All = 1<<iota - 1
	// Update is every update. As an event it is an update that is none of the special ones.
	Update = All &^ (Add | Delete)
	// None is no action at all.
	None ActionType = 0
)

var actionNames = [...]string{
	"Add", "Delete",
	"UpdateNodeAllocatable", "UpdateNodeLabel", "UpdateNodeTaint", "UpdateNodeCondition",
	"UpdateNodeAnnotation", "UpdateNodeDeclaredFeature", "UpdateNodePreemptionPolicy",
	"UpdatePodLabel", "UpdatePodScaleDown", "UpdatePodScaleUp", "UpdatePodToleration",
	"UpdatePodSchedulingGatesEliminated", "UpdatePodGeneratedResourceClaim",
}

// String is upstream's name of a single action, All or Update; "" for other combinations.
func (a ActionType) String() string {
	switch a {
	case All:
		return "All"
	case Update:
		return "Update"
	}
	for bit, name := range actionNames {
		if a == 1<<bit {
			return name
		}
	}
	return ""
}

// EventResource is the kind of object that an event is about.
// Source: kubernetes v1.37.2 staging kube-scheduler framework/types.go EventResource.
type EventResource uint8

// The resources. Pod stands, in registrations, for the three that follow it.
const (
	// WildCard matches every resource.
	WildCard EventResource = iota
	Pod
	// AssignedPod is a pod that has a node.
	AssignedPod
	// UnscheduledPod is a pod without a node, seen by another waiting pod.
	UnscheduledPod
	// TargetPod is the waiting pod itself.
	TargetPod
	Node
	PersistentVolume
	PersistentVolumeClaim
	CSINode
	CSIDriver
	VolumeAttachment
	CSIStorageCapacity
	StorageClass
	ResourceClaim
	ResourceSlice
	DeviceClass

	// EventResources is how many resources there are.
	EventResources
)

var resourceNames = [EventResources]string{
	"*", "Pod", "AssignedPod", "UnscheduledPod", "TargetPod", "Node", "PersistentVolume", "PersistentVolumeClaim",
	"storage.k8s.io/CSINode", "storage.k8s.io/CSIDriver", "storage.k8s.io/VolumeAttachment",
	"storage.k8s.io/CSIStorageCapacity", "storage.k8s.io/StorageClass",
	"resource.k8s.io/ResourceClaim", "resource.k8s.io/ResourceSlice", "resource.k8s.io/DeviceClass",
}

// String is upstream's name of the resource.
func (r EventResource) String() string { return resourceNames[r] }

// ClusterEvent is a change in the cluster, or a pattern of changes that a plugin asks to hear of.
type ClusterEvent struct {
	Resource EventResource
	Action   ActionType
	// CustomLabel names a special event that is no change of an object; usually empty.
	CustomLabel string
}

// Label is the event's name in logs, such as AssignedPodDelete.
func (e ClusterEvent) Label() string {
	if e.CustomLabel != "" {
		return e.CustomLabel
	}
	return e.Resource.String() + e.Action.String()
}

// Events that have no single object, or are needed in several places.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/events.go.
var (
	EventAssignedPodAdd    = ClusterEvent{Resource: AssignedPod, Action: Add}
	EventAssignedPodUpdate = ClusterEvent{Resource: AssignedPod, Action: Update}
	EventAssignedPodDelete = ClusterEvent{Resource: AssignedPod, Action: Delete}

	EventUnscheduledPodAdd    = ClusterEvent{Resource: UnscheduledPod, Action: Add}
	EventUnscheduledPodUpdate = ClusterEvent{Resource: UnscheduledPod, Action: Update}
	EventUnscheduledPodDelete = ClusterEvent{Resource: UnscheduledPod, Action: Delete}

	EventNodeAdd    = ClusterEvent{Resource: Node, Action: Add}
	EventNodeDelete = ClusterEvent{Resource: Node, Action: Delete}

	// EventUnschedulableTimeout moves pods that waited too long as unschedulable.
	EventUnschedulableTimeout = ClusterEvent{Resource: WildCard, Action: All, CustomLabel: "UnschedulableTimeout"}
	// EventForceActivate moves pods that somebody wants tried now.
	EventForceActivate = ClusterEvent{Resource: WildCard, Action: All, CustomLabel: "ForceActivate"}
)

// Labels of moves between queues that no cluster event causes.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/events.go.
const (
	ScheduleAttemptFailure = "ScheduleAttemptFailure"
	BackoffComplete        = "BackoffComplete"
	PopFromBackoffQ        = "PopFromBackoffQ"
)

// IsWildCard says whether the event concerns every pod, whatever rejected it.
func (e ClusterEvent) IsWildCard() bool { return e.Resource == WildCard && e.Action == All }

// Matches says whether an incoming event is what the pattern e asks for: the same, or more special.
// A general Update therefore matches only patterns that ask for every update.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go MatchClusterEvents.
func (e ClusterEvent) Matches(incoming ClusterEvent) bool {
	return e.IsWildCard() ||
		e.Resource.matches(incoming.Resource) && e.Action&incoming.Action != 0 && incoming.Action <= e.Action
}

// matches says whether the pattern r covers the resource of an event.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go matchEventResources.
func (r EventResource) matches(incoming EventResource) bool {
	return r == WildCard || r == incoming || r == Pod && incoming >= AssignedPod && incoming <= TargetPod
}

// Hint is a plugin's opinion on whether an event can help a pod that it rejected.
type Hint uint8

// The opinions.
const (
	// QueueSkip: the event changes nothing for the pod.
	QueueSkip Hint = iota
	// Queue: the pod may fit now.
	Queue
)

// String is upstream's name of the hint.
func (h Hint) String() string {
	if h == Queue {
		return "Queue"
	}
	return "QueueSkip"
}

// HintFn says whether an event can help the pod, which the plugin rejected. old is nil when an object
// was added, new is nil when one was deleted. Where upstream's hint returns an error, it returns Queue.
type HintFn func(pod *model.Pod, old, new model.Object) Hint

// EventWithHint is an event that a plugin asks to hear of. Without a Hint every such event is taken to help.
type EventWithHint struct {
	Event ClusterEvent
	Hint  HintFn
}

// EnqueueExtensions is implemented by plugins that reject pods: it lists what can make such pods fit.
// A plugin that rejects and does not implement it is taken to wait for every event.
type EnqueueExtensions interface {
	Plugin
	EventsToRegister() []EventWithHint
}
