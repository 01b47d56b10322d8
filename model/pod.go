package model

import "towtank.dev/towtank/sim"

// Phase is where a pod is in its life.
type Phase string

// The phases of a pod.
const (
	PodPending   Phase = "Pending"
	PodRunning   Phase = "Running"
	PodSucceeded Phase = "Succeeded"
	PodFailed    Phase = "Failed"
	PodUnknown   Phase = "Unknown"
)

// Pod is a v1.Pod. Spec is shared by all pods of a template and never written to; what differs per
// pod in v1's spec (nodeName) stands here.
type Pod struct {
	ObjectMeta
	Spec     *PodSpec
	NodeName string
	Status   PodStatus
}

// Kind is KindPod.
func (*Pod) Kind() Kind { return KindPod }

// Terminal says whether the pod has ended: phase Succeeded or Failed.
func (p *Pod) Terminal() bool {
	return p.Status.Phase == PodSucceeded || p.Status.Phase == PodFailed
}

// PodSpec is what a pod asks for. Two pods with the same *PodSpec have the same spec.
type PodSpec struct {
	SchedulerName     string // defaulted to default-scheduler when read
	PriorityClassName string
	// Priority is meaningful when HasPriority; admission fills it in.
	Priority         int32
	HasPriority      bool
	PreemptionPolicy string // "", PreemptLowerPriority, Never

	NodeSelector    map[string]string
	Affinity        *Affinity
	Tolerations     []Toleration
	SpreadTerms     []TopologySpreadConstraint
	SchedulingGates []string

	InitContainers []Container
	Containers     []Container
	Overhead       ResourceList
	// PodRequests and PodLimits are the pod-level resources (spec.resources).
	PodRequests ResourceList
	PodLimits   ResourceList
	Volumes     []Volume
	// ResourceClaims names the pod's dynamic resource claims; a pod that has any is refused.
	ResourceClaims []string

	HostNetwork                   bool
	HostUsers                     *bool // nil counts as true: no user namespace of its own
	RestartPolicy                 RestartPolicy
	TerminationGracePeriodSeconds int64 // defaulted to 30 when read
	ActiveDeadlineSeconds         *int64
	ReadinessGates                []string
	ServiceAccountName            string
	ImagePullSecrets              []string // names of secrets, in the pod's namespace
	RuntimeClassName              string

	// Source is the v1.PodSpec this was read from, owned by scenarios/manifest.
	Source any
}

// PodStatus is what has become of a pod.
type PodStatus struct {
	Phase             Phase
	Reason            string
	Message           string
	NominatedNodeName string
	Conditions        []PodCondition
	// Started is status.startTime, meaningful when HasStarted.
	Started    sim.Time
	HasStarted bool
	HostIP     string
	PodIP      string
	QOSClass   string

	InitContainers []ContainerStatus
	Containers     []ContainerStatus
	// ObservedGeneration is the pod's generation that the kubelet has gone by, in this status and in all of its
	// conditions; 0: it has said nothing.
	ObservedGeneration int64
	// Resize is what in-place resize accounting needs; nil when the status says nothing of it.
	Resize *ResizeStatus
}

// ResizeStatus is the resource part of a pod's status (fact: max of spec, allocated and actuated counts).
type ResizeStatus struct {
	// Infeasible: condition PodResizePending with reason Infeasible; the spec does not count then.
	Infeasible bool
	// PodAllocated and PodActuated are the pod-level amounts.
	PodAllocated ResourceList
	PodActuated  ResourceList
	// Allocated and Actuated are per container, by name of (init) container.
	Allocated map[string]ResourceList
	Actuated  map[string]ResourceList
}

// Condition types of pods.
const (
	PodScheduled              = "PodScheduled"
	PodReadyToStartContainers = "PodReadyToStartContainers"
	PodInitialized            = "Initialized"
	ContainersReady           = "ContainersReady"
	PodReady                  = "Ready"
	DisruptionTarget          = "DisruptionTarget"
)

// PodCondition is one condition; Status is True, False or Unknown.
type PodCondition struct {
	Type           string
	Status         string
	Reason         string
	Message        string
	LastTransition sim.Time
}

// Condition returns the condition of that type, nil when there is none.
func (s *PodStatus) Condition(kind string) *PodCondition {
	for i := range s.Conditions {
		if s.Conditions[i].Type == kind {
			return &s.Conditions[i]
		}
	}
	return nil
}

// WithCondition returns conditions in which c stands; LastTransition is kept when the status is
// unchanged. The old slice is not written to.
func (s *PodStatus) WithCondition(c PodCondition) []PodCondition {
	out := make([]PodCondition, len(s.Conditions), len(s.Conditions)+1)
	copy(out, s.Conditions)
	for i := range out {
		if out[i].Type == c.Type {
			if out[i].Status == c.Status {
				c.LastTransition = out[i].LastTransition
			}
			out[i] = c
			return out
		}
	}
	return append(out, c)
}

// ContainerStatus is what has become of one container.
type ContainerStatus struct {
	Name         string
	State        ContainerState
	Last         ContainerState
	Ready        bool
	Started      bool
	RestartCount int32
	Image        string
	ImageID      string
	ContainerID  string
}

// ContainerStateKind is waiting, running or terminated; "" when unknown.
type ContainerStateKind string

// The states of a container.
const (
	ContainerWaiting    ContainerStateKind = "waiting"
	ContainerRunning    ContainerStateKind = "running"
	ContainerTerminated ContainerStateKind = "terminated"
)

// ContainerState is one of the three states with its details.
type ContainerState struct {
	Kind     ContainerStateKind
	Reason   string
	Message  string
	ExitCode int32
	Started  sim.Time // running, terminated
	Finished sim.Time // terminated
}
