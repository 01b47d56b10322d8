package record

import (
	"time"

	"towtank.dev/towtank/sim"
)

// nodeColumns are the columns of nodes.csv. Means are weighted by time over the node's life within
// the run.
var nodeColumns = []column[NodeRow]{
	textColumn("name", "name of the node", func(r *NodeRow) *string { return &r.Name }),
	textColumn("zone", "label topology.kubernetes.io/zone", func(r *NodeRow) *string { return &r.Zone }).
		emptyWhen("the node has no zone"),
	coresColumn("cpu_cores", "allocatable CPU, at the end", func(r *NodeRow) *int64 { return &r.MilliCPU }),
	intColumn("memory_bytes", "bytes", "allocatable memory, at the end", func(r *NodeRow) *int64 { return &r.Memory }),
	intColumn("pod_limit", "", "allocatable pods, at the end", func(r *NodeRow) *int64 { return &r.PodLimit }),
	amountsColumn("extended", "allocatable extended resources, as name=amount separated by semicolons", func(r *NodeRow) *[]Amount { return &r.Extended }).
		emptyWhen("there are none"),
	instantColumn("created", "the object was created", func(r *NodeRow) *sim.Time { return &r.Created }),
	instantColumn("removed", "the object was deleted", func(r *NodeRow) *sim.Time { return &r.Removed }).
		emptyWhen("the node was there at the end of the run"),
	meanColumn("cpu_requested_mean_cores", "cores", "CPU requested by pods on the node, mean over time", 6, 3, func(r *NodeRow) *float64 { return &r.MeanMilliCPU }),
	meanColumn("memory_requested_mean_bytes", "bytes", "memory requested by pods on the node, mean over time", 0, 0, func(r *NodeRow) *float64 { return &r.MeanMemory }),
	meanColumn("pods_mean", "", "pods on the node that have not ended, mean over time", 6, 0, func(r *NodeRow) *float64 { return &r.MeanPods }),
	coresColumn("cpu_requested_peak_cores", "CPU requested by pods on the node, at most", func(r *NodeRow) *int64 { return &r.PeakMilliCPU }),
	intColumn("memory_requested_peak_bytes", "bytes", "memory requested by pods on the node, at most", func(r *NodeRow) *int64 { return &r.PeakMemory }),
	intColumn("pods_peak", "", "pods on the node that have not ended, at most", func(r *NodeRow) *int64 { return &r.PeakPods }),
	shareColumn("cpu_utilisation", "cpu_requested_mean_cores / cpu_cores", func(r *NodeRow) (float64, float64) { return r.MeanMilliCPU, float64(r.MilliCPU) }).
		emptyWhen("the node offers none"),
	shareColumn("memory_utilisation", "memory_requested_mean_bytes / memory_bytes", func(r *NodeRow) (float64, float64) { return r.MeanMemory, float64(r.Memory) }).
		emptyWhen("the node offers none"),
	intColumn("pods_started", "", "pods bound to the node during the run", func(r *NodeRow) *int64 { return &r.PodsStarted }),
	spanColumn("ready_seconds", "time with the Ready condition True", func(r *NodeRow) *time.Duration { return &r.ReadyFor }),
	spanColumn("not_ready_seconds", "time with the Ready condition False or Unknown", func(r *NodeRow) *time.Duration { return &r.NotReadyFor }),
	spanColumn("unschedulable_seconds", "time with spec.unschedulable (cordoned)", func(r *NodeRow) *time.Duration { return &r.UnschedulableFor }),
	spanColumn("pressure_seconds", "time with any pressure condition True", func(r *NodeRow) *time.Duration { return &r.PressureFor }),
}
