package images

import (
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Options is what a Manager has beside its Config.
type Options struct {
	// Config is nil when nothing is said about images: every image is then present on every node, and only
	// scripted pulls take time.
	Config *Config
	// Note is told of what is counted (images without an entry in the catalogue); nil: nobody.
	Note func(text string)
	// Observe is told of every pull that has ended; nil: nobody.
	Observe func(p Record)
}

// Manager is the image managers of all kubelets, the registries, and the network between them.
type Manager struct {
	engine  *sim.Engine
	api     *apiserver.Server
	options Options
}

// New returns the image managers as an actor of the engine.
func New(engine *sim.Engine, api *apiserver.Server, o Options) *Manager {
	return &Manager{engine: engine, api: api, options: o}
}

// Ensure says whether a container's image is there, and has it pulled when it has to be. It is asked once per
// start of a container; while the answer is Waiting the worker of the pod waits.
func (m *Manager) Ensure(now sim.Time, r Request) Outcome { return Outcome{} }

// Finish says how the pull ended whose Done event has come: Present or Failed.
func (m *Manager) Finish(now sim.Time, p *Pull) Outcome { return Outcome{} }

// Cancel gives a pull up that is under way or waits; its Done event does not come. The kubelet does that for
// no deletion of a pod, only when the kubelet itself or the node ends. Nil is allowed.
func (m *Manager) Cancel(now sim.Time, p *Pull) {}

// Forget drops what is kept of a pod (its back-offs) when it has gone from the node.
func (m *Manager) Forget(node, podUID string) {}

// Restart is a kubelet that begins anew, with or without its node: pulls are given up, back-offs and limits
// forgotten; what is on disk stays.
func (m *Manager) Restart(now sim.Time, node string) {}

// Create makes the writable layer of a new container, which keeps its image in use until Remove. Nil, when
// nothing is known of images, is a Container as good as any for the methods below.
func (m *Manager) Create(now sim.Time, node, image string) *Container { return nil }

// Start is the container's processes beginning to run: its image's files are in memory, once for all containers
// of the node that run it or share layers with it. Stop ends that.
func (m *Manager) Start(c *Container) {}

// Stop is the end of a container's processes.
func (m *Manager) Stop(c *Container) {}

// Grow adds bytes to a container's writable layer, or takes some away.
func (m *Manager) Grow(now sim.Time, c *Container, bytes int64) {}

// Remove ends a container, running or not: its writable layer vanishes and its image may be collected.
func (m *Manager) Remove(now sim.Time, c *Container) {}

// SetUsed tells how much others than images and containers have on a node's image file system, in bytes.
func (m *Manager) SetUsed(now sim.Time, node string, bytes int64) {}

// Disk is what is on a node's image file system.
func (m *Manager) Disk(node string) Disk { return Disk{} }

// DeleteUnused removes all images that no container uses, as node-pressure eviction does first, and returns how
// many bytes that freed.
func (m *Manager) DeleteUnused(now sim.Time, node string) int64 { return 0 }

// RegistryDown has a registry refuse all requests, and breaks the downloads under way. After refuses is how long a
// request takes to fail.
func (m *Manager) RegistryDown(now sim.Time, host string) {}

// RegistryUp ends RegistryDown.
func (m *Manager) RegistryUp(now sim.Time, host string) {}

// RegistrySlow sets what a registry sends at most, in bytes a second; +Inf: any amount. A negative number
// restores what its Config says.
func (m *Manager) RegistrySlow(now sim.Time, host string, bandwidth float64) {}

// MissingTag has a registry no longer know a reference, or know it again.
func (m *Manager) MissingTag(now sim.Time, image string, missing bool) {}

// Stats are the pulls of a node so far, or of all nodes for "".
func (m *Manager) Stats(node string) Stats { return Stats{} }

// Pull is one pull, from when its turn is waited for until its end.
type Pull struct{}

// Container is a container's writable layer.
type Container struct{}

// Record is a pull that has ended.
type Record struct {
	Node      string
	Namespace string
	Pod       string
	Image     string
	// Queued is when it was asked for, Began when its turn came, Ended when it was over.
	Queued, Began, Ended sim.Time
	// Bytes is what was downloaded for it.
	Bytes int64
	// Failure is what it failed with; "": it succeeded.
	Failure string
}

// Disk is what is on a node's image file system, in bytes.
type Disk struct {
	Capacity int64 // 0: not known
	Images   int64
	Writable int64
	Used     int64 // by others
	// Cached is what the running containers' image files take in memory.
	Cached int64
}

// Stats are pulls in numbers.
type Stats struct {
	Pulls  int // that ended well
	Failed int
	Bytes  int64
	// Pulling is the time that pulls were under way, summed; Queued that they waited for their turn.
	Pulling sim.Time
	Queued  sim.Time
	// Waiting is how many wait for their turn now, Active how many are under way.
	Waiting int
	Active  int
}
