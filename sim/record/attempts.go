package record

import "towtank.dev/towtank/sim"

// attemptColumns are the columns of attempts.csv.
var attemptColumns = []column[AttemptRow]{
	instantColumn("time", "the attempt began", func(r *AttemptRow) *sim.Time { return &r.At }),
	textColumn("namespace", "namespace of the pod", func(r *AttemptRow) *string { return &r.Namespace }),
	textColumn("pod", "name of the pod", func(r *AttemptRow) *string { return &r.Pod }),
	intColumn("attempt", "", "1 for the pod's first attempt, then 2, 3, ...", func(r *AttemptRow) *int32 { return &r.Attempt }),
	textColumn("result", "scheduled, unschedulable, error or bind-failed", func(r *AttemptRow) *string { return &r.Result }),
	textColumn("node", "node chosen, or nominated by preemption", func(r *AttemptRow) *string { return &r.Node }).
		emptyWhen("there is neither"),
	intColumn("feasible", "", "nodes that passed every filter", func(r *AttemptRow) *int32 { return &r.Feasible }),
	intColumn("evaluated", "", "nodes that were looked at; sampling stops early in large clusters", func(r *AttemptRow) *int32 { return &r.Evaluated }),
	listColumn("plugins", "plugins that rejected nodes or the pod, sorted, separated by semicolons", func(r *AttemptRow) *[]string { return &r.Plugins }).
		emptyWhen("none did"),
	textColumn("message", "the message of the attempt, as in the pod's PodScheduled condition", func(r *AttemptRow) *string { return &r.Message }).
		emptyWhen("the attempt succeeded"),
}
