package world

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/record"
)

// workloadUse follows one Deployment, StatefulSet, DaemonSet or Job.
type workloadUse struct {
	row   record.WorkloadRow
	since sim.Time // up to when the row is summed
	// rolling is since when a rollout is under way, Never when none is.
	rolling    sim.Time
	prev, next *workloadUse // as they came
}

// workloadState is what counts of a workload as it is written.
type workloadState struct {
	wanted, available, there int32
	// rolledOut: all that is wanted is updated and available, and nothing else is left.
	rolledOut         bool
	succeeded, failed int32
	completed         *sim.Time
}

// workload takes in a write of a workload.
func (r *recorder) workload(now sim.Time, c apiserver.Change, o model.Object) {
	m := o.Meta()
	w := r.workloads[m.UID]
	if w == nil {
		if c.Type == apiserver.Deleted {
			return
		}
		w = r.addWorkload(now, o)
	}
	w.advance(now)
	if c.Type == apiserver.Deleted {
		w.row.Gone = now
		r.writeWorkload(w)
		return
	}
	state := stateOf(o)
	if c.Type == apiserver.Modified && w.rolling == sim.Never && newTemplate(c.Old, c.New) {
		w.begin(now)
	}
	if w.rolling != sim.Never && state.rolledOut {
		w.finish(now)
	}
	row := &w.row
	row.Wanted, row.Available, row.Succeeded, row.Failed = state.wanted, state.available, state.succeeded, state.failed
	row.Surge = max(row.Surge, state.there-state.wanted)
	if state.completed != nil {
		row.Completed = *state.completed
	}
}

func (r *recorder) addWorkload(now sim.Time, o model.Object) *workloadUse {
	m := o.Meta()
	w := &workloadUse{since: now, rolling: sim.Never, prev: r.lastWorkload, row: record.WorkloadRow{Kind: string(o.Kind()),
		Namespace: m.Namespace, Name: m.Name, UID: m.UID, Created: m.Created, Gone: sim.Never, Completed: sim.Never}}
	if r.lastWorkload == nil {
		r.firstWorkload = w
	} else {
		r.lastWorkload.next = w
	}
	r.lastWorkload = w
	r.workloads[m.UID] = w
	// One that is as it should be when the run begins is not being rolled out.
	if o.Kind() != model.KindJob && !(r.world.api.Loading() && stateOf(o).rolledOut) {
		w.begin(now)
	}
	return w
}

// advance sums up to now.
func (w *workloadUse) advance(now sim.Time) {
	d := now.Sub(w.since)
	w.since = now
	w.row.WantedIntegral += float64(w.row.Wanted) * d.Seconds()
	w.row.AvailableIntegral += float64(min(w.row.Available, w.row.Wanted)) * d.Seconds()
	if w.row.Available < w.row.Wanted {
		w.row.BelowFor += d
	}
}

func (w *workloadUse) begin(now sim.Time) {
	w.rolling = now
	w.row.Rollouts++
}

func (w *workloadUse) finish(now sim.Time) {
	took := now.Sub(w.rolling)
	w.row.RolloutFor += took
	w.row.LongestRollout = max(w.row.LongestRollout, took)
	w.rolling = sim.Never
}

// writeWorkload writes the row and forgets the workload.
func (r *recorder) writeWorkload(w *workloadUse) {
	if w.rolling != sim.Never {
		w.row.RollingOut = true
		w.finish(w.since)
	}
	for _, s := range r.sinks {
		s.Workload(&w.row)
	}
	delete(r.workloads, w.row.UID)
	if w.prev == nil {
		r.firstWorkload = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		r.lastWorkload = w.prev
	} else {
		w.next.prev = w.prev
	}
}

// writeWorkloads writes the rows of those that are there at the end.
func (r *recorder) writeWorkloads(now sim.Time) {
	for r.firstWorkload != nil {
		r.firstWorkload.advance(now)
		r.writeWorkload(r.firstWorkload)
	}
}

// stateOf reads a workload's spec and status. When a rollout is over is as kubectl rollout status has it.
// Source: kubernetes v1.37.2 kubectl pkg/polymorphichelpers/rollout_status.go Status.
func stateOf(o model.Object) workloadState {
	switch o := o.(type) {
	case *model.Deployment:
		s := &o.Status
		return workloadState{wanted: o.Replicas, available: s.AvailableReplicas, there: s.Replicas,
			rolledOut: s.ObservedGeneration >= o.Generation && s.UpdatedReplicas >= o.Replicas && s.Replicas == s.UpdatedReplicas &&
				s.AvailableReplicas >= s.UpdatedReplicas}
	case *model.StatefulSet:
		s := &o.Status
		updated := s.UpdatedReplicas >= o.Replicas-o.UpdateStrategy.Partition || o.UpdateStrategy.Type == model.OnDelete
		return workloadState{wanted: o.Replicas, available: s.AvailableReplicas, there: s.Replicas,
			rolledOut: s.ObservedGeneration >= o.Generation && updated && s.AvailableReplicas >= o.Replicas}
	case *model.DaemonSet:
		s := &o.Status
		updated := s.UpdatedNumberScheduled >= s.DesiredNumberScheduled || o.UpdateStrategy.Type == model.OnDelete
		return workloadState{wanted: s.DesiredNumberScheduled, available: s.NumberAvailable, there: s.CurrentNumberScheduled,
			rolledOut: s.ObservedGeneration >= o.Generation && updated && s.NumberAvailable >= s.DesiredNumberScheduled}
	case *model.Job:
		return stateOfJob(o)
	}
	return workloadState{rolledOut: true}
}

// stateOfJob: a Job wants as many pods at a time as it may have side by side and has completions left for.
func stateOfJob(j *model.Job) workloadState {
	s := workloadState{rolledOut: true, succeeded: j.Status.Succeeded, failed: j.Status.Failed, completed: j.Status.CompletionTime}
	if j.Status.Ready != nil {
		s.available = *j.Status.Ready
	}
	if !j.Finished() && !j.Suspend {
		s.wanted = j.Parallelism
		if j.Completions != nil {
			s.wanted = max(0, min(j.Parallelism, *j.Completions-j.Status.Succeeded))
		}
	}
	return s
}

// newTemplate says whether a write asks for other pods than before.
func newTemplate(old, new model.Object) bool {
	a, b := templateOf(old), templateOf(new)
	return a != b && a != nil && b != nil && !model.SameTemplate(a, b)
}

func templateOf(o model.Object) *model.PodTemplate {
	switch o := o.(type) {
	case *model.Deployment:
		return o.Template
	case *model.StatefulSet:
		return o.Template
	case *model.DaemonSet:
		return o.Template
	}
	return nil
}

// unready sums the time that a pod is not ready after it was.
type unready struct {
	since sim.Time // Never while that is not counted
	sum   time.Duration
}

func (u *unready) stop(now sim.Time) {
	if u.since != sim.Never {
		u.sum += now.Sub(u.since)
		u.since = sim.Never
	}
}
