package record

import (
	"time"

	"towtank.dev/towtank/sim"
)

// WorkloadRow is the life of one Deployment, StatefulSet, DaemonSet or Job, at its deletion or at the end of
// the run.
type WorkloadRow struct {
	Kind, Namespace, Name, UID string
	Created, Gone              sim.Time
	Wanted, Available          int32 // at the end
	// WantedIntegral and AvailableIntegral are pods times seconds; of available pods no more count at a time
	// than are wanted.
	WantedIntegral, AvailableIntegral float64
	BelowFor                          time.Duration // time with fewer available pods than wanted
	Rollouts                          int32         // begun
	RolloutFor                        time.Duration // time under way, all of them together
	LongestRollout                    time.Duration
	RollingOut                        bool  // at the end
	Surge                             int32 // pods above the wanted number, at most
	Succeeded, Failed                 int32 // pods of a Job
	Completed                         sim.Time
}

// workloadColumns are the columns of workloads.csv.
var workloadColumns = []column[WorkloadRow]{
	textColumn("kind", "Deployment, StatefulSet, DaemonSet or Job", func(r *WorkloadRow) *string { return &r.Kind }),
	textColumn("namespace", "its namespace", func(r *WorkloadRow) *string { return &r.Namespace }),
	textColumn("name", "its name", func(r *WorkloadRow) *string { return &r.Name }),
	textColumn("uid", "unique among all of the run, also those of one name", func(r *WorkloadRow) *string { return &r.UID }),
	instantColumn("created", "the object was created", func(r *WorkloadRow) *sim.Time { return &r.Created }),
	instantColumn("gone", "the object was deleted", func(r *WorkloadRow) *sim.Time { return &r.Gone }).
		emptyWhen("it was there at the end of the run"),
	intColumn("wanted", "", "pods wanted at the end: replicas, nodes that should have a pod, or a Job's parallelism until it has finished", func(r *WorkloadRow) *int32 { return &r.Wanted }),
	intColumn("available", "", "pods available at the end, as its status says; ready ones of a Job", func(r *WorkloadRow) *int32 { return &r.Available }),
	meanColumn("wanted_integral", "s", "pods wanted, summed over time", 6, 0, func(r *WorkloadRow) *float64 { return &r.WantedIntegral }),
	meanColumn("available_integral", "s", "pods available, at most as many as wanted, summed over time", 6, 0, func(r *WorkloadRow) *float64 { return &r.AvailableIntegral }),
	shareColumn("availability", "available_integral / wanted_integral", func(r *WorkloadRow) (float64, float64) { return r.AvailableIntegral, r.WantedIntegral }).
		emptyWhen("none was ever wanted"),
	spanColumn("below_seconds", "time with fewer pods available than wanted", func(r *WorkloadRow) *time.Duration { return &r.BelowFor }),
	intColumn("rollouts", "", "rollouts begun: the first one, and one for each change of the pod template that found none under way", func(r *WorkloadRow) *int32 { return &r.Rollouts }),
	spanColumn("rollout_seconds", "time with a rollout under way: from the change until all wanted pods are updated and available and no other is left", func(r *WorkloadRow) *time.Duration { return &r.RolloutFor }),
	spanColumn("longest_rollout_seconds", "the longest of them, one under way at the end included", func(r *WorkloadRow) *time.Duration { return &r.LongestRollout }),
	boolColumn("rolling_out", "whether a rollout was under way at the end", func(r *WorkloadRow) *bool { return &r.RollingOut }),
	intColumn("surge", "", "pods above the wanted number, at most at one time, as its status says", func(r *WorkloadRow) *int32 { return &r.Surge }),
	intColumn("succeeded", "", "pods of a Job that succeeded", func(r *WorkloadRow) *int32 { return &r.Succeeded }),
	intColumn("failed", "", "pods of a Job that failed", func(r *WorkloadRow) *int32 { return &r.Failed }),
	instantColumn("completed", "a Job was complete", func(r *WorkloadRow) *sim.Time { return &r.Completed }).
		emptyWhen("it was not, or this is no Job"),
	betweenColumn("took_seconds", "completed − created", func(r *WorkloadRow) (sim.Time, sim.Time) { return r.Created, r.Completed }).
		emptyWhen("completed is"),
}

// unchanged is a workload of which nothing is known.
var unchanged = WorkloadRow{Created: sim.Never, Gone: sim.Never, Completed: sim.Never}
