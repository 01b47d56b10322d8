package kubelet

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/images"
)

// Options says how containers behave and how the kubelets are set.
type Options struct {
	// Behaviours in order of precedence.
	Behaviours []Behaviour
	// Annotations reads the behaviours that a pod's own annotations towtank.dev/<field> give; they come
	// before all others. It is asked once per pod, when its kubelet first sees it; nil: never.
	Annotations func(pod *model.Pod) ([]Behaviour, error)
	// WatchLatency is the time from a write to the kubelet's seeing it; nil: none.
	WatchLatency sim.Dist
	// Note is told of what is counted and not modelled, or cannot be understood; nil: nobody.
	Note func(text string)
	// Images decides how images come to nodes; nil: they are there.
	Images *images.Manager
	// WallOffset is how long after a whole second of the wall clock the run starts: times in statuses are
	// whole seconds.
	WallOffset time.Duration
	// EveryProbe has every call of a probe made, seen or not, as a plain kubelet does.
	EveryProbe bool
	// Start is the wall clock at the start of the run; the zero time: kubelets do not say when they have first
	// seen their static pods.
	Start time.Time
	// StaticPods are those that kubelets have files of, in the order in which they begin.
	StaticPods []StaticPod
	// Timers are the kubelet's; nil: the real one's.
	Timers *Timers
	// Nodes are the kubelets with timers of their own: the first entry that matches a node counts.
	Nodes []OfNodes
}

// OfNodes are the timers of the kubelets of some nodes.
type OfNodes struct {
	// Match says whether a node, as it is when its kubelet begins, has them.
	Match  func(n *model.Node) bool
	Timers Timers
}

// Timers are the periods and times of a kubelet.
type Timers struct {
	// Relist is the time from one relist of the container runtime to the next; 0: what happens in the
	// runtime is seen at once.
	Relist time.Duration
	// Sync is after which time a pod is synced again without a reason; positive.
	Sync time.Duration
	// MaxBackOff is the longest wait between restarts of a container, from 1 s to 300 s.
	MaxBackOff time.Duration
	// Sandbox and Create are what the runtime takes to make a pod's sandbox and to create a container, in
	// seconds; nil: no time.
	Sandbox, Create sim.Dist
	// Attach is what it takes to attach the volume of a claim to the node, Mount to mount one volume when it is
	// attached, in seconds; nil: no time. The volumes of a pod are mounted side by side.
	Attach, Mount sim.Dist
	// Shutdown is how long pods get to stop when their node is shut down, from the least priority to the
	// highest; empty: the kubelet does not notice, and the node goes off with all that runs.
	Shutdown []ShutdownPeriod
	// LateCalls is how often, from 0 to 1, the first call of a probe comes so late that it finds a container
	// which has started at once. It is made when the probe's worker is, before the container is created, and
	// with the 0 of the defaults finds none.
	LateCalls float64
}

// DefaultTimers are those of a kubelet that nobody has configured, on a runtime that answers at once.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go genericPlegRelistPeriod (a relist begins a period
// after the end of the one before, which the recordings show to take 1 ms in all);
// pkg/kubelet/apis/config/v1beta1/defaults.go SyncFrequency; kubelet.go MaxCrashLoopBackOff.
func DefaultTimers() Timers {
	return Timers{Relist: 1001 * time.Millisecond, Sync: time.Minute, MaxBackOff: backOffMax}
}

// The kubelet's fixed periods.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go syncLoop (syncTicker), backOffPeriod;
// pod_workers.go workerResyncIntervalJitterFactor, workerBackOffPeriodJitterFactor.
const (
	tickPeriod    = time.Second
	backOffPeriod = 10 * time.Second
	syncJitter    = 0.5
)
