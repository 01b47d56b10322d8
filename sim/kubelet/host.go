package kubelet

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// host is one node: its kubelet's clocks, and those of its pods that the kubelet looks after, in the
// order of their coming.
type host struct {
	name        string
	node        *model.Node // nil: it does not exist
	timers      *Timers
	started     sim.Time // when its kubelet began
	first, last *worker
	// relists and ticks are instants of the relist and the sync ticker, from which the others follow.
	relists, ticks sim.Time
	// due are the pods for which the next relist is an event, in the order in which they came to need it.
	due, spare []*worker
	relist     sim.Handle
	addresses  addresses
	used       amounts
	active     int // pods that are not terminated
	trouble    trouble
	shutdown   *shutdown // nil: it is not being shut down
	statics    []*static // that its kubelet has files of
	laid       []*Use    // of pods that are to be taken up again
	// batches is an instant at which the kubelet compares statuses with those in the API server; batch is the
	// next one at which that may find something.
	batches     sim.Time
	batch       sim.Handle
	preemptions int // critical pods that wait for others to stop
}

// atOrBefore is the last instant of a grid that is not after t.
func atOrBefore(t, grid sim.Time, period time.Duration) sim.Time { return t.TruncateFrom(grid, period) }

// after is the first instant of a grid after t.
func after(t, grid sim.Time, period time.Duration) sim.Time {
	return atOrBefore(t, grid, period).Add(period)
}

// atOrAfter is the first instant of a grid that is not before t.
func atOrAfter(t, grid sim.Time, period time.Duration) sim.Time {
	if on := atOrBefore(t, grid, period); on == t {
		return on
	}
	return after(t, grid, period)
}

func (f *Fleet) host(name string) *host {
	h, ok := f.hosts[name]
	if !ok {
		h = &host{name: name}
		f.setTimers(h, &f.timers)
		f.hosts[name] = h
	}
	return h
}

// setTimers gives a kubelet its timers, and draws its clocks.
func (f *Fleet) setTimers(h *host, timers *Timers) {
	clocks := f.clocks.Of(h.name).Draw(0)
	h.timers = timers
	h.ticks = sim.At(part(clocks.Float64(), tickPeriod))
	h.relists = sim.At(part(clocks.Float64(), timers.Relist))
	h.batches = sim.At(part(clocks.Float64(), reconcilePeriod))
}

func part(share float64, d time.Duration) time.Duration { return time.Duration(share * float64(d)) }

// needRelist makes the next relist of a pod's node an event at which the pod is looked at.
func (f *Fleet) needRelist(now sim.Time, w *worker) {
	if w.due || w.host.timers.Relist == 0 {
		return
	}
	w.due = true
	h := w.host
	h.due = append(h.due, w)
	if h.relist.IsZero() {
		h.relist = f.engine.Schedule(after(now, h.relists, h.timers.Relist),
			sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: opRelist, Ref: h})
	}
}

// relistNode looks at the pods of a node for which something may have changed. The kubelet looks at all
// of them; of the others it would learn nothing.
// Source: kubernetes v1.37.2 pkg/kubelet/pleg/generic.go Relist.
func (f *Fleet) relistNode(now sim.Time, h *host) {
	h.relist = sim.Handle{}
	due := h.due
	h.due = h.spare[:0]
	for i, w := range due {
		w.due, due[i] = false, nil
		if !w.dropped {
			f.relist(now, w)
		}
	}
	h.spare = due[:0]
}

// relist looks at what the runtime has of a pod and syncs the pod if that has changed, or if its worker
// waits for this look. All that has changed is one reason: the worker takes longer to wake up than the
// kubelet to tell it the rest.
// Source: kubernetes v1.37.2 pkg/kubelet/pleg/generic.go reconcilePodRecord, relistPod;
// pkg/kubelet/kubelet.go syncLoopIteration (plegCh).
func (f *Fleet) relist(now sim.Time, w *worker) {
	changed := w.look()
	w.fresh = true
	if w.stage == waiting {
		w.pending = w.pending || changed
		f.wake(now, w)
	} else if changed {
		f.update(now, w)
	}
}

// look takes over what the runtime has, and says whether a pod's sandbox or a container has started or
// ended since the last look.
func (w *worker) look() (changed bool) {
	changed = w.sandboxSeen != w.sandbox
	w.sandboxSeen = w.sandbox
	for i := range w.containers {
		c := &w.containers[i]
		changed = changed || c.rt.differs(c.seen)
		c.seen = c.rt
	}
	return changed
}

// unseen says whether the runtime has more to tell than the last relist saw.
func (w *worker) unseen() bool {
	if w.sandbox != w.sandboxSeen {
		return true
	}
	for i := range w.containers {
		if c := &w.containers[i]; c.rt.cur != c.seen.cur {
			return true
		}
	}
	return false
}

// nodeAdded begins with the pods that were bound to the node before it came.
func (f *Fleet) nodeAdded(now sim.Time, n *model.Node) {
	h := f.host(n.Name)
	h.started = now
	if f.api.Loading() || n.Created < now {
		h.started = longAgo
	}
	for i := range f.options.Nodes {
		if o := &f.options.Nodes[i]; o.Match(n) {
			f.setTimers(h, &o.Timers)
			break
		}
	}
	f.nodeChanged(h, n)
	for w := h.first; w != nil; {
		next := w.next
		if !w.begun {
			f.begin(now, w)
		}
		w = next
	}
	f.readStatics(now, h)
}

// longAgo is when kubelets have begun that were there before the run.
const longAgo = sim.Time(-1 << 62)

func (f *Fleet) nodeChanged(h *host, n *model.Node) {
	h.node = n
	if !h.addresses.prefix.IsValid() {
		h.addresses = newAddresses(f.rangeOf(n))
	}
}

// nodeGone stops the clocks of a node's pods. Their objects stay as they are: collecting the pods of a
// node that is gone is the work of pod garbage collection.
func (f *Fleet) nodeGone(n *model.Node) {
	h := f.host(n.Name)
	h.node = nil
	for h.first != nil {
		f.drop(h.first)
	}
	f.takeUp(f.engine.Now(), h)
	f.engine.Cancel(h.relist)
	f.engine.Cancel(h.batch)
	f.endShutdown(h)
	delete(f.hosts, n.Name)
}
