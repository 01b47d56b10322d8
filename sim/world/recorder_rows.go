package world

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// writePod writes a pod's row.
func (r *recorder) writePod(l *life, gone bool) {
	r.writeStarts(l)
	l.unready.stop(r.world.engine.Now())
	row := l.row()
	row.Gone = gone
	if !gone {
		row.NotReadyWhy = r.notReadyWhy(l)
	}
	for _, s := range r.sinks {
		s.Pod(row)
	}
}

// row is the pod's row of the record.
func (l *life) row() *record.PodRow {
	pod, s := l.pod, &l.pod.Status
	row := &record.PodRow{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID, Priority: pod.Spec.Priority,
		Scheduler: pod.Spec.SchedulerName, MilliCPU: l.need.all[cpu], Memory: l.need.all[memory],
		Extended: l.need.extended, Node: pod.NodeName, Phase: string(s.Phase), Created: pod.Created,
		Tried: l.tried, Scheduled: l.scheduled, Started: l.started, Ready: l.ready, Ended: l.ended,
		Attempts: l.attempts, Restarts: l.restarts, Preemptions: l.preemptions, Message: l.message,
		NotReadyFor: l.unready.sum}
	if c := s.Condition(model.DisruptionTarget); c != nil && c.Status == model.ConditionTrue {
		row.Disruption = c.Reason
	}
	if owner := pod.Controller(); owner != nil {
		row.OwnerKind, row.OwnerName = owner.Kind, owner.Name
	}
	if pod.Terminal() {
		row.Reason, row.ExitCode = s.Reason, exitCode(s)
	}
	return row
}

// notReadyWhy is what was last warned of about a pod that is on a node and not ready, since it came there.
func (r *recorder) notReadyWhy(l *life) string {
	if l.pod.NodeName == "" || l.pod.Terminal() || l.isReady {
		return ""
	}
	e := r.world.api.Events.LastWarning(l.pod.UID)
	if e == nil || l.scheduled != sim.Never && e.Last < l.scheduled {
		return ""
	}
	return e.Reason + ": " + e.Message
}

// exitCode is that of the container that ended first of those that failed, 0 when none did.
func exitCode(s *model.PodStatus) int32 {
	code, at := int32(0), sim.Never
	for _, list := range [2][]model.ContainerStatus{s.InitContainers, s.Containers} {
		for i := range list {
			if st := &list[i].State; st.Kind == model.ContainerTerminated && st.ExitCode != 0 && st.Finished < at {
				code, at = st.ExitCode, st.Finished
			}
		}
	}
	return code
}

// lastEnd is when the last container of a pod that ended before the run did.
func lastEnd(s *model.PodStatus, created sim.Time) sim.Time {
	end := created
	for i := range s.Containers {
		if st := &s.Containers[i].State; st.Kind == model.ContainerTerminated {
			end = max(end, st.Finished)
		}
	}
	return end
}
