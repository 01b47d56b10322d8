package usage

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/kubelet"
)

// Kubelets are those whose containers are measured.
type Kubelets interface {
	// Reaches says whether a node's kubelet can be asked.
	Reaches(node string) bool
}

// Options say what there is to measure.
type Options struct {
	// Clock is the time of day, since midnight, at which the run starts.
	Clock time.Duration
	// Load is the requests a second that a container is sent at an instant, by how much they grow a second, and
	// until when that holds unless Changing is called before; nil: none. It is asked of instants since the last
	// call of Changing for the pod.
	Load func(now sim.Time, u *kubelet.Use) (rate, slope float64, until sim.Time)
	// Series are metrics of other things than what containers use.
	Series []Series
	// Note takes remarks, which are counted; nil: nobody does.
	Note func(text string)
}

// Book is where what runs is written down, between the kubelets and the meter that they have beside.
type Book struct {
	meter    kubelet.Meter
	api      *apiserver.Server
	kubelets Kubelets
	options  Options
	nodes    map[string]*node
	pods     map[string]*pod // by UID
	phases   sim.Key
	noises   sim.Key
	silent   map[silence]string // what was remarked
}

var (
	_ kubelet.Meter       = (*Book)(nil)
	_ controllers.Metrics = (*Book)(nil)
)

// node is a node on which behaviours say, or have said, what a container uses.
type node struct {
	name   string
	phase  sim.Time // of its reads, from 0 to 15 s
	uses   []*use   // in the order of their start
	shared sim.Time // the read for which each use's part of the CPU is known; sim.Never: none yet
}

// pod is a pod of which behaviours say what a container uses.
type pod struct {
	node *node
	uses []*use
	told []int // the containers that Starts has told of, by index
}

// New returns a book. It is to be laid over a meter before anything runs.
func New(seed uint64, api *apiserver.Server, kubelets Kubelets, o Options) *Book {
	return &Book{api: api, kubelets: kubelets, options: o, nodes: map[string]*node{}, pods: map[string]*pod{},
		phases: sim.NewKey(seed, "metrics-server"), noises: sim.NewKey(seed, "given metrics"), silent: map[silence]string{}}
}

// Over has the book pass on to a meter what it is told.
func (b *Book) Over(meter kubelet.Meter) *Book {
	b.meter = meter
	return b
}

// node returns what is kept of a node.
func (b *Book) node(name string) *node {
	n := b.nodes[name]
	if n == nil {
		n = &node{name: name, phase: b.phase(name), shared: sim.Never}
		b.nodes[name] = n
	}
	return n
}

// Starts takes a container that runs.
func (b *Book) Starts(now sim.Time, u *kubelet.Use) {
	n := b.node(u.Node)
	p := b.pods[u.Pod.UID]
	if p == nil {
		p = &pod{node: n}
		b.pods[u.Pod.UID] = p
	}
	if !slices.Contains(p.told, u.Index) {
		p.told = append(p.told, u.Index)
	}
	long := n.before(now)
	gone := func(have *use) bool { return have.ended <= long }
	if slices.ContainsFunc(p.uses, gone) {
		p.uses, n.uses = slices.DeleteFunc(p.uses, gone), slices.DeleteFunc(n.uses, gone)
	}
	made := newUse(u)
	p.uses, n.uses = append(p.uses, made), append(n.uses, made)
	b.meter.Starts(now, u)
}

// Ends takes the end of one. It is still to be seen in the last read.
func (b *Book) Ends(now sim.Time, u *kubelet.Use) {
	if p := b.pods[u.Pod.UID]; p != nil {
		for _, have := range p.uses {
			if have.Use == u {
				b.advance(p.node, have, now)
				have.ended = now
			}
		}
	}
	b.meter.Ends(now, u)
}

// Gone takes the end of a pod.
func (b *Book) Gone(now sim.Time, u *kubelet.Use) {
	if p := b.pods[u.Pod.UID]; p != nil {
		delete(b.pods, u.Pod.UID)
		p.node.uses = slices.DeleteFunc(p.node.uses, func(have *use) bool { return have.Pod.UID == u.Pod.UID })
	}
	b.meter.Gone(now, u)
}

// Refuses is the meter's answer.
func (b *Book) Refuses(node string, pod *model.Pod) (reason, message string) {
	return b.meter.Refuses(node, pod)
}

// Changing tells that the requests that a pod is sent take another course now. It must be called before Load
// tells of it.
func (b *Book) Changing(now sim.Time, changes *model.Pod) {
	p := b.pods[kubelet.UIDOf(changes)]
	if p == nil {
		return
	}
	for _, u := range p.uses {
		b.advance(p.node, u, now)
	}
}
