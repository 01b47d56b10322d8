package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/prober"
)

// setReady tells that a container is ready or not, and has the pod synced.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go SetContainerReadiness.
func (f *Fleet) setReady(now sim.Time, w *worker, i int, id uint64, ready bool) {
	if s := w.shownStatus(i, id); s != nil && s.Ready != ready {
		next := f.changing(w)
		w.shownIn(next, i).Ready = ready
		containers := containersReady(w.pod, next, nil)
		for j := range next.Conditions {
			switch next.Conditions[j].Type {
			case model.PodReady:
				next.Conditions[j] = readyCondition(w.pod, containers, next.Conditions)
			case model.ContainersReady:
				next.Conditions[j] = containers
			}
		}
		f.say(now, w, next)
	}
	f.update(now, w)
}

// setStarted tells that a container has started or not, and has the pod synced.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go SetContainerStartup.
func (f *Fleet) setStarted(now sim.Time, w *worker, i int, id uint64, started bool) {
	if s := w.shownStatus(i, id); s != nil && s.Started != started {
		next := f.changing(w)
		w.shownIn(next, i).Started = started
		f.say(now, w, next)
	}
	f.update(now, w)
}

// changing is a copy of a pod's status, to be changed and said.
func (f *Fleet) changing(w *worker) *model.PodStatus {
	copyStatus(&f.next, &w.status)
	return &f.next
}

// shownStatus is what the status says of a container, nil when it does not show that instance.
func (w *worker) shownStatus(i int, id uint64) *model.ContainerStatus {
	c := &w.containers[i]
	s := w.shownIn(&w.status, i)
	if s == nil || c.view.cur == nil || c.view.cur.number != id || s.ContainerID != c.view.cur.id {
		return nil
	}
	return s
}

// shownIn is a container's part of a status, nil when it has none.
func (w *worker) shownIn(s *model.PodStatus, i int) *model.ContainerStatus {
	if i < w.inits {
		if i < len(s.InitContainers) {
			return &s.InitContainers[i]
		}
		return nil
	}
	return containerOf(s, w.containers[i].spec.Name)
}

// probeView is what probe workers see of a container in the pod's status.
func (f *Fleet) probeView(w *worker, i int) prober.View {
	c := &w.containers[i]
	p := c.probes
	v := prober.View{IP: w.ip, PodEnded: isTerminal(w.status.Phase)}
	s := w.shownIn(&w.status, i)
	if s == nil || s.ContainerID == "" {
		p.shown = 0
		return v
	}
	if c.view.cur != nil && c.view.cur.id == s.ContainerID {
		p.shown = c.view.cur.number
	}
	v.ID, v.Started = p.shown, s.Started
	switch s.State.Kind {
	case model.ContainerRunning:
		v.Running, v.StartedAt = true, f.wholeSecond(s.State.Started)
	case model.ContainerTerminated:
		v.Terminated = true
		v.Restarts = c.restartable(w.pod.Spec.RestartPolicy, s.State.ExitCode) || w.restart
	}
	return v
}

// showProbes shows the pod's new status to its probe workers.
func (f *Fleet) showProbes(now sim.Time, w *worker) {
	for i := range w.containers {
		p := w.containers[i].probes
		if p == nil {
			continue
		}
		view := f.probeView(w, i)
		for t, worker := range p.workers {
			if worker != nil {
				worker.See(now, view)
				f.armProbe(now, w, i, prober.Type(t))
			}
		}
	}
}

// probeStatus fills in which containers have started and are ready, and has those probed at once that are
// not ready.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober_manager.go UpdatePodStatus.
func (f *Fleet) probeStatus(now sim.Time, w *worker, s *model.PodStatus) {
	for i := range w.containers {
		c := &w.containers[i]
		status := w.shownIn(s, i)
		up := status.State.Kind == model.ContainerRunning
		status.Started = up && c.hasStarted(status.Started)
		switch {
		case c.init:
			status.Ready = status.State.Kind == model.ContainerTerminated && status.State.ExitCode == 0
		case !status.Started:
			status.Ready = false
		default:
			status.Ready = f.isReady(now, w, i)
		}
	}
}

// hasStarted says whether a container that runs has started; before is what was said last.
func (c *container) hasStarted(before bool) bool {
	if result, known := c.result(startupProbe, c.view.cur.number); known {
		return result == success
	}
	return before || !c.has(startupProbe)
}

// isReady says whether a container that has started is ready, and has it probed at once if it is not.
func (f *Fleet) isReady(now sim.Time, w *worker, i int) bool {
	c := &w.containers[i]
	if !c.has(readiness) {
		return !c.held || !c.running()
	}
	if result, known := c.result(readiness, c.view.cur.number); known && result == success || c.probes.trusted {
		return true
	}
	if p := c.probes.workers[readiness]; p != nil {
		p.Poke(now)
		f.armProbe(now, w, i, readiness)
	}
	return false
}

// has says whether the container has a probe worker of a type, or is to have one.
func (c *container) has(t prober.Type) bool {
	return c.probes != nil && (c.probes.workers[t] != nil || c.probes.late[t])
}

// result is the published result of a probe for an instance of the container.
func (c *container) result(t prober.Type, id uint64) (r prober.Result, known bool) {
	if c.probes == nil || c.probes.workers[t] == nil {
		return prober.Unknown, false
	}
	return c.probes.workers[t].Result(id)
}
