package world

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/faults"
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/pressure"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/traffic"
	"towtank.dev/towtank/sim/usage"
	"towtank.dev/towtank/sim/verbs"
)

// Config is everything a run depends on: two equal configs leave equal records. It is read-only for
// the run, so that many runs (seeds, policies) share one.
type Config struct {
	Name         string
	Description  string
	Version      string
	ScenarioHash string
	Seed         uint64
	Start        time.Time
	// Duration is how long the run lasts; with UntilIdle it is the limit, 0 for none.
	Duration  time.Duration
	UntilIdle bool

	// Objects exist at t = 0, in the order of the files.
	Objects []model.Object
	// Behaviours in order of precedence.
	Behaviours []kubelet.Behaviour
	// Annotations reads the behaviours that a pod's own annotations give; nil: they are not looked at.
	Annotations func(pod *model.Pod) ([]kubelet.Behaviour, error)
	// Images says what images, registries and nodes' disks are like; nil: every image is on every node.
	Images *images.Config
	// Timeline in order of time; entries of one instant in the order of the file.
	Timeline []Entry
	// Faults strike at random.
	Faults []Fault
	// Arrivals bring pods one after another (generators and traces).
	Arrivals []Arrivals

	Scheduler Scheduler
	// Kubelet are the timers of the kubelets; nil: the real one's.
	Kubelet *kubelet.Timers
	// KubeletNodes and EvictionNodes are the kubelets that are set otherwise; the first entry counts that
	// matches a node.
	KubeletNodes  []kubelet.OfNodes
	EvictionNodes []pressure.OfNodes
	// StaticPods are those that kubelets have files of.
	StaticPods []kubelet.StaticPod
	// Eviction says when kubelets evict pods because their node is short of something; nil: as the real one.
	Eviction *pressure.Config
	// WatchLatency is the time from a write to its delivery, per watcher, in order. Default: none.
	WatchLatency sim.Dist
	// Patch makes the object that a strategic merge patch, in JSON, makes of one, as the API server would.
	Patch func(old model.Object, patch []byte) (model.Object, error)
	// ControlPlane says how the controllers work; WallOffset is filled in.
	ControlPlane controllers.Options
	// Metrics are those that autoscalers may go by beside what containers use.
	Metrics []usage.Series

	// Traffic is what comes to Services; nil: nothing.
	Traffic *traffic.Config

	// TerminatedPods is how many pods that have ended are kept as objects before the oldest are deleted;
	// 0: DefaultTerminatedPods.
	TerminatedPods int

	// Sample is the period of series.csv; 0 samples at every change.
	Sample time.Duration
	// Parameters are the effective parameters as text, for the record.
	Parameters []record.Parameter
	// Notes are remarks of the reader (what was counted and ignored), passed on to the record.
	Notes []record.Note
	// Extended names the extended resources of all nodes known beforehand, sorted.
	Extended []string
}

// DefaultTerminatedPods is how many ended pods a cluster keeps.
// Source: kubernetes v1.37.2 pkg/controller/podgc/config/v1alpha1/defaults.go TerminatedPodGCThreshold.
const DefaultTerminatedPods = 12500

// Scheduler says how the scheduler of the run is configured.
type Scheduler struct {
	// Config is nil for kube-scheduler's defaults. Each run completes a copy of its own.
	Config *config.Configuration
	// Plugins are those that the configuration may enable; nil: kube-scheduler's own.
	Plugins *plugins.Registry
	// TieBreak is "upstream", "random" or "name".
	TieBreak string
	// DecisionLatency is the simulated time one cycle takes, BindLatency from decision to binding written (seconds).
	DecisionLatency sim.Dist
	BindLatency     sim.Dist
	// PatchLatency is the time until a failed attempt is written to the pod's status, where that changes
	// (seconds). The scheduler makes no other attempt before. Nil: none.
	PatchLatency sim.Dist
}

// Entry is one verb of the timeline.
type Entry struct {
	At    sim.Time
	Place string // file:line:column
	Verb  verbs.Verb
}

// Fault is a fault that strikes again and again.
type Fault struct {
	Place string // keys its draws
	Fault faults.Recurring
	Every sim.Dist // time until it strikes, seconds
}

// Arrivals yields pods in order of time. A new iterator starts at the beginning for every run, so that
// runs share nothing. Next is asked for one pod ahead only: memory does not grow with its length.
type Arrivals interface {
	// Open starts the sequence for one run.
	Open(seed uint64) (ArrivalSeq, error)
}

// ArrivalSeq is one pass over arrivals.
type ArrivalSeq interface {
	// Next returns the next arrival; ok is false after the last one. Times never go back.
	Next() (a Arrival, ok bool, err error)
	// Notes are what was counted and left out (rows by reason), complete after the last Next.
	Notes() []record.Note
	Close() error
}

// Arrival is a pod that comes at an instant. Name and UID may be empty: admission generates them.
type Arrival struct {
	At  sim.Time
	Pod *model.Pod
	// AfterPrevious makes the pod come when the previous one of this sequence has had its first
	// scheduling attempt (replay "order"); At is then ignored.
	AfterPrevious bool
	// Run, when not nil, fixes how long the pod's containers run (seconds; +Inf: for ever), before any
	// behaviour.
	Run *float64
}
