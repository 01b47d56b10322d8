package record

import (
	"time"

	"towtank.dev/towtank/sim"
)

// podColumns are the columns of pods.csv.
var podColumns = []column[PodRow]{
	textColumn("namespace", "namespace of the pod", func(r *PodRow) *string { return &r.Namespace }),
	textColumn("name", "name of the pod", func(r *PodRow) *string { return &r.Name }),
	textColumn("uid", "unique among all pods of the run, also those of one name", func(r *PodRow) *string { return &r.UID }),
	textColumn("owner_kind", "kind of the controlling owner", func(r *PodRow) *string { return &r.OwnerKind }).
		emptyWhen("the pod has no owner"),
	textColumn("owner_name", "name of the controlling owner", func(r *PodRow) *string { return &r.OwnerName }).
		emptyWhen("the pod has no owner"),
	intColumn("priority", "", "spec.priority after admission", func(r *PodRow) *int32 { return &r.Priority }),
	textColumn("scheduler", "spec.schedulerName", func(r *PodRow) *string { return &r.Scheduler }),
	coresColumn("cpu_cores", "effective CPU request, as the scheduler counts it", func(r *PodRow) *int64 { return &r.MilliCPU }),
	intColumn("memory_bytes", "bytes", "effective memory request", func(r *PodRow) *int64 { return &r.Memory }),
	amountsColumn("extended", "effective requests of extended resources, as name=amount separated by semicolons", func(r *PodRow) *[]Amount { return &r.Extended }).
		emptyWhen("there are none"),
	textColumn("node", "node the pod was bound to", func(r *PodRow) *string { return &r.Node }).
		emptyWhen("the pod was never bound"),
	textColumn("phase", "last status.phase: Pending, Running, Succeeded or Failed", func(r *PodRow) *string { return &r.Phase }),
	boolColumn("gone", "whether the object was deleted before the end of the run", func(r *PodRow) *bool { return &r.Gone }),
	intColumn("exit_code", "", "exit code of the first container that ended with another than 0, else 0", func(r *PodRow) *int32 { return &r.ExitCode }),
	textColumn("reason", "status.reason, such as Evicted", func(r *PodRow) *string { return &r.Reason }).
		emptyWhen("the status has none"),
	instantColumn("created", "the object was created; negative for pods older than the run", func(r *PodRow) *sim.Time { return &r.Created }),
	instantColumn("first_tried", "the first scheduling attempt began", func(r *PodRow) *sim.Time { return &r.Tried }).
		emptyWhen("the scheduler never tried it"),
	instantColumn("scheduled", "the binding was written", func(r *PodRow) *sim.Time { return &r.Scheduled }).
		emptyWhen("it was not bound during the run"),
	instantColumn("started", "the first container ran for the first time", func(r *PodRow) *sim.Time { return &r.Started }).
		emptyWhen("none did"),
	instantColumn("ready", "the Ready condition was True for the first time", func(r *PodRow) *sim.Time { return &r.Ready }).
		emptyWhen("it never was"),
	instantColumn("ended", "a terminal phase was reached, or the object was gone", func(r *PodRow) *sim.Time { return &r.Ended }).
		emptyWhen("the pod was there at the end of the run"),
	betweenColumn("wait_seconds", "scheduled − created", func(r *PodRow) (sim.Time, sim.Time) { return waitEnds(r) }).
		emptyWhen("the scheduler did not place the pod"),
	betweenColumn("start_seconds", "started − scheduled", func(r *PodRow) (sim.Time, sim.Time) { return r.Scheduled, r.Started }).
		emptyWhen("either is"),
	betweenColumn("ready_seconds", "ready − started", func(r *PodRow) (sim.Time, sim.Time) { return r.Started, r.Ready }).
		emptyWhen("either is"),
	betweenColumn("run_seconds", "ended − started", func(r *PodRow) (sim.Time, sim.Time) { return r.Started, r.Ended }).
		emptyWhen("either is"),
	intColumn("attempts", "", "scheduling attempts", func(r *PodRow) *int32 { return &r.Attempts }),
	intColumn("restarts", "", "container restarts, all containers together", func(r *PodRow) *int32 { return &r.Restarts }),
	intColumn("preemptions", "", "times the pod was preempted, 0 or 1", func(r *PodRow) *int32 { return &r.Preemptions }),
	spanColumn("not_ready_seconds", "time without Ready after it had been ready, until its deletion, its end or that of the run", func(r *PodRow) *time.Duration { return &r.NotReadyFor }),
	textColumn("disruption", "reason of its DisruptionTarget condition: EvictionByEvictionAPI, DeletionByTaintManager, PreemptionByScheduler, TerminationByKubelet, ...",
		func(r *PodRow) *string { return &r.Disruption }).
		emptyWhen("nothing disrupted it"),
	textColumn("not_ready_why", "why a pod on a node is not ready when the run ends: reason and message of the last warning event about it since it was bound", func(r *PodRow) *string { return &r.NotReadyWhy }).
		emptyWhen("it is ready, has ended, is on no node, or nothing warned of it"),
	textColumn("message", "the scheduler's message of the last failed attempt", func(r *PodRow) *string { return &r.Message }).
		emptyWhen("no attempt failed"),
}

// waitEnds gives the ends of a pod's wait: Never for a pod that was bound without the scheduler.
func waitEnds(r *PodRow) (from, to sim.Time) {
	if r.Tried == sim.Never {
		return sim.Never, sim.Never
	}
	return r.Created, r.Scheduled
}

// Wait is how long the pod waited from its creation to its binding; ok is false when the scheduler
// did not place it.
func (r *PodRow) Wait() (wait time.Duration, ok bool) {
	from, to := waitEnds(r)
	if from == sim.Never || to == sim.Never {
		return 0, false
	}
	return to.Sub(from), true
}
