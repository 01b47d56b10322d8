package framework

import "towtank.dev/towtank/model"

// Objects is what plugins may read of the cluster besides nodes and pods, as last heard of. Lists are
// in order of creation and not to be written to; what is absent is nil.
type Objects interface {
	// Namespaces are all namespaces.
	Namespaces() []*model.Namespace
	Namespace(name string) *model.Namespace
	// Services are the services of one namespace.
	Services(namespace string) []*model.Service
	// ServicesFor are those of them whose selectors may take such labels: all that do, and some that do not. The
	// list is good until the next call.
	ServicesFor(namespace string, labels map[string]string) []*model.Service
	ReplicationController(namespace, name string) *model.ReplicationController
	ReplicaSet(namespace, name string) *model.ReplicaSet
	StatefulSet(namespace, name string) *model.StatefulSet
	// PodDisruptionBudgets are those of all namespaces.
	PodDisruptionBudgets() []*model.PodDisruptionBudget

	// PersistentVolumesFor are those of a class that no claim has, and those of any class that are
	// reserved for the claim.
	PersistentVolumesFor(class, namespace, claim string) []*model.PersistentVolume
	PersistentVolume(name string) *model.PersistentVolume
	PersistentVolumeClaim(namespace, name string) *model.PersistentVolumeClaim
	StorageClass(name string) *model.StorageClass
	// CSINode goes by the name of its node.
	CSINode(name string) *model.CSINode
	CSIDriver(name string) *model.CSIDriver
	// CSIStorageCapacities are those of all namespaces.
	CSIStorageCapacities() []*model.CSIStorageCapacity
	VolumeAttachments() []*model.VolumeAttachment
}
