package plugins

import (
	"reflect"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// EventsToRegister is everything that can make a volume reachable.
func (pl *volumeBinding) EventsToRegister() []framework.EventWithHint {
	const addOrUpdate = framework.Add | framework.Update
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.StorageClass, Action: addOrUpdate}, Hint: pl.afterClass},
		{Event: framework.ClusterEvent{Resource: framework.PersistentVolumeClaim, Action: addOrUpdate}, Hint: pl.afterClaim},
		{Event: framework.ClusterEvent{Resource: framework.PersistentVolume, Action: addOrUpdate}},
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeLabel}},
		{Event: framework.ClusterEvent{Resource: framework.CSINode, Action: addOrUpdate}, Hint: pl.afterCSINode},
		{Event: framework.ClusterEvent{Resource: framework.CSIDriver, Action: framework.Update}, Hint: pl.afterCSIDriver},
		{Event: framework.ClusterEvent{Resource: framework.CSIStorageCapacity, Action: addOrUpdate}, Hint: pl.afterCapacity},
	}
}

// afterClass queues the pod when the class is new or allows other topologies.
func (*volumeBinding) afterClass(_ *model.Pod, old, new model.Object) framework.Hint {
	was, _ := old.(*model.StorageClass)
	now := new.(*model.StorageClass)
	if was == nil || len(was.AllowedTopologies) != len(now.AllowedTopologies) ||
		len(now.AllowedTopologies) > 0 && !reflect.DeepEqual(was.AllowedTopologies, now.AllowedTopologies) {
		return framework.Queue
	}
	return framework.QueueSkip
}

// afterClaim queues the pod when it waits for the claim.
func (*volumeBinding) afterClaim(pod *model.Pod, _, new model.Object) framework.Hint {
	if namesClaim(pod, new.(*model.PersistentVolumeClaim), true) {
		return framework.Queue
	}
	return framework.QueueSkip
}

// afterCSINode queues the pod when the CSI node is new or has other drivers take over.
func (*volumeBinding) afterCSINode(_ *model.Pod, old, new model.Object) framework.Hint {
	was, _ := old.(*model.CSINode)
	if was == nil || was.Annotations[migratedPluginsAnnotation] != new.Meta().Annotations[migratedPluginsAnnotation] {
		return framework.Queue
	}
	return framework.QueueSkip
}

// afterCSIDriver queues the pod when the driver of one of its inline volumes tells its capacity no more.
func (*volumeBinding) afterCSIDriver(pod *model.Pod, old, new model.Object) framework.Hint {
	was, now := old.(*model.CSIDriver), new.(*model.CSIDriver)
	if !was.StorageCapacity || now.StorageCapacity {
		return framework.QueueSkip
	}
	for i := range pod.Spec.Volumes {
		if v := &pod.Spec.Volumes[i]; v.Kind == "csi" && v.Driver == now.Name {
			return framework.Queue
		}
	}
	return framework.QueueSkip
}

// afterCapacity queues the pod when the capacity is new or larger volumes can be made.
func (*volumeBinding) afterCapacity(_ *model.Pod, old, new model.Object) framework.Hint {
	was, _ := old.(*model.CSIStorageCapacity)
	if was == nil {
		return framework.Queue
	}
	before, after := volumeLimit(was), volumeLimit(new.(*model.CSIStorageCapacity))
	if after != nil && (before == nil || after.Value() > before.Value()) {
		return framework.Queue
	}
	return framework.QueueSkip
}
