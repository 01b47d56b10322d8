package kubelet

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/images"
)

// trouble is what is the matter with a node.
type trouble struct {
	// off: no kubelet runs. crashed: the machine has been down, and all that ran on it is gone.
	off, crashed bool
	// cut: the kubelet runs and the control plane cannot be reached. held are the changes of pods that it
	// has not been told of, unsent the pods whose statuses it has not written.
	cut    bool
	held   []apiserver.Change
	unsent []*worker
}

// survivors are the containers of a pod as the runtime has them while no kubelet looks.
type survivors struct {
	lost bool // none: the machine has been down
	of   []survivor
}

// survivor is one of them, with its files and its processes.
type survivor struct {
	pair
	layer, former *images.Container
	use           *Use
}

// survive takes a container out of the hands of a kubelet that ends.
func (c *container) survive() survivor {
	s := survivor{c.rt, c.layer, c.former, c.use}
	c.layer, c.former, c.use = nil, nil, nil
	return s
}

// Crash has a node lose power: what ran on it is gone, and nobody looks after it until Boot.
func (f *Fleet) Crash(now sim.Time, node string) {
	h := f.known(node)
	if h == nil || h.trouble.crashed {
		return
	}
	h.trouble.off, h.trouble.crashed = true, true
	f.endShutdown(h)
	f.quiet(h)
	for h.first != nil {
		f.lay(h.first)
	}
}

// lay forgets what a kubelet knew of a pod that may be taken up again.
func (f *Fleet) lay(w *worker) {
	if w.fixed != nil && !w.orphan {
		f.fixed[w.pod.UID] = *w.fixed
	}
	if w.use != nil {
		w.host.laid = append(w.host.laid, w.use) // what it wrote into its volumes stays
		w.use = nil
	}
	f.drop(w)
}

// Boot starts a node that has crashed, and its kubelet; one that is being shut down as soon as it is off.
func (f *Fleet) Boot(now sim.Time, node string) {
	switch h := f.known(node); {
	case h == nil:
	case h.trouble.crashed:
		f.startKubelet(now, h)
	case h.shutdown != nil:
		h.shutdown.boot = true
	}
}

// StopKubelet stops the kubelet of a node. Containers run on and end as they would.
func (f *Fleet) StopKubelet(_ sim.Time, node string) {
	if h := f.known(node); h != nil && !h.trouble.off {
		h.trouble.off = true
		f.quiet(h)
	}
}

// StartKubelet starts the kubelet of a node again: it learns from the runtime what runs, and from the API
// server what should.
func (f *Fleet) StartKubelet(now sim.Time, node string) {
	if h := f.known(node); h != nil && h.trouble.off && !h.trouble.crashed {
		f.startKubelet(now, h)
	}
}

// known is a node that is there, nil for any other.
func (f *Fleet) known(node string) *host {
	if h, ok := f.hosts[node]; ok && h.node != nil {
		return h
	}
	return nil
}

// quiet drops the clocks of a kubelet that runs no more.
func (f *Fleet) quiet(h *host) {
	f.engine.Cancel(h.relist)
	f.engine.Cancel(h.batch)
	h.relist = sim.Handle{}
	for _, w := range h.due {
		w.due = false
	}
	h.due = h.due[:0]
	h.trouble.unsent = nil
}

// startKubelet begins with the pods of a node as they stand.
func (f *Fleet) startKubelet(now sim.Time, h *host) {
	crashed := h.trouble.crashed
	h.trouble.off, h.trouble.crashed, h.started = false, false, now
	if f.options.Images != nil {
		f.options.Images.Restart(now, h.name)
	}
	f.restores = map[string]survivors{}
	var laid []*worker
	for h.first != nil {
		w := h.first
		if w.begun && !crashed {
			s := survivors{}
			for i := range w.containers {
				s.of = append(s.of, w.containers[i].survive())
			}
			f.restores[w.pod.UID] = s
			laid = append(laid, w)
		}
		f.lay(w)
	}
	for _, s := range h.statics {
		if crashed && s.known {
			f.restores[s.pod.UID] = survivors{lost: true}
		}
		f.beginStatic(now, h, s)
	}
	for _, pod := range slices.Clone(f.api.PodsOn(h.name)) {
		f.resume(now, pod, crashed)
	}
	for _, w := range laid {
		f.bury(w)
	}
	f.restores = nil
	f.takeUp(now, h)
	f.flush(now)
}

// bury ends what has survived of a pod that is not taken up again.
func (f *Fleet) bury(w *worker) {
	s := f.restores[w.pod.UID]
	for i := range s.of {
		c := &container{layer: s.of[i].layer, former: s.of[i].former, use: s.of[i].use}
		f.dropLayers(c)
	}
}

// takeUp has the meter know which of the pods that were laid down are there no more.
func (f *Fleet) takeUp(now sim.Time, h *host) {
	for _, u := range h.laid {
		if w, ok := f.workers[u.Pod.UID]; !ok {
			f.meter.Gone(now, u)
		} else if w.use == nil {
			w.use = u
		}
	}
	h.laid = nil
}

// resume takes a pod of before up again.
func (f *Fleet) resume(now sim.Time, pod *model.Pod, crashed bool) {
	if isMirror(pod) {
		return
	}
	if pod.Terminal() {
		if pod.Deleting {
			f.gone(&worker{pod: pod})
		}
		return
	}
	if crashed {
		f.restores[pod.UID] = survivors{lost: true}
	}
	f.begin(now, f.add(pod))
}

// restore has the containers of a pod be what the runtime has of them.
func (f *Fleet) restore(now sim.Time, w *worker) {
	s, ok := f.restores[w.pod.UID]
	for i := range w.containers {
		c := &w.containers[i]
		switch {
		case !ok:
		case s.lost && c.running():
			down := *c.rt.cur
			down.state, down.finished, down.exit, down.reason = exited, now, lostExit, lostReason
			c.rt.cur = &down
		case !s.lost:
			of := &s.of[i]
			c.rt, c.layer, c.former, c.use = of.pair, of.layer, of.former, of.use
			of.layer, of.former, of.use = nil, nil, nil
		}
	}
}

// lostExit and lostReason are what a runtime says of a container whose end it has not seen.
// Source: containerd internal/cri/server/restart.go loadContainer (unknownExitCode, unknownExitReason).
const (
	lostExit   = 255
	lostReason = "Unknown"
)

// lostSandbox says whether a pod's sandbox went with its machine.
func (f *Fleet) lostSandbox(w *worker) bool { return f.restores[w.pod.UID].lost }

// unattended is what happens in the runtime of a node without a kubelet: containers end.
func (f *Fleet) unattended(now sim.Time, w *worker, i int, op uint16) {
	switch op {
	case opEnd:
		c := &w.containers[i]
		exit, reason := f.endOf(c)
		f.exitUnseen(now, c, exit, reason)
		f.followStops(now, w, i)
	case opHeld:
		w.containers[i].held = false
	}
}

// Cut has the kubelet of a node lose the control plane: it goes on with what it knows.
func (f *Fleet) Cut(_ sim.Time, node string) {
	if h := f.known(node); h != nil {
		h.trouble.cut = true
	}
}

// Mend has it reach the control plane again: it is told what it has missed, and writes what it has to say.
func (f *Fleet) Mend(now sim.Time, node string) {
	h := f.known(node)
	if h == nil || !h.trouble.cut {
		return
	}
	held, unsent := h.trouble.held, h.trouble.unsent
	h.trouble.cut, h.trouble.held, h.trouble.unsent = false, nil, nil
	for _, w := range unsent {
		if !w.dropped {
			f.mark(w)
		}
	}
	f.flush(now)
	for _, c := range held {
		f.Deliver(now, c)
	}
	f.scratch = f.clocks.Of(h.name).Draw(uint64(now))
	f.engine.Schedule(now.Add(part(f.scratch.Float64(), reconcilePeriod)),
		sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: opReconcile, Ref: h})
}

// reconcilePeriod is how often a kubelet compares the statuses in the API server with its own.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go syncPeriod.
const reconcilePeriod = 10 * time.Second

// reconcile writes the statuses again that others have written otherwise.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go syncBatch, needsReconcile.
func (f *Fleet) reconcile(now sim.Time, h *host) {
	for w := h.first; w != nil; w = w.next {
		if w.begun && !h.trouble.off {
			f.mark(w)
		}
	}
	f.flush(now)
}

// holds keeps a change of a pod from a kubelet that is cut off.
func (f *Fleet) holds(c apiserver.Change) bool {
	pod, ok := c.Object().(*model.Pod)
	if !ok || pod.NodeName == "" {
		return false
	}
	h, ok := f.hosts[pod.NodeName]
	if !ok || !h.trouble.cut {
		return false
	}
	h.trouble.held = append(h.trouble.held, c)
	return true
}
