package pressure

import (
	"slices"
	"strconv"
	"time"

	"towtank.dev/towtank/model"
)

// Signal is what a kubelet watches of its node.
type Signal uint8

// The signals. Those of containerfs are always those of the file system that it is: nodefs or imagefs.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/api/types.go; helpers.go UpdateContainerFsThresholds.
const (
	MemoryAvailable Signal = iota
	AllocatableMemoryAvailable
	NodeFsAvailable
	NodeFsInodesFree
	ImageFsAvailable
	ImageFsInodesFree
	PIDAvailable
	signals
)

var signalNames = [signals]string{"memory.available", "allocatableMemory.available", "nodefs.available", "nodefs.inodesFree",
	"imagefs.available", "imagefs.inodesFree", "pid.available"}

// String is the signal's name in the kubelet's configuration.
func (s Signal) String() string { return signalNames[s] }

// SignalOf is the signal of that name, of those that can be configured.
func SignalOf(name string) (Signal, bool) {
	i := slices.Index(signalNames[:], name)
	return Signal(max(i, 0)), i >= 0 && Signal(i) != AllocatableMemoryAvailable
}

// SignalNames are the names that SignalOf knows.
func SignalNames() (names []string) {
	for s := range signals {
		if s != AllocatableMemoryAvailable {
			names = append(names, s.String())
		}
	}
	return names
}

// The resources that have no name of their own in Kubernetes.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go resourceInodes, resourcePids.
const (
	resourceInodes = "inodes"
	resourcePIDs   = "pids"
)

// resource is what pods are evicted for when a signal is low.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go signalToResource.
func (s Signal) resource() string {
	switch s {
	case MemoryAvailable, AllocatableMemoryAvailable:
		return model.ResourceMemory
	case NodeFsInodesFree, ImageFsInodesFree:
		return resourceInodes
	case PIDAvailable:
		return resourcePIDs
	}
	return model.ResourceEphemeralStorage
}

// unit is in how large pieces what the signal is about is given.
func (s Signal) unit() int64 {
	switch s.resource() {
	case resourceInodes, resourcePIDs:
		return 1
	}
	return page
}

// ofImages says whether the signal is about the file system with the images.
func (s Signal) ofImages() bool { return s == ImageFsAvailable || s == ImageFsInodesFree }

// condition is the node condition that a low signal makes true.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go signalToNodeCondition.
func (s Signal) condition() condition {
	switch s.resource() {
	case model.ResourceMemory:
		return memoryPressure
	case resourcePIDs:
		return pidPressure
	}
	return diskPressure
}

// Threshold is met while less of something is available than it says.
type Threshold struct {
	Signal Signal
	// Bytes (inodes, processes) or, when Bytes is 0, Share of the capacity, from 0 to 1.
	Bytes int64
	Share float64
	// Hard: pods are evicted at once and with next to no grace. Otherwise the threshold must be met for Grace.
	Hard  bool
	Grace time.Duration
	// MinReclaim is how many bytes (inodes, processes) more must be available before a threshold that was met is not any more.
	MinReclaim int64
}

// String is what the threshold says, as in the kubelet's configuration, with the grace of a soft one.
func (t *Threshold) String() string {
	text := t.said(t.Bytes)
	if t.Bytes == 0 {
		text = strconv.FormatFloat(100*t.Share, 'g', 6, 64) + "%"
	}
	if !t.Hard {
		text += " for " + t.Grace.String()
	}
	if t.MinReclaim > 0 {
		text += ", reclaiming " + t.said(t.MinReclaim)
	}
	return text
}

// said writes an amount that somebody has given.
func (t *Threshold) said(amount int64) string {
	if t.Signal.unit() == 1 {
		return number(amount)
	}
	return quantity(amount)
}

// text is how much must be available, as messages have it: parts of a capacity are always in powers of 1024.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/api/types.go GetThresholdQuantity.
func (t *Threshold) text(capacity int64) string {
	if t.Bytes > 0 {
		return t.said(t.Bytes)
	}
	return quantity(t.quantity(capacity))
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
	// MaxPIDs is how many processes a machine can have, BytesPerInode for how many bytes of a file system there is
	// one inode; 0: DefaultMaxPIDs, DefaultBytesPerInode.
	MaxPIDs, BytesPerInode int64
	// MaxGrace is the longest grace of a pod that is evicted for a soft threshold, in seconds.
	MaxGrace int64
}

// OfNodes says when the kubelets of some nodes evict.
type OfNodes struct {
	Match  func(n *model.Node) bool
	Config Config
}

// What machines have where nothing is said of it.
const (
	// DefaultMaxPIDs is the limit on 64 bits.
	// Source: linux 6.12 include/linux/threads.h PID_MAX_LIMIT, which systemd sets (sysctl.d/50-pid-max.conf).
	DefaultMaxPIDs = 4 << 20
	// DefaultBytesPerInode is what ext4 is made with.
	// Source: e2fsprogs 1.47 misc/mke2fs.conf.in inode_ratio.
	DefaultBytesPerInode = 16384
)

// DefaultConfig is that of a kubelet that nobody has configured.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/v1beta1/defaults.go EvictionPressureTransitionPeriod,
// defaults_linux.go DefaultEvictionHard.
func DefaultConfig() Config {
	return Config{Transition: 5 * time.Minute, Thresholds: []Threshold{
		{Signal: MemoryAvailable, Bytes: 100 << 20, Hard: true},
		{Signal: NodeFsAvailable, Share: 0.10, Hard: true},
		{Signal: NodeFsInodesFree, Share: 0.05, Hard: true},
		{Signal: ImageFsAvailable, Share: 0.15, Hard: true},
		{Signal: ImageFsInodesFree, Share: 0.05, Hard: true},
	}}
}

// withAllocatable adds the threshold for what all pods together may have, which is as large as the hard one
// for memory, and what machines have.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go addAllocatableThresholds.
func (c Config) withAllocatable() *Config {
	if c.MaxPIDs == 0 {
		c.MaxPIDs = DefaultMaxPIDs
	}
	if c.BytesPerInode == 0 {
		c.BytesPerInode = DefaultBytesPerInode
	}
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
