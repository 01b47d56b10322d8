package record

import (
	"time"

	"towtank.dev/towtank/sim"
)

// A run leaves one record: a header when it begins, rows while it runs, a footer when it ends. Rows
// come in the order in which things happened; instants that did not happen are sim.Never.

// Sink receives the record of a run. A sink keeps the first error it meets and returns it from End;
// the run goes on to its end so that other sinks are complete.
type Sink interface {
	Begin(*Header)
	Pod(*PodRow)
	Node(*NodeRow)
	Container(*ContainerRow)
	Workload(*WorkloadRow)
	Service(*ServiceRow)
	Volume(*VolumeRow)
	Attempt(*AttemptRow)
	Event(*EventRow)
	Sample(*Sample)
	End(*Footer) error
}

// Header is what is known of a run before it starts.
type Header struct {
	Version      string
	Name         string
	Description  string
	Seed         uint64
	ScenarioHash string // hex SHA-256 of the scenario and the files it refers to
	Start        time.Time
	Duration     time.Duration // planned; 0 when the run goes on until idle without a limit
	UntilIdle    bool
	Parameters   []Parameter // every effective parameter, in a fixed order
	// Extended names the extended resources of the run's nodes, sorted: they get columns in series.csv.
	Extended []string
}

// Parameter is one effective parameter of a run, as text.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// PodRow is the life of one pod. It comes when the pod is gone or has ended, or at the end of the run.
type PodRow struct {
	Namespace, Name, UID string
	OwnerKind, OwnerName string
	Priority             int32
	Scheduler            string
	MilliCPU, Memory     int64 // requested: millicores, bytes
	Extended             []Amount
	Node                 string
	Phase                string // last phase; Pending, Running, Succeeded, Failed
	Gone                 bool   // the object was deleted
	ExitCode             int32  // of the first container that ended non-zero, else 0
	Reason               string // status.reason
	Created              sim.Time
	Tried                sim.Time // first scheduling attempt
	Scheduled            sim.Time
	Started              sim.Time // first container running
	Ready                sim.Time // first Ready=True
	Ended                sim.Time // terminal phase, or object gone
	Attempts             int32
	Restarts             int32
	Preemptions          int32  // times this pod was preempted (0 or 1)
	Message              string // scheduler's message of the last failed attempt; empty when never failed
	// NotReadyFor is the time without Ready after it had been ready, until its deletion or end.
	NotReadyFor time.Duration
	// Disruption is the reason of its DisruptionTarget condition, such as EvictionByEvictionAPI.
	Disruption string
	// NotReadyWhy says why it is on a node and not ready at the end of the run, as reason and message of the last
	// warning since it came there; empty when there is none.
	NotReadyWhy string
}

// Amount is a quantity of a named resource in whole units.
type Amount struct {
	Name  string
	Value int64
}

// NodeRow is the life of one node, at its removal or at the end of the run. Means are weighted by time.
type NodeRow struct {
	Name, Zone       string
	MilliCPU, Memory int64 // allocatable, at the end
	PodLimit         int64
	Extended         []Amount
	Created, Removed sim.Time
	MeanMilliCPU     float64 // requested, mean over the node's life
	MeanMemory       float64
	MeanPods         float64
	PeakMilliCPU     int64
	PeakMemory       int64
	PeakPods         int64
	PodsStarted      int64         // pods bound to it during the run
	ReadyFor         time.Duration // time with Ready=True
	NotReadyFor      time.Duration
	UnschedulableFor time.Duration // time cordoned
	PressureFor      time.Duration // time with any pressure condition
}

// AttemptRow is one scheduling attempt.
type AttemptRow struct {
	At             sim.Time
	Namespace, Pod string
	Attempt        int32    // 1, 2, ... for this pod
	Result         string   // scheduled, unschedulable, error, bind-failed
	Node           string   // chosen or nominated
	Feasible       int32    // nodes found feasible
	Evaluated      int32    // nodes looked at
	Plugins        []string // rejecting plugins, sorted
	Message        string
}

// EventRow is one Kubernetes event with its final count.
type EventRow struct {
	First, Last       sim.Time
	Count             int32
	Type, Reason      string
	Kind              string
	Namespace, Object string
	Source            string
	Message           string
}

// Sample is the cluster at one instant.
type Sample struct {
	At                                    sim.Time
	Nodes, ReadyNodes                     int64
	Pods, Pending, Running, Ready, Ended  int64   // Pods: objects there; Ended: terminal, counted since the start
	Active, Backoff, Unschedulable, Gated int64   // the scheduler's queue
	Resources                             []Usage // cpu, memory, pods, then Header.Extended
}

// Usage is a resource over all nodes. CPU is in millicores, memory in bytes.
type Usage struct {
	Name                   string
	Requested, Allocatable int64
}

// Footer is what is known when the run has ended.
type Footer struct {
	End         sim.Time
	Interrupted bool   // stopped from outside before its end
	Idle        bool   // ended because nothing was left to happen
	Events      uint64 // simulation events processed
	Fingerprint string
	Totals      []ResourceTotal
	Nodes       Extremes // number of nodes over time
	// Used is the number of nodes with at least one pod that has not ended, over time.
	Used  Extremes
	Queue Extremes // pods waiting to be scheduled over time
	// Notes are things the person should know: what was counted and not modelled, what was refused at run time.
	Notes []Note
}

// ResourceTotal integrates a resource over the run, all nodes together. CPU in core·seconds.
type ResourceTotal struct {
	Name        string
	Requested   float64 // integral over time of the requests of pods on nodes
	Allocatable float64 // integral over time of what nodes offer
	PeakShare   float64 // largest requested/allocatable at any instant, 0–1 (above 1 when overcommitted)
	PeakAt      sim.Time
}

// Extremes of a count over the run; Mean is weighted by time.
type Extremes struct {
	Min, Max int64
	Mean     float64
}

// Note is a remark with how often it applies.
type Note struct {
	Text  string
	Count int64
}
