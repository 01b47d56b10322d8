package cache

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// Objects holds what plugins may read of the cluster besides nodes and pods. The zero Objects is empty
// and ready for use.
type Objects struct {
	namespaces  shelf[*model.Namespace]
	services    shelf[*model.Service]
	selecting   model.SelectorIndex[string] // keys of services
	controllers shelf[*model.ReplicationController]
	replicas    shelf[*model.ReplicaSet]
	stateful    shelf[*model.StatefulSet]
	budgets     shelf[*model.PodDisruptionBudget]
	volumes     shelf[*model.PersistentVolume]
	claims      shelf[*model.PersistentVolumeClaim]
	classes     shelf[*model.StorageClass]
	csiNodes    shelf[*model.CSINode]
	csiDrivers  shelf[*model.CSIDriver]
	capacities  shelf[*model.CSIStorageCapacity]
	attachments shelf[*model.VolumeAttachment]
	offers      offers // of volumes
	found       []*model.Service
}

var _ framework.Objects = (*Objects)(nil)

// Set adds an object or replaces the one of the same kind and name. It says whether plugins can read
// objects of that kind; others are left alone.
func (s *Objects) Set(o model.Object) bool { return s.change(o, true) }

// Remove takes an object out. It says whether plugins can read objects of that kind.
func (s *Objects) Remove(o model.Object) bool { return s.change(o, false) }

func (s *Objects) change(o model.Object, stays bool) bool {
	switch o := o.(type) {
	case *model.Namespace:
		put(&s.namespaces, o, stays)
	case *model.Service:
		s.service(o, stays)
	case *model.ReplicationController:
		put(&s.controllers, o, stays)
	case *model.ReplicaSet:
		put(&s.replicas, o, stays)
	case *model.StatefulSet:
		put(&s.stateful, o, stays)
	case *model.PodDisruptionBudget:
		put(&s.budgets, o, stays)
	case *model.PersistentVolume:
		s.volume(o, stays)
	case *model.PersistentVolumeClaim:
		put(&s.claims, o, stays)
	case *model.StorageClass:
		put(&s.classes, o, stays)
	case *model.CSINode:
		put(&s.csiNodes, o, stays)
	case *model.CSIDriver:
		put(&s.csiDrivers, o, stays)
	case *model.CSIStorageCapacity:
		put(&s.capacities, o, stays)
	case *model.VolumeAttachment:
		put(&s.attachments, o, stays)
	default:
		return false
	}
	return true
}

// service files a service under its selector as well; one without selects nothing.
func (s *Objects) service(o *model.Service, stays bool) {
	put(&s.services, o, stays)
	if key := o.Key(); stays && len(o.Selector) > 0 {
		s.selecting.Set(key, o.Namespace, model.RequiredLabels(o.Selector))
	} else {
		s.selecting.Remove(key)
	}
}

func put[T model.Object](s *shelf[T], o T, stays bool) {
	if stays {
		s.set(o)
	} else {
		s.remove(o)
	}
}

// Namespaces are all namespaces.
func (s *Objects) Namespaces() []*model.Namespace { return s.namespaces.all.objects }

// Namespace finds a namespace.
func (s *Objects) Namespace(name string) *model.Namespace { return s.namespaces.get(name) }

// Services are the services of one namespace.
func (s *Objects) Services(namespace string) []*model.Service { return s.services.in(namespace) }

// ServicesFor are the services of a namespace whose selectors may take pods with these labels.
func (s *Objects) ServicesFor(namespace string, labels map[string]string) []*model.Service {
	keys := s.selecting.Find(namespace, labels)
	s.found = s.found[:0]
	for _, key := range keys {
		s.found = append(s.found, s.services.get(key))
	}
	return s.found
}

// Service finds a service.
func (s *Objects) Service(namespace, name string) *model.Service {
	return s.services.find(namespace, name)
}

// ReplicationController finds a replication controller.
func (s *Objects) ReplicationController(namespace, name string) *model.ReplicationController {
	return s.controllers.find(namespace, name)
}

// ReplicaSet finds a replica set.
func (s *Objects) ReplicaSet(namespace, name string) *model.ReplicaSet {
	return s.replicas.find(namespace, name)
}

// StatefulSet finds a stateful set.
func (s *Objects) StatefulSet(namespace, name string) *model.StatefulSet {
	return s.stateful.find(namespace, name)
}

// PodDisruptionBudgets are those of all namespaces.
func (s *Objects) PodDisruptionBudgets() []*model.PodDisruptionBudget { return s.budgets.all.objects }

// PersistentVolumes are all persistent volumes.
func (s *Objects) PersistentVolumes() []*model.PersistentVolume { return s.volumes.all.objects }

// PersistentVolume finds a persistent volume.
func (s *Objects) PersistentVolume(name string) *model.PersistentVolume { return s.volumes.get(name) }

// PersistentVolumeClaim finds a claim.
func (s *Objects) PersistentVolumeClaim(namespace, name string) *model.PersistentVolumeClaim {
	return s.claims.find(namespace, name)
}

// StorageClass finds a storage class.
func (s *Objects) StorageClass(name string) *model.StorageClass { return s.classes.get(name) }

// CSINode finds what is known of a node's CSI drivers.
func (s *Objects) CSINode(name string) *model.CSINode { return s.csiNodes.get(name) }

// CSIDriver finds a CSI driver.
func (s *Objects) CSIDriver(name string) *model.CSIDriver { return s.csiDrivers.get(name) }

// CSIStorageCapacities are those of all namespaces.
func (s *Objects) CSIStorageCapacities() []*model.CSIStorageCapacity {
	return s.capacities.all.objects
}

// VolumeAttachments are all volume attachments.
func (s *Objects) VolumeAttachments() []*model.VolumeAttachment { return s.attachments.all.objects }
