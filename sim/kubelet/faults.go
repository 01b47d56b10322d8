package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// eviction is an end that the node itself brings to a pod.
type eviction struct {
	reason, message string
	condition       model.PodCondition
	hasGrace        bool
	grace           int64
}

// mark puts what an eviction says into a status. A nil eviction says nothing.
func (e *eviction) mark(s *model.PodStatus) {
	if e == nil {
		return
	}
	s.Phase, s.Reason, s.Message = model.PodFailed, e.reason, e.message
	if e.condition.Type != "" {
		s.Conditions = replaceCondition(s.Conditions, e.condition)
	}
}

// Evict stops a pod for the node's sake: it fails with that reason and message, and is not started again.
// Grace is in seconds and only shortens the pod's own; nil leaves that. A pod that the fleet does not know,
// that is being stopped already, or whose kubelet does not run is left alone; Evict says whether it was not.
// Source: kubernetes v1.37.2 pkg/kubelet/pod_workers.go killPodNow; eviction/eviction_manager.go evictPod.
func (f *Fleet) Evict(now sim.Time, uid, reason, message string, grace *int64) bool {
	return f.end(now, uid, grace, eviction{reason: reason, message: message, condition: model.PodCondition{
		Type: model.DisruptionTarget, Status: "True", Reason: "TerminationByKubelet", Message: message}})
}

// EvictForItself stops a pod as Evict does, for what it has done itself: its condition does not tell of a
// disruption.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/eviction_manager.go localStorageEviction, evictPod.
func (f *Fleet) EvictForItself(now sim.Time, uid, reason, message string, grace *int64) bool {
	return f.end(now, uid, grace, eviction{reason: reason, message: message})
}

// end stops a pod for the node's sake.
func (f *Fleet) end(now sim.Time, uid string, grace *int64, e eviction) bool {
	w, ok := f.of(uid)
	if !ok || !w.begun || w.terminating || w.finished || w.host.trouble.off {
		return false
	}
	w.evict = &e
	if grace != nil {
		w.evict.hasGrace, w.evict.grace = true, *grace
	}
	f.update(now, w)
	f.flush(now)
	return true
}

// KillContainer ends a container that runs, with that exit code; with an empty reason, as the code has it.
// It says whether there was such a container.
func (f *Fleet) KillContainer(now sim.Time, uid, name string, exit int32, reason string) bool {
	w, ok := f.of(uid)
	if !ok {
		return false
	}
	for i := range w.containers {
		c := &w.containers[i]
		if c.spec.Name != name || !c.running() {
			continue
		}
		if reason == "" {
			reason = behaviour.ReasonOf(exit)
		}
		if w.host.trouble.off {
			f.engine.Cancel(c.end)
			f.exitUnseen(now, c, exit, reason)
			f.followStops(now, w, i)
			return true
		}
		f.exits(now, w, i, exit, reason)
		f.flush(now)
		return true
	}
	return false
}

// exitUnseen ends the present instance of a container that no kubelet looks after.
func (f *Fleet) exitUnseen(now sim.Time, c *container, code int32, reason string) {
	c.exit(now, code, reason)
	f.stopLayer(c)
}
