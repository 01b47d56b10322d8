package images

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Options is what a Manager has beside its Config.
type Options struct {
	// Config is nil when nothing is said about images: every image then counts as present on every node, and only
	// scripted pulls take time.
	Config *Config
	// Note is told of what is counted (images without an entry in the catalogue); nil: nobody.
	Note func(text string)
	// Runs says whether a node's kubelet runs; nil: each does.
	Runs func(node string) bool
	// Observe is told of every pull that has ended; nil: nobody.
	Observe func(p Record)
}

// Manager is the image managers of all kubelets, the registries, and the network between them.
type Manager struct {
	engine  *sim.Engine
	api     *apiserver.Server
	options Options
	config  *Config
	actor   sim.Actor
	acts    bool // registered as an actor

	names      map[string]*known
	catalogue  *catalogue
	registries map[string]*registry
	nodes      map[string]*node
	network    network
	onDisk     func(now sim.Time, node string) // is told when a disk is used otherwise; nil: nobody
	total      Stats
	scratch    sim.KeyedStream
}

// New returns the image managers. With a Config they are an actor of the engine from the start and watch nodes
// and pods of the API server; without one they become an actor when something first takes time.
func New(engine *sim.Engine, api *apiserver.Server, o Options) *Manager {
	m := &Manager{engine: engine, api: api, options: o, config: o.Config, names: map[string]*known{},
		registries: map[string]*registry{}, nodes: map[string]*node{}}
	m.catalogue = newCatalogue(o.Config)
	if m.config == nil {
		m.config = &Config{OtherRegistries: Registry{Bandwidth: unlimited},
			Nodes: []Node{{Bandwidth: unlimited, Unpack: unlimited, Kubelet: DefaultKubelet()}}}
		return m
	}
	m.act()
	api.Watch("images", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode, model.KindPod}}, m)
	return m
}

// act makes the managers an actor, once.
func (m *Manager) act() {
	if !m.acts {
		m.actor, m.acts = m.engine.Register("images", m), true
		m.engine.Checks(m.check)
	}
}

// Known says whether anything was said about images.
func (m *Manager) Known() bool { return m.known() }

// known says whether anything was said about images.
func (m *Manager) known() bool { return m.options.Config != nil }

// Unlisted is the remark about images without an entry in the catalogue; it is made once for each of them.
const Unlisted = "images without an entry in the catalogue of images: their size is the default"

// OnDisk has somebody be told of every change of what is on the disk of a node, in the midst of it. Nobody is
// told when nothing is known of images.
func (m *Manager) OnDisk(told func(now sim.Time, node string)) { m.onDisk = told }

// counted notes, once, that an image which comes to a node has no entry in the catalogue.
func (m *Manager) counted(k *known) {
	if !k.image.unlisted || !m.known() || m.options.Note == nil {
		return
	}
	k.image.unlisted = false
	m.options.Note(Unlisted)
}

// The operations of events; Ref is the pull or the node.
const (
	opNetwork uint16 = iota
	opResolved
	opDownload
	opEnd
	opCollect
	opReport
)

// at schedules an operation. What kubelets do for ever does not keep a run going.
func (m *Manager) at(t sim.Time, op uint16, ref any) sim.Handle {
	m.act()
	return m.engine.Schedule(t, sim.Event{Phase: sim.PhaseAct, Actor: m.actor, Op: op, Ref: ref, Background: op >= opCollect})
}

// Handle runs what is due.
func (m *Manager) Handle(now sim.Time, ev sim.Event) {
	switch ev.Op {
	case opNetwork:
		m.flowing(now)
	case opResolved:
		m.resolved(now, ev.Ref.(*Pull))
	case opDownload:
		m.join(now, ev.Ref.(*Pull))
	case opEnd:
		m.end(now, ev.Ref.(*Pull))
	case opCollect:
		m.collect(now, ev.Ref.(*node))
	case opReport:
		m.report(now, ev.Ref.(*node))
	}
}

// node returns a node; what is on it at first is what its status and its Config say.
func (m *Manager) node(now sim.Time, name string) *node {
	if n, ok := m.nodes[name]; ok {
		return n
	}
	n := &node{name: name, byName: map[string]*stored{}, layers: map[*layer]*shelf{}, started: now}
	n.coming, n.tries = map[*layer]*Pull{}, map[string][]*try{}
	m.nodes[name] = n
	object, _ := m.api.Nodes.Get("", name)
	if object == nil {
		object = &model.Node{ObjectMeta: model.ObjectMeta{Name: name}}
	}
	n.settings = m.config.of(object)
	n.link.capacity = n.settings.Bandwidth
	if !m.known() {
		return n
	}
	n.started = m.startOf(now, n)
	n.disk.Capacity, n.disk.Used = capacity(n.settings, &object.Status), n.settings.Used
	n.disk.Layout, n.disk.NodeUsed = n.settings.Layout, n.settings.NodeUsed
	m.preload(n, object)
	m.usageChanged(now, n)
	m.publish(n, object)
	return n
}

// of is the first description of nodes that matches one.
func (c *Config) of(object *model.Node) *Node {
	for i := range c.Nodes {
		if match := c.Nodes[i].Match; match == nil || match(object) {
			return &c.Nodes[i]
		}
	}
	panic("images: no description matches all nodes")
}

// startOf is when a node's kubelet began: before the run, for the nodes that are there from the start.
func (m *Manager) startOf(now sim.Time, n *node) sim.Time {
	if now > 0 {
		return now
	}
	m.scratch = sim.NewKey(m.engine.Seed(), "images.nodes.started").Of(n.name).Draw(0)
	return now.Add(-sim.SampleDuration(sim.Constant(collectionPeriod.Seconds()*m.scratch.Float64()), nil))
}

// preload puts onto a node what its status lists and what its Config says is there.
func (m *Manager) preload(n *node, object *model.Node) {
	for _, listed := range object.Status.Images {
		var names []Name
		for _, name := range listed.Names {
			if parsed, err := ParseName(name); err == nil {
				names = append(names, parsed)
			}
		}
		if len(names) == 0 {
			continue
		}
		img := m.catalogue.report(names, listed.SizeBytes)
		for _, name := range names {
			n.put(n.started, img, name)
		}
	}
	for _, name := range n.settings.Preloaded {
		if k := m.name(name); k.err == nil {
			m.counted(k)
			n.put(n.started, k.image, k.Name)
		}
	}
}

// Forget drops what a node's kubelet remembers of a pod's pulls, when the pod has gone.
func (m *Manager) Forget(nodeName, podUID string) {
	if n := m.nodes[nodeName]; n != nil {
		delete(n.tries, podUID)
	}
}

// Restart is a kubelet that begins anew, with or without its node: its pulls are given up (their Done events do not
// come), its back-offs and limits forgotten. What is on disk stays.
func (m *Manager) Restart(now sim.Time, nodeName string) {
	n := m.nodes[nodeName]
	if n == nil {
		return
	}
	m.giveUp(now, n)
	n.kubeletMemory = kubeletMemory{tries: map[string][]*try{}}
	n.started, n.failures = now, 0
	for _, s := range n.images {
		s.isDetected, s.isLastUsed, s.since = false, false, now
		s.heldSince = now
	}
	m.engine.Cancel(n.collection)
	m.usageChanged(now, n)
}

// giveUp cancels all pulls of a node.
func (m *Manager) giveUp(now sim.Time, n *node) {
	for len(n.queue) > 0 {
		m.Cancel(now, n.queue[len(n.queue)-1])
	}
	for len(n.active) > 0 {
		m.Cancel(now, n.active[0])
	}
}

// Cancel gives a pull up that is under way or waits for its turn; its Done event does not come. Kubelets do not do
// that when a pod is deleted: a pull runs to its end. Nil, and a pull that is over, are allowed.
func (m *Manager) Cancel(now sim.Time, p *Pull) {
	if p == nil || p.over {
		return
	}
	n := p.node
	same := func(have *Pull) bool { return have == p }
	if i := slices.IndexFunc(n.queue, same); i >= 0 {
		n.queue = slices.Delete(n.queue, i, i+1)
		p.over = true
		m.count(n, func(s *Stats) { s.Waiting-- })
		return
	}
	m.withdraw(now, p)
	p.letGo()
	n.active = slices.DeleteFunc(n.active, same)
	m.count(n, func(s *Stats) { s.Active--; s.Bytes += int64(p.bytes) })
	m.turns(now, n)
}
