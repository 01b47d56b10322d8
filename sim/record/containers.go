package record

import (
	"time"

	"towtank.dev/towtank/sim"
)

// ContainerRow is one start of a container. It comes when the container has ended or its pod is gone, or at the
// end of the run.
type ContainerRow struct {
	Namespace, Pod, UID string // of the pod
	Container           string
	Role                string // regular, init, sidecar
	Restart             int32  // 0 for the first start
	Image               string
	Node                string
	Waiting             sim.Time      // the pod was bound, or the start before had ended
	Pull                time.Duration // time its image was pulled since then
	Pulled              bool          // its image was pulled, and not there already
	Created             sim.Time
	Started             sim.Time
	Ready               sim.Time // first ready in this start
	Ended               sim.Time
	ExitCode            int32
	Reason              string
	// HeldBack is how long it waited after the start before had ended, less the pull.
	HeldBack time.Duration
}

// containerColumns are the columns of containers.csv.
var containerColumns = []column[ContainerRow]{
	textColumn("namespace", "namespace of the pod", func(r *ContainerRow) *string { return &r.Namespace }),
	textColumn("pod", "name of the pod", func(r *ContainerRow) *string { return &r.Pod }),
	textColumn("uid", "that of the pod, as in pods.csv", func(r *ContainerRow) *string { return &r.UID }),
	textColumn("container", "name of the container", func(r *ContainerRow) *string { return &r.Container }),
	textColumn("role", "regular, init or sidecar", func(r *ContainerRow) *string { return &r.Role }),
	intColumn("restart", "", "0 for the first start of the container, then 1, 2, ...", func(r *ContainerRow) *int32 { return &r.Restart }),
	textColumn("image", "image of the container", func(r *ContainerRow) *string { return &r.Image }),
	textColumn("node", "node of the pod", func(r *ContainerRow) *string { return &r.Node }),
	instantColumn("waiting", "it began to wait for this start: the pod was bound, or the start before had ended", func(r *ContainerRow) *sim.Time { return &r.Waiting }).
		emptyWhen("it ran when the run began"),
	boolColumn("pulled", "whether its image was pulled for this start, and not there already", func(r *ContainerRow) *bool { return &r.Pulled }),
	spanColumn("pull_seconds", "from Pulling to Pulled, waiting for other pulls included; failed tries count too", func(r *ContainerRow) *time.Duration { return &r.Pull }),
	instantColumn("created", "the runtime had made the container", func(r *ContainerRow) *sim.Time { return &r.Created }).
		emptyWhen("that was not told of"),
	instantColumn("started", "it ran", func(r *ContainerRow) *sim.Time { return &r.Started }),
	instantColumn("ready", "it was ready for the first time in this start", func(r *ContainerRow) *sim.Time { return &r.Ready }).
		emptyWhen("it never was"),
	instantColumn("ended", "it ended, or its pod was gone", func(r *ContainerRow) *sim.Time { return &r.Ended }).
		emptyWhen("it ran at the end of the run"),
	intColumn("exit_code", "", "its exit code, 0 while it runs", func(r *ContainerRow) *int32 { return &r.ExitCode }),
	textColumn("reason", "why it ended, such as Completed, Error or OOMKilled", func(r *ContainerRow) *string { return &r.Reason }).
		emptyWhen("it runs, or its pod was gone before that was told"),
	betweenColumn("waited_seconds", "started − waiting", func(r *ContainerRow) (sim.Time, sim.Time) { return r.Waiting, r.Started }).
		emptyWhen("waiting is"),
	spanColumn("back_off_seconds", "started − waiting − pull_seconds for a restart, 0 for the first start", func(r *ContainerRow) *time.Duration { return &r.HeldBack }),
	betweenColumn("ready_seconds", "ready − started", func(r *ContainerRow) (sim.Time, sim.Time) { return r.Started, r.Ready }).
		emptyWhen("ready is"),
	betweenColumn("run_seconds", "ended − started", func(r *ContainerRow) (sim.Time, sim.Time) { return r.Started, r.Ended }).
		emptyWhen("ended is"),
}

// unstarted is a start of a container of which nothing is known.
var unstarted = ContainerRow{Waiting: sim.Never, Created: sim.Never, Started: sim.Never, Ready: sim.Never, Ended: sim.Never}
