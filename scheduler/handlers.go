package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Added tells of a new object, as an informer would. Kinds that do not concern scheduling are ignored.
func (s *Scheduler) Added(now sim.Time, o model.Object) {
	switch o := o.(type) {
	case *model.Pod:
		s.podAdded(now, o)
	case *model.Node:
		s.core.SetNode(o)
		s.queue.Event(now, framework.EventNodeAdd, nil, o)
	default:
		s.objectSet(now, nil, o)
	}
}

// Updated tells of a change of an object.
func (s *Scheduler) Updated(now sim.Time, old, new model.Object) {
	switch new := new.(type) {
	case *model.Pod:
		s.podUpdated(now, old.(*model.Pod), new)
	case *model.Node:
		s.core.SetNode(new)
		s.events = framework.AppendNodeUpdates(s.events[:0], old.(*model.Node), new)
		for _, e := range s.events {
			s.queue.Event(now, e, old, new)
		}
	default:
		s.objectSet(now, old, new)
	}
}

// Deleted tells that an object is gone.
func (s *Scheduler) Deleted(now sim.Time, o model.Object) {
	switch o := o.(type) {
	case *model.Pod:
		// One that had ended was gone already.
		if !o.Terminal() || s.pods[identity(o)] != nil {
			s.podDeleted(now, o)
		}
	case *model.Node:
		s.queue.Event(now, framework.EventNodeDelete, o, nil)
		s.core.RemoveNode(o.Name)
	default:
		s.objectGone(now, o)
	}
}

// podAdded takes in a pod. One that has ended is not there for the scheduler.
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go addPod.
func (s *Scheduler) podAdded(now sim.Time, pod *model.Pod) {
	switch {
	case pod.Terminal():
	case pod.NodeName != "":
		s.assigned(now, pod)
	case s.core.Serves(pod.Spec.SchedulerName):
		s.pods[identity(pod)] = &known{pod: pod, info: s.core.Pod(pod)}
		s.queue.Add(now, pod)
	}
}

// podUpdated takes in a change. A pod that ends, or has ended, is to the scheduler deleted.
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go updatePod; scheduler.go newPodInformer.
func (s *Scheduler) podUpdated(now sim.Time, old, new *model.Pod) {
	switch {
	case old.Terminal():
		s.podAdded(now, new)
	case new.Terminal():
		s.podDeleted(now, old)
	case old.NodeName != "":
		s.recount(old, new)
		s.events = framework.AppendPodUpdates(s.events[:0], old, new, false)
		for _, e := range s.events {
			s.queue.Event(now, e, old, new)
		}
	case new.NodeName != "":
		s.assigned(now, new)
		if s.core.Serves(old.Spec.SchedulerName) {
			s.queue.Delete(now, old)
		}
	case s.core.Serves(old.Spec.SchedulerName):
		s.pendingUpdated(now, old, new)
	}
}

// assigned counts in a pod that has a node. An assumed one is thereby confirmed.
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go addAssignedPodToCache; cache.go AddPod.
func (s *Scheduler) assigned(now sim.Time, pod *model.Pod) {
	s.recount(nil, pod)
	s.queue.Event(now, framework.EventAssignedPodAdd, nil, pod)
}

// recount puts a pod with a node in the place of what was known of it.
func (s *Scheduler) recount(old, new *model.Pod) {
	id := identity(new)
	k := s.pods[id]
	if k == nil {
		k = &known{}
		s.pods[id] = k
	}
	s.uncount(k)
	if k.info != nil {
		s.core.Release(k.info)
	}
	k.pod, k.info = new, s.core.Pod(new)
	s.count(k)
}

// count counts a pod in on its node.
func (s *Scheduler) count(k *known) {
	s.core.AddPod(k.info)
	k.counted = true
}

// uncount counts a pod out and says whether it was counted.
func (s *Scheduler) uncount(k *known) bool {
	if !k.counted {
		return false
	}
	s.core.RemovePod(k.info)
	k.counted, k.assumed = false, false
	return true
}

// pendingUpdated takes in a change of a pod without a node.
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go updatePodInSchedulingQueue.
func (s *Scheduler) pendingUpdated(now sim.Time, old, new *model.Pod) {
	if old.ResourceVersion == new.ResourceVersion {
		return
	}
	id := identity(new)
	k := s.pods[id]
	if k == nil {
		k = &known{}
		s.pods[id] = k
	}
	k.pod = new
	if k.assumed {
		if new.Deleting && !old.Deleting {
			s.assumedGone(now, k)
		}
		return
	}
	if k.info != nil {
		s.core.Release(k.info)
	}
	k.info = s.core.Pod(new)
	s.queue.Update(now, old, new)
	if from := old.Status.NominatedNodeName; from != "" && from != new.Status.NominatedNodeName {
		s.nominationGone(now, old)
	}
}

// nominationGone tells pods of no higher priority that a nominated pod no longer holds a place.
func (s *Scheduler) nominationGone(now sim.Time, pod *model.Pod) {
	limit := priority(pod)
	s.queue.EventIf(now, framework.EventAssignedPodDelete, pod, nil, func(p *model.Pod) bool { return priority(p) <= limit })
}

// assumedGone takes an assumed pod off its node that is being deleted; its binding will fail.
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go handleAssumedPodDeletion.
func (s *Scheduler) assumedGone(now sim.Time, k *known) {
	assumed := onNode(k.info)
	if s.uncount(k) {
		s.queue.Event(now, framework.EventAssignedPodDelete, assumed, nil)
	}
}

// onNode is an assumed pod as an object: with its node.
func onNode(info *framework.PodInfo) *model.Pod {
	pod := *info.Pod
	pod.NodeName = info.Node
	return &pod
}

// podDeleted forgets a pod.
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go deletePod.
func (s *Scheduler) podDeleted(now sim.Time, pod *model.Pod) {
	id := identity(pod)
	k := s.pods[id]
	if pod.NodeName != "" {
		if k != nil {
			s.uncount(k)
			s.forget(id, k)
		}
		s.queue.Event(now, framework.EventAssignedPodDelete, pod, nil)
		return
	}
	if !s.core.Serves(pod.Spec.SchedulerName) {
		return
	}
	s.queue.Delete(now, pod)
	if k != nil && k.assumed {
		s.assumedGone(now, k)
	} else if pod.Status.NominatedNodeName != "" {
		s.nominationGone(now, pod)
	}
	if k != nil {
		s.forget(id, k)
	}
}

func (s *Scheduler) forget(id string, k *known) {
	if k.info != nil {
		s.core.Release(k.info)
	}
	delete(s.pods, id)
}
