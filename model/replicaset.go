package model

// ReplicationController is a v1.ReplicationController; an empty selector takes nothing.
type ReplicationController struct {
	ObjectMeta
	Selector        map[string]string
	Replicas        int32
	MinReadySeconds int32
	Template        *PodTemplate // nil when there is none
	Status          ReplicaSetStatus
}

// Kind is KindReplicationController.
func (*ReplicationController) Kind() Kind { return KindReplicationController }

// ReplicaSet is an apps/v1 ReplicaSet.
type ReplicaSet struct {
	ObjectMeta
	Selector        *Selector
	Replicas        int32
	MinReadySeconds int32
	Template        *PodTemplate // nil when there is none
	Status          ReplicaSetStatus
}

// Kind is KindReplicaSet.
func (*ReplicaSet) Kind() Kind { return KindReplicaSet }

// ReplicaSetStatus is what the controller has counted; Conditions know the type ReplicaFailure.
type ReplicaSetStatus struct {
	Replicas             int32
	FullyLabeledReplicas int32
	ReadyReplicas        int32
	AvailableReplicas    int32
	TerminatingReplicas  *int32 // nil: not counted
	ObservedGeneration   int64
	Conditions           []Condition
}

// ReplicaFailure is the condition of a ReplicaSet that could not make or delete a pod.
const ReplicaFailure = "ReplicaFailure"
