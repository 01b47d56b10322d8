package model

import "towtank.dev/towtank/sim"

// Kind is the kind of an object, as in its manifest ("Pod", "Node", ...).
type Kind string

// The kinds that have a type here.
const (
	KindPod                     Kind = "Pod"
	KindNode                    Kind = "Node"
	KindNamespace               Kind = "Namespace"
	KindPriorityClass           Kind = "PriorityClass"
	KindPodDisruptionBudget     Kind = "PodDisruptionBudget"
	KindService                 Kind = "Service"
	KindReplicationController   Kind = "ReplicationController"
	KindReplicaSet              Kind = "ReplicaSet"
	KindStatefulSet             Kind = "StatefulSet"
	KindPersistentVolume        Kind = "PersistentVolume"
	KindPersistentVolumeClaim   Kind = "PersistentVolumeClaim"
	KindStorageClass            Kind = "StorageClass"
	KindCSINode                 Kind = "CSINode"
	KindCSIDriver               Kind = "CSIDriver"
	KindCSIStorageCapacity      Kind = "CSIStorageCapacity"
	KindVolumeAttachment        Kind = "VolumeAttachment"
	KindEvent                   Kind = "Event"
	KindDeployment              Kind = "Deployment"
	KindDaemonSet               Kind = "DaemonSet"
	KindJob                     Kind = "Job"
	KindCronJob                 Kind = "CronJob"
	KindHorizontalPodAutoscaler Kind = "HorizontalPodAutoscaler"
	KindControllerRevision      Kind = "ControllerRevision"
	KindEndpointSlice           Kind = "EndpointSlice"
	KindLease                   Kind = "Lease"
	KindResourceQuota           Kind = "ResourceQuota"
	KindLimitRange              Kind = "LimitRange"
	KindConfigMap               Kind = "ConfigMap"
	KindSecret                  Kind = "Secret"
	KindServiceAccount          Kind = "ServiceAccount"
)

// Object is anything that lives in a store. Objects are immutable there.
type Object interface {
	Kind() Kind
	Meta() *ObjectMeta
}

// OwnerReference names the object that owns another.
type OwnerReference struct {
	APIVersion string
	Kind       string
	Name       string
	UID        string
	Controller bool
	// BlockOwnerDeletion is kept for rendering.
	BlockOwnerDeletion bool
}

// ObjectMeta is what every object has. Maps and slices are shared and never written to.
type ObjectMeta struct {
	Name            string
	Namespace       string // empty for cluster-scoped objects
	GenerateName    string
	UID             string
	ResourceVersion uint64
	Generation      int64
	Labels          map[string]string
	Annotations     map[string]string
	Owners          []OwnerReference
	Finalizers      []string
	// Created is the creation instant; before the start of the run it is negative.
	Created sim.Time
	// Deleted is the deletionTimestamp; Deleting says whether it is set.
	Deleted  sim.Time
	Deleting bool
	// DeletionGracePeriodSeconds is meaningful while Deleting.
	DeletionGracePeriodSeconds int64
	// Source is the manifest this object was read from, owned by scenarios/manifest; nil for generated ones.
	Source any
}

// Meta returns the metadata itself, so that a type embedding ObjectMeta is half an Object.
func (m *ObjectMeta) Meta() *ObjectMeta { return m }

// Key is "namespace/name", or the name alone for cluster-scoped objects.
func (m *ObjectMeta) Key() string {
	if m.Namespace == "" {
		return m.Name
	}
	return m.Namespace + "/" + m.Name
}

// Controller returns the owner that controls the object, nil when there is none.
func (m *ObjectMeta) Controller() *OwnerReference {
	for i := range m.Owners {
		if m.Owners[i].Controller {
			return &m.Owners[i]
		}
	}
	return nil
}
