package apiserver

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// ChangeType says what happened to an object.
type ChangeType uint8

// The types of changes.
const (
	Added ChangeType = iota
	Modified
	Deleted
)

// String is the type as watches print it: ADDED, MODIFIED, DELETED.
func (t ChangeType) String() string { return [...]string{"ADDED", "MODIFIED", "DELETED"}[t] }

// Change is one write to one object. Old is nil when it was added, New when it was deleted.
type Change struct {
	Type     ChangeType
	Old, New model.Object
}

// Object is the object after the change; the last state of a deleted one.
func (c Change) Object() model.Object {
	if c.New == nil {
		return c.Old
	}
	return c.New
}

// Watcher is told of changes. Deliver may write to the server.
type Watcher interface {
	Deliver(now sim.Time, c Change)
}

// WatchOptions says how changes reach a watcher.
type WatchOptions struct {
	// Kinds that are watched; empty: all.
	Kinds []model.Kind
	// Latency is the time from a write to its delivery in seconds, drawn for each delivery from the
	// watcher's own stream; nil: none. Deliveries of one lane never overtake each other.
	Latency sim.Dist
	// PerNode makes a lane of its own for the pods of each node, as each kubelet has a watch of its own.
	PerNode bool
}

// Watch registers a watcher under a name that is new. Watchers are served in the order in which they
// were registered, which is therefore part of the run. What is in the stores already is not told.
func (s *Server) Watch(name string, o WatchOptions, w Watcher) {
	_, constant := o.Latency.(sim.Constant)
	added := &watcher{to: w, options: o, stream: s.engine.Stream("watch/" + name), lanes: map[string]*lane{},
		single: o.Latency == nil || constant}
	if len(o.Kinds) > 0 {
		added.kinds = map[model.Kind]bool{}
		for _, k := range o.Kinds {
			added.kinds[k] = true
		}
	}
	s.watchers = append(s.watchers, added)
}

type watcher struct {
	to      Watcher
	options WatchOptions
	kinds   map[model.Kind]bool // nil: all
	stream  *sim.Stream
	// single is set when the latency never varies: one lane then keeps the order of all writes.
	single bool
	lanes  map[string]*lane
}

// lane is a first-in-first-out line of deliveries to one watcher, with one engine event for its head.
type lane struct {
	index   int64
	watcher *watcher
	last    sim.Time // when the last one that was queued is due
	queue   []delivery
	head    int
	waiting bool
}

type delivery struct {
	due    sim.Time
	change Change
}

// enqueue puts a change in the line to a watcher.
func (s *Server) enqueue(w *watcher, c Change) {
	kind := c.Object().Kind()
	if w.kinds != nil && !w.kinds[kind] {
		return
	}
	l := s.laneOf(w, kind, c)
	due := s.engine.Now()
	if w.options.Latency != nil && !s.loading {
		due = due.Add(sim.SampleDuration(w.options.Latency, w.stream))
	}
	if !s.loading {
		due = due.Add(s.delay)
	}
	l.last = max(l.last, due)
	l.queue = append(l.queue, delivery{l.last, c})
	s.arm(l)
}

func (s *Server) laneOf(w *watcher, kind model.Kind, c Change) *lane {
	key := ""
	if !w.single {
		key = string(kind)
		if pod, ok := c.Object().(*model.Pod); ok && w.options.PerNode {
			key += "/" + pod.NodeName
		}
	}
	l, ok := w.lanes[key]
	if !ok {
		l = &lane{index: int64(len(s.lanes)), watcher: w}
		s.lanes = append(s.lanes, l)
		w.lanes[key] = l
	}
	return l
}

// arm schedules the delivery of a lane's head, unless it is scheduled.
func (s *Server) arm(l *lane) {
	if l.waiting || l.head == len(l.queue) {
		return
	}
	l.waiting = true
	s.engine.Schedule(l.queue[l.head].due, sim.Event{Phase: sim.PhaseDeliver, Actor: s.actor, Arg: l.index})
}

// Handle delivers what is due in a lane. What is written meanwhile waits for the next round, so that
// every watcher sees this round first.
func (s *Server) Handle(now sim.Time, ev sim.Event) {
	l := s.lanes[ev.Arg]
	end := l.head
	for end < len(l.queue) && l.queue[end].due <= now {
		end++
	}
	for ; l.head < end; l.head++ {
		c := l.queue[l.head].change
		l.queue[l.head] = delivery{}
		l.watcher.to.Deliver(now, c)
	}
	l.shrink()
	l.waiting = false
	s.arm(l)
}

// shrink moves what is left to the front once it is less than half of the line.
func (l *lane) shrink() {
	if l.head == len(l.queue) {
		l.queue, l.head = l.queue[:0], 0
	} else if l.head > len(l.queue)/2 {
		n := copy(l.queue, l.queue[l.head:])
		clear(l.queue[n:])
		l.queue, l.head = l.queue[:n], 0
	}
}
