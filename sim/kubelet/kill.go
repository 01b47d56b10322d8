package kubelet

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
)

// minimumGrace is what every container gets between SIGTERM and the kill, in seconds, whatever the grace.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go minimumGracePeriodInSeconds.
const minimumGrace = 2

// killing is a container that is being stopped.
type killing struct {
	stage    killStage
	order    order
	grace    int64 // what is left of it, in whole seconds
	since    sim.Time
	hooking  bool // the preStop hook has not ended; at hookEnds it does
	failing  bool // and will have failed
	hookEnds sim.Time
	timer    sim.Handle
}

// order is how a container is to be stopped.
type order struct {
	message string
	grace   int64 // seconds
	// inTurn: sidecars wait for those that they serve.
	inTurn bool
}

type killStage uint8

const (
	notKilled killStage = iota
	inPreStop
	awaitingTurn
	signalled
)

// podGrace is the grace of a container that is killed for the pod's sake, in seconds.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go setTerminationGracePeriod.
func (w *worker) podGrace() int64 {
	if w.pod.Deleting {
		return w.pod.DeletionGracePeriodSeconds
	}
	return w.pod.Spec.TerminationGracePeriodSeconds
}

// killStep stops one container as a step of a sync.
func (f *Fleet) killStep(now sim.Time, w *worker, s *step) (over bool) {
	c := &w.containers[s.index]
	o := order{message: s.message, grace: w.podGrace()}
	if !w.pod.Deleting {
		switch s.verb {
		case killLiveness:
			o.grace = graceOf(c.spec.LivenessProbe, o.grace)
		case killStartup:
			o.grace = graceOf(c.spec.StartupProbe, o.grace)
		}
	}
	if s.verb == resetOne {
		o.grace = 0
		if !c.view.is(running) {
			w.remove(c)
			return true
		}
	}
	if !f.beginKill(now, w, s.index, o) {
		return false
	}
	f.killed(w, s)
	return true
}

// killed is the end of a kill that was a step of a sync.
func (f *Fleet) killed(w *worker, s *step) {
	if s.verb == resetOne {
		w.remove(&w.containers[s.index])
	}
}

// killPod stops all containers that run, as far as the sync knows, side by side, and says whether that is
// over.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go killContainersWithSyncResult.
func (f *Fleet) killPod(now sim.Time, w *worker) (over bool) {
	grace := w.podGrace()
	if w.terminating && w.graced {
		grace = w.grace
	}
	inTurn := false
	for i := range w.inits {
		inTurn = inTurn || w.containers[i].sidecar
	}
	// All are known to be stopping before the first one has stopped: the order goes by that.
	for i := range w.containers {
		if c := &w.containers[i]; c.view.is(running) {
			c.kill = killing{stage: inPreStop}
			w.kills++
		}
	}
	for i := range w.containers {
		if c := &w.containers[i]; c.kill.stage != notKilled {
			w.kills--
			f.beginKill(now, w, i, order{grace: grace, inTurn: inTurn})
		}
	}
	f.takeTurns(now, w)
	return w.kills == 0
}

// beginKill begins to stop a container, and says whether it is stopped already.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer.
func (f *Fleet) beginKill(now sim.Time, w *worker, i int, o order) (over bool) {
	c := &w.containers[i]
	message := o.message
	if message == "" {
		message = "Stopping container " + c.spec.Name
	}
	w.kills++
	c.kill = killing{stage: inPreStop, order: o, grace: o.grace, since: now}
	f.tell(w, c, apiserver.Normal, "Killing", message)
	if c.spec.PreStop != nil && o.grace > 0 {
		f.preStop(now, w, i)
	}
	return f.advance(now, w, i)
}

// preStop calls a preStop hook, which is waited for as long as the grace lasts.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go executePreStopHook.
func (f *Fleet) preStop(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	answer := behaviour.Answer{Reply: behaviour.Reply{Exit: 1, Refused: true}}
	if c.running() {
		answer = c.life.PreStop(now.Sub(c.rt.cur.started))
	} else if c.spec.PreStop.Kind == "sleep" {
		answer = c.life.PreStop(0)
	}
	c.kill.hooking, c.kill.failing = true, hookFailed(c.spec.PreStop, answer)
	c.hook = f.at(now.Add(answer.Takes), opKill, w, i)
	c.kill.hookEnds = now.Add(answer.Takes)
	c.kill.timer = f.at(now.Add(time.Duration(c.kill.grace)*time.Second), opKill, w, i)
}

// killGoesOn is a stage of a kill that has ended: the hook, a wait, or the container itself.
func (f *Fleet) killGoesOn(now sim.Time, w *worker, i int) {
	f.advance(now, w, i)
	f.takeTurns(now, w)
	if w.kills > 0 {
		return
	}
	switch w.stage {
	case terminator:
		f.allStopped(now, w)
	case stopping:
		w.stage = stepping
		f.sandboxStopped(w)
		f.stepDone(now, w)
	case stepping:
		c := &w.containers[i]
		if c.starting == undoing {
			f.undone(w, c)
		} else {
			f.killed(w, &w.steps[w.step])
		}
		f.stepDone(now, w)
	}
}

// takeTurns stops the sidecars whose turn has come, which may bring the turn of others.
func (f *Fleet) takeTurns(now sim.Time, w *worker) {
	for i := len(w.containers) - 1; i >= 0; i-- {
		if w.containers[i].kill.stage == awaitingTurn && w.isTurn(i) {
			f.advance(now, w, i)
		}
	}
}

// isTurn says whether a container need not wait to be stopped: sidecars wait for the regular containers
// and for the sidecars behind them.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_termination_order.go.
func (w *worker) isTurn(i int) bool {
	if !w.containers[i].sidecar {
		return true
	}
	for j := i + 1; j < len(w.containers); j++ {
		if c := &w.containers[j]; c.kill.stage != notKilled && !c.init {
			return false
		}
	}
	return true
}

// advance takes a kill as far as it goes now, and says whether the container has stopped.
func (f *Fleet) advance(now sim.Time, w *worker, i int) (over bool) {
	c := &w.containers[i]
	k := &c.kill
	if k.hooking && (now >= k.hookEnds || !c.running() && c.spec.PreStop.Kind != "sleep") {
		f.hookOver(now, w, c)
	}
	if k.stage == inPreStop {
		spent := now.Sub(k.since)
		if k.hooking && spent < time.Duration(k.grace)*time.Second {
			return false
		}
		f.engine.Cancel(k.timer)
		k.grace -= int64(spent / time.Second)
		k.stage, k.since = awaitingTurn, now
		if k.order.inTurn && k.grace > 0 && !w.isTurn(i) {
			k.timer = f.at(now.Add(time.Duration(k.grace)*time.Second), opKill, w, i)
		}
	}
	if k.stage == awaitingTurn {
		spent := now.Sub(k.since)
		if k.order.inTurn && k.grace > 0 && !w.isTurn(i) && spent < time.Duration(k.grace)*time.Second {
			return false
		}
		f.engine.Cancel(k.timer)
		k.grace -= int64(spent / time.Second)
		k.stage = signalled
		if c.running() {
			f.signal(now, w, i, time.Duration(max(k.grace, minimumGrace))*time.Second)
		}
	}
	if c.running() {
		return false
	}
	if k.hooking {
		f.hookOver(now, w, c)
	}
	*k = killing{}
	w.kills--
	return true
}

// hookOver is the end of a preStop hook. One that was called in the container ends with it.
func (f *Fleet) hookOver(now sim.Time, w *worker, c *container) {
	k := &c.kill
	k.hooking = false
	f.engine.Cancel(c.hook)
	if k.failing || now < k.hookEnds && c.spec.PreStop.Kind != "sleep" {
		f.tell(w, c, apiserver.Warning, "FailedPreStopHook", "PreStopHook failed")
	}
}

// signal sends SIGTERM. The container ends when it has stopped, or when it is killed at the end of the
// grace; sooner when its own end comes first.
func (f *Fleet) signal(now sim.Time, w *worker, i int, grace time.Duration) {
	c := &w.containers[i]
	at, over := now.Add(grace), ending{exit: behaviour.ExitKill}
	if d, code, stops := c.life.Stop(); stops && d <= grace && !c.frozen {
		at, over = now.Add(d), ending{exit: code}
	}
	if own, ok := f.engine.When(c.end); ok {
		if own <= at {
			return
		}
		f.engine.Cancel(c.end)
	}
	c.over = over
	if at > now {
		c.end = f.at(at, opEnd, w, i)
		return
	}
	down := *c.rt.cur
	down.state, down.finished, down.exit, down.reason = exited, now, over.exit, behaviour.ReasonOf(over.exit)
	c.rt.cur = &down
	f.engine.Cancel(c.unhold)
	c.held = false
	f.stopLayer(c)
	f.followStops(now, w, i)
	f.interruptProbes(now, w, i)
}

// remove makes the runtime forget a container's instances.
func (w *worker) remove(c *container) { c.rt = pair{} }

// graceOf is the grace of a container that is killed because of a probe, in seconds.
func graceOf(p *model.Probe, pod int64) int64 {
	if p != nil && p.TerminationGracePeriodSeconds != nil {
		return *p.TerminationGracePeriodSeconds
	}
	return pod
}
