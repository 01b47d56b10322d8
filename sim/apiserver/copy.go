package apiserver

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// Copy returns a shallow copy of an object: maps, slices and the spec are shared with the original and
// must be replaced, never written to.
func Copy(o model.Object) model.Object {
	switch o := o.(type) {
	case *model.Pod:
		return copyOf(o)
	case *model.Node:
		return copyOf(o)
	case *model.Namespace:
		return copyOf(o)
	case *model.PriorityClass:
		return copyOf(o)
	case *model.PodDisruptionBudget:
		return copyOf(o)
	case *model.Service:
		return copyOf(o)
	case *model.ReplicationController:
		return copyOf(o)
	case *model.ReplicaSet:
		return copyOf(o)
	case *model.StatefulSet:
		return copyOf(o)
	case *model.PersistentVolume:
		return copyOf(o)
	case *model.PersistentVolumeClaim:
		return copyOf(o)
	case *model.StorageClass:
		return copyOf(o)
	case *model.CSINode:
		return copyOf(o)
	case *model.CSIDriver:
		return copyOf(o)
	case *model.CSIStorageCapacity:
		return copyOf(o)
	case *model.VolumeAttachment:
		return copyOf(o)
	case *model.Deployment:
		return copyOf(o)
	case *model.DaemonSet:
		return copyOf(o)
	case *model.ControllerRevision:
		return copyOf(o)
	case *model.Job:
		return copyOf(o)
	case *model.CronJob:
		return copyOf(o)
	case *model.HorizontalPodAutoscaler:
		return copyOf(o)
	case *model.EndpointSlice:
		return copyOf(o)
	case *model.Lease:
		return copyOf(o)
	case *model.ResourceQuota:
		return copyOf(o)
	case *model.LimitRange:
		return copyOf(o)
	case *model.ConfigMap:
		return copyOf(o)
	case *model.Secret:
		return copyOf(o)
	case *model.ServiceAccount:
		return copyOf(o)
	}
	panic(fmt.Sprintf("apiserver: objects of kind %s are not stored", o.Kind()))
}

func copyOf[T any](o *T) *T {
	c := *o
	return &c
}
