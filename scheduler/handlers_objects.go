package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// objectSet takes in an object that is neither pod nor node, and tells waiting pods of it.
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go addAllEventHandlers, buildEvtResHandler.
func (s *Scheduler) objectSet(now sim.Time, old, new model.Object) {
	if !s.core.SetObject(new) {
		return
	}
	action := framework.Add
	if old != nil {
		action = framework.Update
	}
	s.objectEvent(now, action, old, new)
}

// objectGone takes out such an object.
func (s *Scheduler) objectGone(now sim.Time, old model.Object) {
	if s.core.RemoveObject(old) {
		s.objectEvent(now, framework.Delete, old, nil)
	}
}

// objectEvent tells the queue, if objects of that kind can bring pods back.
func (s *Scheduler) objectEvent(now sim.Time, action framework.ActionType, old, new model.Object) {
	o := new
	if o == nil {
		o = old
	}
	if resource, ok := eventResource(o.Kind()); ok {
		s.queue.Event(now, framework.ClusterEvent{Resource: resource, Action: action}, old, new)
	}
}

// eventResource is the resource of events about objects of a kind; false when there are no such events.
func eventResource(kind model.Kind) (framework.EventResource, bool) {
	switch kind {
	case model.KindPersistentVolume:
		return framework.PersistentVolume, true
	case model.KindPersistentVolumeClaim:
		return framework.PersistentVolumeClaim, true
	case model.KindStorageClass:
		return framework.StorageClass, true
	case model.KindCSINode:
		return framework.CSINode, true
	case model.KindCSIDriver:
		return framework.CSIDriver, true
	case model.KindCSIStorageCapacity:
		return framework.CSIStorageCapacity, true
	case model.KindVolumeAttachment:
		return framework.VolumeAttachment, true
	}
	return 0, false
}
