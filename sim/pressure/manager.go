package pressure

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/kubelet"
)

// Kubelets are what carries out what is decided here.
type Kubelets interface {
	KillContainer(now sim.Time, uid, name string, exit int32, reason string) bool
	Evict(now sim.Time, uid, reason, message string, grace *int64) bool
	EvictForItself(now sim.Time, uid, reason, message string, grace *int64) bool
	RemoveContainers(now sim.Time, node string)
	SetShare(now sim.Time, u *kubelet.Use, share float64)
	Runs(node string) bool
	Stopped(uid string) bool
	Reaches(node string) bool
}

// Options say how nodes and their kubelets are set.
type Options struct {
	// Config says when kubelets evict; nil: DefaultConfig.
	Config *Config
	// Nodes are the kubelets that evict otherwise: the first entry that matches a node counts.
	Nodes []OfNodes
	// Clock is the time of day, since midnight, at which the run starts.
	Clock time.Duration
	// Load is the requests a second that a container is sent now, by how much they grow a second, and until
	// when they go on like that unless Changing is told of a change; nil: none are sent.
	Load func(now sim.Time, u *kubelet.Use) (rate, slope float64, until sim.Time)
	// Lost is told of what was written and has vanished; nil: nobody.
	Lost func(now sim.Time, w *Written)
	// Images knows what is on the nodes' disks beside what is written here; nil: nothing is.
	Images *images.Manager
}

// Manager watches what the containers of all nodes use.
type Manager struct {
	engine   *sim.Engine
	actor    sim.Actor
	api      *apiserver.Server
	kubelets Kubelets
	options  Options
	config   *Config   // of kubelets that no entry of others matches
	others   []*Config // by entry of Options.Nodes
	nodes    map[string]*node
	lasting  []*Written           // what outlives pods, in the order in which it was first written to
	places   map[Written]*Written // the same, by where it is
	clocks   sim.Key
	pids     sim.Key
}

var _ kubelet.Meter = (*Manager)(nil)

// node is a node on which behaviours say, or have said, what a container uses.
type node struct {
	name   string
	config *Config
	uses   []*use // in the order of their start
	pods   []*pod
	paths  []*Written // of the host
	// next is when what is used is worked out anew.
	next sim.Handle
	// disks is up to when what is written has been counted.
	disks sim.Time
	// telling: images are being told of what was written.
	telling bool
	watch
}

// use is a container that runs.
type use struct {
	*kubelet.Use
	pod    *pod
	memory line
	cpu    line
	pids   line
	limit  int64   // of its memory, in bytes; 0: none
	share  float64 // of the CPU that it wants
	slows  bool    // it matters to it
	layer  float64 // bytes in its writable layer
	told   int64   // of these, what images have been told of
	files  float64 // in it
}

// pod is what containers of a pod leave on their node for as long as it is there.
type pod struct {
	*model.Pod
	volumes []written
	kept    []keeping // volumes that outlive it
	ended   int32     // containers of it that wrote something
	limit   int64     // of its memory as a whole, in bytes; 0: none
	evicted bool      // or beyond it
}

// written is an emptyDir volume.
type written struct {
	name  string
	bytes float64
	limit int64 // 0: none
}

// What events are for.
const (
	opChange uint16 = iota // usage is worked out anew
	opPass                 // of the eviction manager
	opStatus               // of the node is written
)

// New returns a manager. It must be the Meter of the kubelets.
func New(engine *sim.Engine, api *apiserver.Server, kubelets Kubelets, o Options) *Manager {
	m := &Manager{engine: engine, api: api, kubelets: kubelets, options: o, nodes: map[string]*node{}, places: map[Written]*Written{},
		clocks: sim.NewKey(engine.Seed(), "eviction clocks"), pids: sim.NewKey(engine.Seed(), "process ids")}
	config := DefaultConfig()
	if o.Config != nil {
		config = *o.Config
	}
	m.config = config.withAllocatable()
	for i := range o.Nodes {
		m.others = append(m.others, o.Nodes[i].Config.withAllocatable())
	}
	m.actor = engine.Register("pressure", m)
	return m
}

// configOf says when the kubelet of a node evicts.
func (m *Manager) configOf(name string) *Config {
	if object, ok := m.api.Nodes.Get("", name); ok {
		for i := range m.options.Nodes {
			if m.options.Nodes[i].Match(object) {
				return m.others[i]
			}
		}
	}
	return m.config
}

// node is what is known of a node, of which something is to be watched from now on.
func (m *Manager) node(now sim.Time, name string) *node {
	n := m.nodes[name]
	if n == nil {
		n = &node{name: name, disks: now, config: m.configOf(name)}
		n.watch = m.newWatch(n)
		m.nodes[name] = n
	}
	return n
}

// DiskChanged tells that images and containers take more or less of a node's disk than they did.
func (m *Manager) DiskChanged(now sim.Time, name string) {
	n := m.nodes[name]
	if n == nil {
		if n = (&node{name: name, disks: now, config: m.configOf(name)}); !m.short(now, n) {
			return
		}
		n = m.node(now, name)
	}
	if !n.telling {
		n.writes(now)
		m.watchNext(now, n)
	}
}

// short says whether a threshold of a node is met.
func (m *Manager) short(now sim.Time, n *node) bool {
	seen := m.observe(now, n)
	return slices.ContainsFunc(n.config.Thresholds, func(t Threshold) bool { return seen[t.Signal].below(&t) })
}

// Starts takes a container that runs.
func (m *Manager) Starts(now sim.Time, u *kubelet.Use) {
	n := m.node(now, u.Node)
	n.writes(now)
	n.uses = append(n.uses, &use{Use: u, pod: m.pod(n, u.Pod), limit: memoryOf(u.Spec.Limits), share: 1, slows: u.Life.Slows()})
	m.plan(n, now)
}

// Ends takes the end of one.
func (m *Manager) Ends(now sim.Time, u *kubelet.Use) {
	n := m.nodes[u.Node]
	n.writes(now)
	m.ended(now, n, u)
	n.uses = slices.DeleteFunc(n.uses, func(have *use) bool { return have.Use == u })
	m.plan(n, now)
}

// Gone takes the end of a pod: what its containers have written vanishes.
func (m *Manager) Gone(now sim.Time, u *kubelet.Use) {
	n := m.nodes[u.Node]
	n.writes(now)
	m.vanish(now, n, u.Pod.UID)
	n.pods = slices.DeleteFunc(n.pods, func(p *pod) bool { return p.UID == u.Pod.UID })
	m.plan(n, now)
}

// pod is a pod of the node.
func (m *Manager) pod(n *node, p *model.Pod) *pod {
	for _, have := range n.pods {
		if have.UID == p.UID {
			return have
		}
	}
	made := &pod{Pod: p, limit: memoryOf(p.Spec.PodLimits)}
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.Kind == "emptyDir" && v.Medium == "" {
			made.volumes = append(made.volumes, written{name: v.Name, limit: v.SizeLimit.Value()})
		} else if kept := m.kept(n, p, v); kept != nil {
			made.kept = append(made.kept, keeping{v.Name, kept})
		}
	}
	n.pods = append(n.pods, made)
	return made
}

// plan has what a node's containers use worked out at an instant, or before.
func (m *Manager) plan(n *node, at sim.Time) { m.schedule(&n.next, opChange, n, at) }

// schedule has something happen at an instant, or before, if that is planned already.
func (m *Manager) schedule(h *sim.Handle, op uint16, n *node, at sim.Time) {
	if at == sim.Never {
		return
	}
	if planned, ok := m.engine.When(*h); ok {
		if at < planned {
			m.engine.Reschedule(*h, at)
		}
		return
	}
	*h = m.engine.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: m.actor, Op: op, Background: true, Ref: n})
}

// Handle takes the events that the manager has scheduled.
func (m *Manager) Handle(now sim.Time, ev sim.Event) {
	n := ev.Ref.(*node)
	switch ev.Op {
	case opChange:
		m.change(now, n)
	case opPass:
		m.pass(now, n)
	case opStatus:
		m.writeStatus(now, n)
	}
}

// change works out what a node's containers use, does what follows at once, and finds out when something is
// to be done next.
func (m *Manager) change(now sim.Time, n *node) {
	n.writes(now)
	next := m.measure(now, n)
	for m.kill(now, n) {
		next = m.measure(now, n)
	}
	m.giveCPU(now, n)
	m.tellDisks(now, n)
	next = min(next, m.nextKill(now, n))
	m.plan(n, next)
	m.watchNext(now, n)
}
