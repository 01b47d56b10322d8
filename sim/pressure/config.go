package pressure

import (
	"slices"
	"strconv"
	"time"

	"towtank.dev/towtank/model"
)

// Signal is what a kubelet watches of its node.
type Signal uint8

// The signals. Inodes and processes are not modelled.
const (
	MemoryAvailable Signal = iota
	AllocatableMemoryAvailable
	NodeFsAvailable
	ImageFsAvailable
	signals
)

var signalNames = [signals]string{"memory.available", "allocatableMemory.available", "nodefs.available", "imagefs.available"}

// String is the signal's name in the kubelet's configuration.
func (s Signal) String() string { return signalNames[s] }

// SignalOf is the signal of that name, of those that can be configured.
func SignalOf(name string) (Signal, bool) {
	i := slices.Index(signalNames[:], name)
	return Signal(max(i, 0)), i >= 0 && Signal(i) != AllocatableMemoryAvailable
}

// SignalNames are the names that SignalOf knows.
func SignalNames() []string {
	return []string{MemoryAvailable.String(), NodeFsAvailable.String(), ImageFsAvailable.String()}
}

// resource is what pods are evicted for when a signal is low.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go signalToResource.
func (s Signal) resource() string {
	if s == MemoryAvailable || s == AllocatableMemoryAvailable {
		return "memory"
	}
	return "ephemeral-storage"
}

// condition is the node condition that a low signal makes true.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go signalToNodeCondition.
func (s Signal) condition() condition {
	if s.resource() == "memory" {
		return memoryPressure
	}
	return diskPressure
}

// Threshold is met while less of something is available than it says.
type Threshold struct {
	Signal Signal
	// Bytes or, when Bytes is 0, Share of the capacity, from 0 to 1.
	Bytes int64
	Share float64
	// Hard: pods are evicted at once and with next to no grace. Otherwise the threshold must be met for Grace.
	Hard  bool
	Grace time.Duration
	// MinReclaim is how many bytes more must be available before a threshold that was met is not any more.
	MinReclaim int64
}

// String is what the threshold says, as in the kubelet's configuration, with the grace of a soft one.
func (t *Threshold) String() string {
	text := quantity(t.Bytes)
	if t.Bytes == 0 {
		text = strconv.FormatFloat(100*t.Share, 'g', 6, 64) + "%"
	}
	if !t.Hard {
		text += " for " + t.Grace.String()
	}
	if t.MinReclaim > 0 {
		text += ", reclaiming " + quantity(t.MinReclaim)
	}
	return text
}

// quantity is how much must be available.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/api/types.go GetThresholdQuantity.
func (t *Threshold) quantity(capacity int64) int64 {
	if t.Bytes > 0 {
		return t.Bytes
	}
	return int64(float64(capacity) * float64(float32(t.Share)))
}

// Config says when a kubelet evicts.
type Config struct {
	Thresholds []Threshold
	// Transition is how long a condition stays true after it was last observed.
	Transition time.Duration
	// MaxGrace is the longest grace of a pod that is evicted for a soft threshold, in seconds.
	MaxGrace int64
}

// OfNodes says when the kubelets of some nodes evict.
type OfNodes struct {
	Match  func(n *model.Node) bool
	Config Config
}

// DefaultConfig is that of a kubelet that nobody has configured.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/v1beta1/defaults.go EvictionPressureTransitionPeriod,
// defaults_linux.go DefaultEvictionHard.
func DefaultConfig() Config {
	return Config{Transition: 5 * time.Minute, Thresholds: []Threshold{
		{Signal: MemoryAvailable, Bytes: 100 << 20, Hard: true},
		{Signal: NodeFsAvailable, Share: 0.10, Hard: true},
		{Signal: ImageFsAvailable, Share: 0.15, Hard: true},
	}}
}

// withAllocatable adds the threshold for what all pods together may have, which is as large as the hard one
// for memory.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go addAllocatableThresholds.
func (c Config) withAllocatable() *Config {
	list := append([]Threshold(nil), c.Thresholds...)
	for _, t := range c.Thresholds {
		if t.Signal == MemoryAvailable && t.Hard {
			t.Signal = AllocatableMemoryAvailable
			list = append(list, t)
		}
	}
	c.Thresholds = list
	return &c
}

// hardMemory is the hard threshold for memory, in bytes, 0 without one.
func (c *Config) hardMemory(capacity int64) int64 {
	for i := range c.Thresholds {
		if t := &c.Thresholds[i]; t.Signal == MemoryAvailable && t.Hard {
			return t.quantity(capacity)
		}
	}
	return 0
}

// The times of the eviction manager.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go evictionMonitoringPeriod;
// pkg/kubelet/eviction/eviction_manager.go podCleanupTimeout, podCleanupPollFreq,
// immediateEvictionGracePeriodSeconds.
const (
	monitoringPeriod = 10 * time.Second
	cleanupTimeout   = 30 * time.Second
	cleanupPoll      = time.Second
	immediateGrace   = 1
)
