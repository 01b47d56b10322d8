package model

// Service selects pods by labels.
type Service struct {
	ObjectMeta
	Selector  map[string]string // empty: selects nothing
	ClusterIP string
	Ports     []ServicePort
}

// Kind is KindService.
func (*Service) Kind() Kind { return KindService }

// ServicePort maps a port of the service to one of its pods.
type ServicePort struct {
	Name       string
	Protocol   string
	Port       int32
	TargetPort string // number or name
}

// ReplicationController, ReplicaSet and StatefulSet own pods; the scheduler reads their selectors
// for the default topology spread.
type ReplicationController struct {
	ObjectMeta
	Selector map[string]string
	Replicas int32
}

// Kind is KindReplicationController.
func (*ReplicationController) Kind() Kind { return KindReplicationController }

// ReplicaSet is an apps/v1 ReplicaSet.
type ReplicaSet struct {
	ObjectMeta
	Selector *Selector
	Replicas int32
}

// Kind is KindReplicaSet.
func (*ReplicaSet) Kind() Kind { return KindReplicaSet }

// StatefulSet is an apps/v1 StatefulSet.
type StatefulSet struct {
	ObjectMeta
	Selector *Selector
	Replicas int32
}

// Kind is KindStatefulSet.
func (*StatefulSet) Kind() Kind { return KindStatefulSet }
