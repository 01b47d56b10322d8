package model

// Deployment is an apps/v1 Deployment; what the API server defaults is filled in when it is read.
type Deployment struct {
	ObjectMeta
	Selector *Selector
	Replicas int32
	Template *PodTemplate
	Strategy DeploymentStrategy
	// MinReadySeconds is how long a pod must be ready to count as available.
	MinReadySeconds int32
	// RevisionHistoryLimit is how many old ReplicaSets are kept (default 10); nil: all.
	RevisionHistoryLimit *int32
	Paused               bool
	// ProgressDeadlineSeconds is how long a rollout may stand still (default 600); nil or the largest
	// int32: for ever.
	ProgressDeadlineSeconds *int32
	Status                  DeploymentStatus
}

// Kind is KindDeployment.
func (*Deployment) Kind() Kind { return KindDeployment }

// DeploymentStrategy says how old pods are replaced by new ones.
type DeploymentStrategy struct {
	Type           string       // RollingUpdate, Recreate
	MaxSurge       IntOrPercent // RollingUpdate: default 25 %
	MaxUnavailable IntOrPercent // RollingUpdate: default 25 %
}

// The types of strategies by which workloads replace their pods.
const (
	RollingUpdate = "RollingUpdate"
	Recreate      = "Recreate" // Deployments only
	OnDelete      = "OnDelete" // StatefulSets and DaemonSets only
)

// DeploymentStatus is what the controller has counted.
type DeploymentStatus struct {
	ObservedGeneration  int64
	Replicas            int32
	UpdatedReplicas     int32
	ReadyReplicas       int32
	AvailableReplicas   int32
	UnavailableReplicas int32
	TerminatingReplicas *int32 // nil: not counted
	Conditions          []Condition
	CollisionCount      *int32
}

// The conditions of Deployments; ReplicaFailure is one too.
const (
	DeploymentAvailable   = "Available"
	DeploymentProgressing = "Progressing"
)
