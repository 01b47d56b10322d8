package world

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// failure is a failed attempt on its way to the pod's status.
type failure struct {
	at      sim.Time
	cycle   *scheduler.Cycle
	message string
}

// failed tells why a pod was not placed: by an event, and by its condition PodScheduled. It returns what
// is still to be written, nil when nothing is.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go handleSchedulingFailure, updatePod.
func (d *drive) failed(now sim.Time, c *scheduler.Cycle, message string) *failure {
	f := &failure{now, c, message}
	pod := d.waiting(f)
	if pod == nil {
		return nil
	}
	d.world.recorder.explained(pod.UID, message)
	d.tell(c, pod, apiserver.Warning, "FailedScheduling", scheduler.Note(message))
	if f.status(pod) == nil {
		return nil
	}
	if took := d.patch.draw(c); took > 0 {
		d.world.engine.Schedule(now.Add(took), sim.Event{Phase: sim.PhaseAct, Actor: d.actor, Op: opPatch, Arg: d.process, Ref: f})
		return f
	}
	d.patched(f)
	return nil
}

// waiting is the failure's pod as it is now, nil when it is gone or has a node.
func (d *drive) waiting(f *failure) *model.Pod {
	pod, ok := d.world.api.Pods.Get(f.cycle.Pod.Namespace, f.cycle.Pod.Name)
	if !ok || pod.UID != f.cycle.Pod.UID || pod.NodeName != "" {
		return nil
	}
	return pod
}

// patched writes the failure, unless the pod is past it.
func (d *drive) patched(f *failure) {
	if d.patching == f {
		d.patching = nil
	}
	pod := d.waiting(f)
	if pod == nil {
		return
	}
	if changed := f.status(pod); changed != nil {
		// The object is there, so that the write cannot fail.
		_ = d.world.api.Update(changed)
	}
}

// status is the pod with the failure in its status, nil when that says so already.
func (f *failure) status(pod *model.Pod) *model.Pod {
	condition := model.PodCondition{Type: model.PodScheduled, Status: "False", Reason: "Unschedulable",
		Message: f.message, LastTransition: f.at}
	if f.cycle.Err {
		condition.Reason = "SchedulerError"
	}
	nominated := pod.Status.NominatedNodeName
	if f.cycle.Renominate {
		nominated = f.cycle.NominatedNode
	}
	old := pod.Status.Condition(model.PodScheduled)
	if old != nil && old.Status == condition.Status && old.Reason == condition.Reason && old.Message == f.message &&
		pod.Status.NominatedNodeName == nominated {
		return nil
	}
	changed := *pod
	changed.Status.Conditions = pod.Status.WithCondition(condition)
	changed.Status.NominatedNodeName = nominated
	return &changed
}
