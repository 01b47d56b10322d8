package kubelet

import (
	"math"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// runFor is how long a container runs by itself; ends is false when it runs for ever.
func (w *worker) runFor(c *container) (d time.Duration, ends bool) {
	if w.fixed != nil && !c.init && !c.sidecar {
		if math.IsInf(*w.fixed, 1) {
			return 0, false
		}
		return sim.SampleDuration(sim.Constant(*w.fixed), nil), true
	}
	return c.life.Run()
}

// scheduleEnd puts the end of a container that started at an instant on the engine, unless it runs for
// ever. A container of the initial state that should have ended before the run runs its time anew.
func (f *Fleet) scheduleEnd(w *worker, i int, from sim.Time) {
	c := &w.containers[i]
	c.end = sim.Handle{}
	d, ends := w.runFor(c)
	if !ends {
		f.awaitUntil(f.engine.Now(), w, i)
		return
	}
	end := from.Add(d)
	if now := f.engine.Now(); end < now {
		end = now.Add(d)
	}
	c.over = ending{own: true}
	c.end = f.at(end, opEnd, w, i)
}

// hold keeps a container unready for the time that a behaviour says, where no probe decides.
func (f *Fleet) hold(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	f.engine.Cancel(c.unhold)
	c.held = false
	if c.init || c.spec.ReadinessProbe != nil {
		return
	}
	if d, said := c.life.Ready(); said && d > 0 {
		c.held = true
		c.unhold = f.at(max(now, c.rt.cur.started.Add(d)), opHeld, w, i)
	}
}

// released is a container that can do its work.
func (f *Fleet) released(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	c.held = false
	if c.running() {
		f.setReady(now, w, i, c.rt.cur.number, true)
	}
}

// ended is the end of a container: by itself or because it was stopped.
func (f *Fleet) ended(now sim.Time, w *worker, i int) {
	exit, reason := f.endOf(&w.containers[i])
	f.exits(now, w, i, exit, reason)
}

// endOf is how a container ends that is due to.
func (f *Fleet) endOf(c *container) (exit int32, reason string) {
	exit, reason = c.over.exit, c.over.reason
	switch {
	case c.over.own:
		exit = c.life.Exit()
		return exit, c.life.Reason(exit)
	case reason == "":
		reason = behaviour.ReasonOf(exit)
	}
	return exit, reason
}

// exit is the end of the present instance, as the runtime has it.
func (c *container) exit(now sim.Time, code int32, reason string) {
	down := *c.rt.cur
	down.state, down.finished, down.exit, down.reason = exited, now, code, reason
	c.rt.cur = &down
}

// exits ends the instance of a container that runs now.
func (f *Fleet) exits(now sim.Time, w *worker, i int, exit int32, reason string) {
	c := &w.containers[i]
	c.exit(now, exit, reason)
	f.engine.Cancel(c.end)
	f.engine.Cancel(c.unhold)
	c.held = false
	f.stopLayer(c)
	f.followStops(now, w, i)
	f.interruptProbes(now, w, i)
	switch {
	case c.kill.stage != notKilled:
		f.killGoesOn(now, w, i)
	case c.starting == inPostStart && c.spec.PostStart.Kind == "exec":
		if f.postStart(now, w, i, false) {
			f.stepDone(now, w)
		}
	}
	if w.dropped || !w.unseen() {
		return
	}
	if w.host.timers.Relist == 0 {
		f.relist(now, w)
	} else {
		f.needRelist(now, w)
	}
}
