package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
)

// Options says how containers behave.
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
}

// AnnotationPrefix begins the annotations that describe behaviour.
const AnnotationPrefix = behaviour.AnnotationPrefix

// Fleet is the kubelets of all nodes.
type Fleet struct {
	engine     *sim.Engine
	actor      sim.Actor
	api        *apiserver.Server
	options    Options
	behaviours *behaviour.Set
	hosts      map[string]*host
	workers    map[string]*worker // by UID of the pod
	fixed      map[string]float64 // seconds to run, by UID, until the pod is seen
	scratch    behaviour.Life
}

// host is one node: those of its pods that its kubelet looks after, in the order of their coming.
type host struct {
	name        string
	exists      bool
	first, last *worker
}

// New returns the kubelets as an actor of the engine. They watch the pods and nodes of the API server.
func New(engine *sim.Engine, api *apiserver.Server, o Options) *Fleet {
	f := &Fleet{engine: engine, api: api, options: o, hosts: map[string]*host{},
		workers: map[string]*worker{}, fixed: map[string]float64{}, behaviours: behaviour.NewSet(engine.Seed(), o.Behaviours)}
	f.actor = engine.Register("kubelets", f)
	api.Watch("kubelets", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode, model.KindPod},
		Latency: o.WatchLatency, PerNode: true}, f)
	return f
}

// FixRun fixes how long the regular containers of a pod run, in seconds (+Inf: for ever), before any
// behaviour. It must be said before the pod is seen.
func (f *Fleet) FixRun(uid string, seconds float64) { f.fixed[uid] = seconds }

// Pods is the number of pods that kubelets look after.
func (f *Fleet) Pods() int { return len(f.workers) }

func (f *Fleet) note(text string) {
	if f.options.Note != nil {
		f.options.Note(text)
	}
}

// Deliver takes a change of a node or a pod.
func (f *Fleet) Deliver(now sim.Time, c apiserver.Change) {
	switch o := c.Object().(type) {
	case *model.Node:
		switch c.Type {
		case apiserver.Added:
			f.nodeAdded(now, o)
		case apiserver.Deleted:
			f.nodeGone(o)
		}
	case *model.Pod:
		switch {
		case c.Type == apiserver.Deleted:
			f.podGone(o)
		case o.NodeName != "":
			f.podSeen(now, o)
		}
	}
}

func (f *Fleet) host(name string) *host {
	h, ok := f.hosts[name]
	if !ok {
		h = &host{name: name}
		f.hosts[name] = h
	}
	return h
}

// nodeAdded begins with the pods that were bound to the node before it came.
func (f *Fleet) nodeAdded(now sim.Time, n *model.Node) {
	h := f.host(n.Name)
	h.exists = true
	for w := h.first; w != nil; {
		next := w.next
		if !w.begun {
			f.begin(now, w)
		}
		w = next
	}
}

// nodeGone stops the clocks of a node's pods. Their objects stay as they are: collecting the pods of a
// node that is gone is the work of pod garbage collection.
func (f *Fleet) nodeGone(n *model.Node) {
	h := f.host(n.Name)
	h.exists = false
	for h.first != nil {
		f.note("pods stayed bound to a node that was deleted: pod garbage collection is not modelled yet")
		f.drop(h.first)
	}
	delete(f.hosts, n.Name)
}

// podSeen takes a pod that is bound, or a change of one.
func (f *Fleet) podSeen(now sim.Time, pod *model.Pod) {
	w, ok := f.workers[pod.UID]
	if !ok {
		stored, there := f.api.Pods.Get(pod.Namespace, pod.Name)
		if !there || stored.UID != pod.UID || stored.Terminal() {
			return // what is seen is past: the pod has ended since
		}
		w = f.add(pod)
		if w.host.exists {
			f.begin(now, w)
		}
		return
	}
	w.pod = pod
	if pod.Deleting && !w.deleting && w.begun {
		w.deleting = true
		f.sync(now, w)
	}
}

// podGone forgets a pod whose object is gone. Containers that still run are killed unseen.
func (f *Fleet) podGone(pod *model.Pod) {
	delete(f.fixed, pod.UID)
	if w, ok := f.workers[pod.UID]; ok {
		f.drop(w)
	}
}

func (f *Fleet) add(pod *model.Pod) *worker {
	h := f.host(pod.NodeName)
	w := &worker{pod: pod, host: h, prev: h.last}
	if h.last == nil {
		h.first = w
	} else {
		h.last.next = w
	}
	h.last = w
	f.workers[pod.UID] = w
	return w
}

func (f *Fleet) drop(w *worker) {
	for i := range w.containers {
		c := &w.containers[i]
		f.engine.Cancel(c.end)
		f.engine.Cancel(c.readiness)
		f.engine.Cancel(c.wait)
	}
	f.engine.Cancel(w.starting)
	delete(f.workers, w.pod.UID)
	if w.prev == nil {
		w.host.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		w.host.last = w.prev
	} else {
		w.next.prev = w.prev
	}
}

// The operations of kubelet events; Arg is the index of the container, Ref the worker.
const (
	opStarted uint16 = iota
	opReady
	opEnd
	opWaited
)

// Handle runs what is due in the life of a container.
func (f *Fleet) Handle(now sim.Time, ev sim.Event) {
	w := ev.Ref.(*worker)
	switch i := int(ev.Arg); ev.Op {
	case opStarted:
		f.started(now, w, i)
		f.start(now, w)
	case opReady:
		f.ready(now, w, i)
	case opEnd:
		f.ended(now, w, i)
	case opWaited:
		f.waited(now, w, i)
	}
}

// after schedules an operation on a container.
func (f *Fleet) at(t sim.Time, op uint16, w *worker, i int) sim.Handle {
	return f.engine.Schedule(t, sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: op, Arg: int64(i), Ref: w,
		Background: w.containers[i].restarts >= periodicRestarts})
}

// periodicRestarts is how often a container must have been restarted for its further life to count as
// periodic work, which a run that waits for quiet does not wait for. By then a crashing container has
// met every step of its back-off.
const periodicRestarts = 7
