package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// EventsToRegister is CSI nodes that come or take more, pods and attachments that go, claims that come.
func (pl *nodeVolumeLimits) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.CSINode, Action: framework.Add}},
		{Event: framework.ClusterEvent{Resource: framework.CSINode, Action: framework.Update}, Hint: pl.afterCSINode},
		{Event: framework.EventAssignedPodDelete, Hint: pl.afterDelete},
		{Event: framework.ClusterEvent{Resource: framework.PersistentVolumeClaim, Action: framework.Add}, Hint: pl.afterClaim},
		{Event: framework.ClusterEvent{Resource: framework.VolumeAttachment, Action: framework.Delete}, Hint: pl.afterDetach},
	}
}

// afterCSINode queues the pod when the limit of a driver has grown. No limit counts as none at all.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go isSchedulableAfterCSINodeUpdated.
func (*nodeVolumeLimits) afterCSINode(_ *model.Pod, old, new model.Object) framework.Hint {
	was := old.(*model.CSINode)
	now := new.(*model.CSINode)
	for i := range now.Drivers {
		if limitOf(now, now.Drivers[i].Name) > limitOf(was, now.Drivers[i].Name) {
			return framework.Queue
		}
	}
	return framework.QueueSkip
}

func limitOf(n *model.CSINode, driver string) int32 {
	for i := range n.Drivers {
		if d := &n.Drivers[i]; d.Name == driver && d.Count != nil {
			return *d.Count
		}
	}
	return 0
}

// afterDelete queues the pod when the one that went had volumes that are attached.
func (*nodeVolumeLimits) afterDelete(_ *model.Pod, old, _ model.Object) framework.Hint {
	gone := old.(*model.Pod)
	if gone.NodeName == "" && gone.Status.NominatedNodeName == "" || !hasAttachable(gone.Spec.Volumes) {
		return framework.QueueSkip
	}
	return framework.Queue
}

// afterClaim queues the pod when it waits for the new claim.
func (*nodeVolumeLimits) afterClaim(pod *model.Pod, _, new model.Object) framework.Hint {
	if namesClaim(pod, new.(*model.PersistentVolumeClaim), true) {
		return framework.Queue
	}
	return framework.QueueSkip
}

// afterDetach queues the pod when it has a claim, or a disk of the driver that let a volume go. A disk
// that the driver cannot know is an error to upstream, which counts as Queue.
func (*nodeVolumeLimits) afterDetach(pod *model.Pod, old, _ model.Object) framework.Hint {
	gone := old.(*model.VolumeAttachment)
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		if v.Kind == "persistentVolumeClaim" {
			return framework.Queue
		}
		disk := migratedKind(v.Kind)
		if disk == nil {
			continue
		}
		if disk.driver == gone.Attacher {
			return framework.Queue
		}
		if v.Disk != nil {
			if _, err := disk.inlineHandle(v.Disk.ID, v.Disk.Sharing); err != nil {
				return framework.Queue
			}
		}
	}
	return framework.QueueSkip
}
