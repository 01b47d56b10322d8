package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/prober"
)

// The results and types of probes, by the names that are used here.
const (
	success       = prober.Success
	failure       = prober.Failure
	livenessProbe = prober.Liveness
	startupProbe  = prober.Startup
	readiness     = prober.Readiness
	probeTypes    = 3
)

// probes are the probe workers of a container, by type; nil where it has no such probe.
type probes struct {
	workers [probeTypes]*prober.Worker
	timers  [probeTypes]sim.Handle
	shown   uint64 // the number of the instance that the status shows; 0: none
	seen    int    // things seen so far
	// trusted: the container was ready before the run, and stays so until a probe has said otherwise.
	trusted bool
	late    [probeTypes]bool // workers that are still to be made
}

// probe is the container's probe of a type, nil when it has none.
func probe(c *model.Container, t prober.Type) *model.Probe {
	switch t {
	case livenessProbe:
		return c.LivenessProbe
	case startupProbe:
		return c.StartupProbe
	}
	return c.ReadinessProbe
}

// addProbes makes the probe workers of a pod, once. Those whose first call comes late are left for later.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober_manager.go AddPod.
func (f *Fleet) addProbes(now sim.Time, w *worker) {
	for i := range w.containers {
		c := &w.containers[i]
		if c.probes != nil || c.init || c.spec.LivenessProbe == nil && c.spec.StartupProbe == nil && c.spec.ReadinessProbe == nil {
			continue
		}
		c.probes = &probes{trusted: c.trusted}
		for t := range prober.Type(probeTypes) {
			if spec := probe(c.spec, t); spec == nil {
				continue
			}
			f.scratch = f.chances.Of(w.pod.UID).Of(c.spec.Name).Of(t.String()).Draw(1)
			if w.host.timers.LateCalls > 0 && f.scratch.Float64() < w.host.timers.LateCalls {
				c.probes.late[t] = true
				w.late = true
				continue
			}
			f.addProbe(now, w, i, t)
		}
	}
}

func (f *Fleet) addProbe(now sim.Time, w *worker, i int, t prober.Type) {
	c := &w.containers[i]
	spec := probe(c.spec, t)
	c.probes.workers[t] = prober.New(prober.Options{Type: t, EveryPeriod: f.options.EveryProbe, Probe: spec, Container: c.spec, Sidecar: c.sidecar,
		KubeletStarted: w.host.started, Chance: f.chances.Of(w.pod.UID).Of(c.spec.Name).Of(t.String()),
		Ask: func(at sim.Time) (behaviour.Answer, sim.Time) { return c.ask(at, t, &spec.Handler) }}, now, f.probeView(w, i))
	f.armProbe(now, w, i, t)
}

// addLateProbes makes the workers that were left for later, at the end of the sync that made the others.
func (f *Fleet) addLateProbes(now sim.Time, w *worker) {
	if !w.late {
		return
	}
	w.late = false
	for i := range w.containers {
		p := w.containers[i].probes
		for t := range prober.Type(probeTypes) {
			if p != nil && p.late[t] {
				p.late[t] = false
				f.addProbe(now, w, i, t)
			}
		}
	}
}

// ranAt says whether the present instance ran at an instant: a probe may still ask about the time before it
// is told that the container has ended.
func (c *container) ranAt(at sim.Time) bool {
	cur := c.rt.cur
	return cur != nil && cur.state != created && at >= cur.started && (cur.state == running || at < cur.finished)
}

// ask is how a call of a handler goes, and until when it would go the same way.
func (c *container) ask(at sim.Time, t prober.Type, h *model.Handler) (behaviour.Answer, sim.Time) {
	up := c.ranAt(at)
	switch {
	case !up && h.Kind == "exec":
		const message = "rpc error: code = Unknown desc = failed to exec in container: container is not running"
		return behaviour.Answer{Reply: behaviour.Reply{Error: message}}, sim.Never
	case !up:
		return behaviour.Answer{Reply: behaviour.Reply{Refused: true}}, sim.Never
	case c.frozen:
		return behaviour.Answer{Takes: behaviour.Forever}, sim.Never
	}
	started := c.rt.cur.started
	answers := c.life.Answer
	if t == readiness {
		answers = c.life.ReadinessAnswer
	}
	answer, until := answers(h, at.Sub(started))
	if until == behaviour.Forever {
		return answer, sim.Never
	}
	return answer, started.Add(until)
}

// armProbe puts the next thing that is seen of a probe on the engine, or among what this instant still
// brings.
func (f *Fleet) armProbe(now sim.Time, w *worker, i int, t prober.Type) {
	p := w.containers[i].probes
	next := p.workers[t].Next()
	if at, ok := f.engine.When(p.timers[t]); ok {
		if at == next {
			return
		}
		f.engine.Cancel(p.timers[t])
	}
	switch {
	case next == sim.Never:
	case next == now:
		f.soon = append(f.soon, soon{w, i, t})
	default:
		ev := f.event(opProbe, w, i*probeTypes+int(t))
		ev.Background = ev.Background || p.seen >= periodicProbes
		p.timers[t] = f.engine.Schedule(next, ev)
	}
}

// periodicProbes is how many things must have been seen of a container's probes for more of them to count
// as periodic work, which a run that waits for quiet does not wait for.
const periodicProbes = 30

// soon is a probe of which something is to be seen in this very instant.
type soon struct {
	w     *worker
	index int
	of    prober.Type
}

// settle takes what is seen of probes in this instant.
func (f *Fleet) settle(now sim.Time) {
	for len(f.soon) > 0 {
		s := f.soon[0]
		f.soon = f.soon[1:]
		f.seeProbe(now, s.w, s.index, s.of)
	}
	f.soon = f.soon[:0:cap(f.soon)]
}

func (f *Fleet) probed(now sim.Time, w *worker, arg int) {
	f.seeProbe(now, w, arg/probeTypes, prober.Type(arg%probeTypes))
}

// seeProbe takes what is seen of a probe now.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober.go recordContainerEvent; pkg/kubelet/kubelet.go
// syncLoopIteration.
func (f *Fleet) seeProbe(now sim.Time, w *worker, i int, t prober.Type) {
	c := &w.containers[i]
	if w.dropped || c.probes == nil || c.probes.workers[t] == nil || c.probes.workers[t].Next() != now {
		return
	}
	step := c.probes.workers[t].Step(now)
	if step.Seen() {
		c.probes.seen++
	}
	if step.Reason != "" {
		f.tell(w, c, apiserver.Warning, step.Reason, step.Message)
	}
	if step.Published {
		f.published(now, w, i, t, step)
	}
	if c.probes != nil && c.probes.workers[t] != nil {
		f.armProbe(now, w, i, t)
	}
}

// published takes a new result of a probe.
func (f *Fleet) published(now sim.Time, w *worker, i int, t prober.Type, step prober.Step) {
	p := w.containers[i].probes
	switch t {
	case livenessProbe:
		if step.Result == failure {
			f.update(now, w)
		}
	case readiness:
		if p.trusted && step.Result != success && p.seen <= 1 {
			return // not heard yet
		}
		p.trusted = false
		f.setReady(now, w, i, step.ID, step.Result == success)
	case startupProbe:
		f.setStarted(now, w, i, step.ID, step.Result == success)
	}
}

// wantsProbes says whether a sync without another reason would have a container probed.
func (w *worker) wantsProbes() bool {
	for i := range w.containers {
		c := &w.containers[i]
		if c.probes == nil || c.probes.workers[readiness] == nil || w.terminating {
			continue
		}
		if s := w.shownIn(&w.status, i); s != nil && s.Started && !s.Ready {
			return true
		}
	}
	return false
}

// refreshProbes tells that a container has started: its handlers are answered anew.
func (f *Fleet) refreshProbes(now sim.Time, w *worker, i int) {
	f.eachProbe(now, w, i, func(p *prober.Worker) { p.Refresh(now) })
}

// interruptProbes tells that a container has ended: a call under way ends with it.
func (f *Fleet) interruptProbes(now sim.Time, w *worker, i int) {
	f.eachProbe(now, w, i, func(p *prober.Worker) {
		p.Interrupt(now, behaviour.Answer{Reply: behaviour.Reply{Exit: behaviour.ExitKill, Refused: true}})
		p.Refresh(now)
	})
}

func (f *Fleet) eachProbe(now sim.Time, w *worker, i int, do func(*prober.Worker)) {
	p := w.containers[i].probes
	if p == nil {
		return
	}
	for t, worker := range p.workers {
		if worker != nil {
			do(worker)
			f.armProbe(now, w, i, prober.Type(t))
		}
	}
}

// stopLivenessAndStartup ends the probes that could have a container killed.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober_manager.go StopLivenessAndStartup.
func (f *Fleet) stopLivenessAndStartup(now sim.Time, w *worker) {
	for i := range w.containers {
		p := w.containers[i].probes
		if p == nil {
			continue
		}
		for _, t := range [2]prober.Type{livenessProbe, startupProbe} {
			if p.workers[t] != nil {
				p.workers[t].Stop(now)
				f.armProbe(now, w, i, t)
			}
		}
	}
}

// stopProbes ends the probes of a container.
func (f *Fleet) stopProbes(c *container) {
	if c.probes == nil {
		return
	}
	for _, timer := range c.probes.timers {
		f.engine.Cancel(timer)
	}
	c.probes.workers = [probeTypes]*prober.Worker{}
}
