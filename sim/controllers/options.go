package controllers

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/heartbeat"
)

// Options says how the controllers of a cluster work.
type Options struct {
	// Disabled are the names of controllers that are not started, as in the registry.
	Disabled []string
	// WriteLatency is the time from a request to the instant at which it is written and answered, in
	// seconds, without the wait for the client's rate limit; nil: DefaultWriteLatency.
	WriteLatency sim.Dist
	// WatchLatency is the time from a write until a controller's informers have it, in seconds; nil:
	// DefaultWatchLatency.
	WatchLatency sim.Dist
	// ClientQPS is how many requests a second each controller may make for long, above 0; 0:
	// DefaultClientQPS.
	ClientQPS float64
	// ClientBurst is how many it may make at once after a rest, at least 1; 0: DefaultClientBurst.
	ClientBurst int
	// WallOffset is how far into a second of the wall clock the run starts: what controllers compare are
	// the whole seconds that objects show.
	WallOffset time.Duration
	// Start is the wall clock at the start of the run, which CronJobs go by; zero: 2026-01-01T00:00:00Z.
	Start time.Time
	// Leases tell which kubelets are heard; nil: all of them, always.
	Leases *heartbeat.Keeper
	// Metrics answers autoscalers; nil: nobody does.
	Metrics Metrics
}

// The limits of a controller's client.
// Source: kubernetes v1.37.2 pkg/controller/apis/config/v1alpha1/defaults.go
// RecommendedDefaultGenericControllerManagerConfiguration; client-go kubernetes/clientset.go NewForConfig
// (a limiter for each clientset, and each controller has one of its own).
const (
	DefaultClientQPS   = 20
	DefaultClientBurst = 30
)

// DefaultWriteLatency and DefaultWatchLatency are those of a small cluster at rest: a controller answers a
// write after 5 to 15 ms. Read from timelines of a control plane on two cores, where a controller's write
// follows the one it answers after 5 ms in the middle and 18 ms at the most.
var (
	DefaultWriteLatency = latency(4, 20)
	DefaultWatchLatency = latency(2, 12)
)

// latency is a lognormal distribution by its median and 99th percentile in milliseconds.
func latency(median, p99 float64) sim.Dist {
	family, _ := sim.Distribution("lognormal")
	d, err := family.New(map[string]float64{"median": median / 1000, "p99": p99 / 1000})
	if err != nil {
		panic("controllers: " + err.Error())
	}
	return d
}

// withDefaults fills in what is not said.
func (o Options) withDefaults() Options {
	if o.WriteLatency == nil {
		o.WriteLatency = DefaultWriteLatency
	}
	if o.WatchLatency == nil {
		o.WatchLatency = DefaultWatchLatency
	}
	if o.ClientQPS == 0 {
		o.ClientQPS = DefaultClientQPS
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.ClientBurst == 0 {
		o.ClientBurst = DefaultClientBurst
	}
	return o
}
