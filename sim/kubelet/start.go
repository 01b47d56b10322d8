package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// start begins with the next container of the pass; when none is left, the pass is over and the pod is
// synced again.
func (f *Fleet) start(now sim.Time, w *worker) {
	for w.passing {
		if len(w.queue) == 0 {
			w.passing = false
			f.sync(now, w)
			return
		}
		i := w.queue[0]
		w.queue = w.queue[1:]
		if d := f.startup(w, &w.containers[i]); d > 0 {
			w.starting = f.at(now.Add(d), opStarted, w, i)
			return
		}
		f.started(now, w, i)
	}
}

// started is a container that runs from now on.
func (f *Fleet) started(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	if c.began {
		c.last = c.state()
		c.restarts++
	}
	c.began, c.crash = true, false
	c.stage, c.startedAt, c.isReady = running, now, false
	w.sandbox = true
	f.tell(w, c, apiserver.Normal, "Created", "Container created")
	f.tell(w, c, apiserver.Normal, "Started", "Container started")
	f.scheduleEnd(w, i, now)
	if c.init {
		return
	}
	if d := f.readyAfter(w, c); d > 0 {
		c.readiness = f.at(now.Add(d), opReady, w, i)
	} else {
		c.isReady = true
	}
}

// scheduleEnd puts the end of a container that started at an instant on the engine, unless it runs for
// ever. A container of the initial state that should have ended before the run runs its time anew.
func (f *Fleet) scheduleEnd(w *worker, i int, from sim.Time) {
	c := &w.containers[i]
	c.cause = byItself
	d, ends := f.runFor(w, c)
	if !ends {
		c.end = sim.Handle{}
		return
	}
	end := from.Add(d)
	if now := f.engine.Now(); end < now {
		end = now.Add(d)
	}
	c.end = f.at(end, opEnd, w, i)
}

// ready is a container that can do its work.
func (f *Fleet) ready(now sim.Time, w *worker, i int) {
	w.containers[i].isReady = true
	if !w.passing && !w.stopping {
		f.report(now, w)
	}
}

// ended is the end of a container, by itself or because it was stopped.
func (f *Fleet) ended(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	c.stage, c.endedAt, c.isReady = terminated, now, false
	c.exit = f.exitCode(w, c)
	c.reason = f.exitReason(w, c, c.exit)
	f.engine.Cancel(c.readiness)
	if w.stopping {
		f.stopped(now, w)
		return
	}
	f.sync(now, w)
}

// adopt takes over a pod that ran before the run began, from its status.
func (f *Fleet) adopt(now sim.Time, w *worker) {
	status := &w.pod.Status
	bare := len(status.Containers) == 0
	for i := range w.containers {
		c := &w.containers[i]
		known := findStatus(status, c.spec.Name)
		switch {
		case known != nil:
			c.adopt(known)
		case bare && !c.init:
			c.stage, c.began, c.startedAt, c.isReady = running, true, w.since, true
		case bare:
			c.stage, c.began, c.startedAt, c.endedAt = terminated, true, w.since, w.since
		}
		if c.stage != running {
			continue
		}
		w.sandbox = true
		f.scheduleEnd(w, i, c.startedAt)
		if !c.isReady && !c.init {
			c.readiness = f.at(max(now, c.startedAt.Add(f.readyAfter(w, c))), opReady, w, i)
		}
	}
	w.initialized = w.initialized || w.pod.Status.Phase == model.PodRunning
}

func (c *container) adopt(s *model.ContainerStatus) {
	c.restarts, c.last, c.isReady = s.RestartCount, s.Last, s.Ready
	switch s.State.Kind {
	case model.ContainerRunning:
		c.stage, c.began, c.startedAt = running, true, s.State.Started
	case model.ContainerTerminated:
		c.stage, c.began = terminated, true
		c.startedAt, c.endedAt, c.exit = s.State.Started, s.State.Finished, s.State.ExitCode
	default:
		if s.Last.Kind == model.ContainerTerminated { // in back-off
			c.stage, c.began = terminated, true
			c.startedAt, c.endedAt, c.exit = s.Last.Started, s.Last.Finished, s.Last.ExitCode
		}
	}
}

func findStatus(s *model.PodStatus, name string) *model.ContainerStatus {
	for _, list := range [2][]model.ContainerStatus{s.InitContainers, s.Containers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}
