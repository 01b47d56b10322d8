package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// step is one thing that a sync does.
type step struct {
	verb    verb
	index   int // of the container
	message string
}

// verb is what a step does.
type verb uint8

const (
	makeSandbox verb = iota
	killOne
	killLiveness // because of a failed probe, whose grace may be another
	killStartup
	resetOne // kill at once and remove
	startOne
	killAll
)

// syncPod brings a pod closer to what it should be.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go SyncPod; kuberuntime/kuberuntime_manager.go SyncPod.
func (f *Fleet) syncPod(now sim.Time, w *worker) {
	s := f.generate(now, w, false)
	over := s.Phase == model.PodSucceeded || s.Phase == model.PodFailed
	f.say(now, w, s)
	if over {
		w.terminating, w.pending = true, true
		f.syncEnded(now, w)
		return
	}
	c := s.Condition(allContainersRestarting)
	w.restart = c != nil && c.Status == "True"
	f.reconcileMirror(now, w)
	if f.mount(now, w) {
		f.mounted(now, w)
	}
}

// mounted goes on with a sync when the pod's volumes are mounted.
func (f *Fleet) mounted(now sim.Time, w *worker) {
	f.addProbes(now, w)
	f.plan(w)
	w.stage, w.step = stepping, 0
	f.proceed(now, w)
}

// proceed goes through the steps of a sync until one of them takes its time. It goes on when that is over.
func (f *Fleet) proceed(now sim.Time, w *worker) {
	for w.step < len(w.steps) {
		s := &w.steps[w.step]
		if !f.take(now, w, s) {
			if w.unseen() {
				f.needRelist(now, w)
			}
			return
		}
		w.step++
	}
	f.syncEnded(now, w)
}

// stepDone goes on with the next step.
func (f *Fleet) stepDone(now sim.Time, w *worker) {
	w.step++
	f.proceed(now, w)
}

// take does a step, and says whether it is over.
func (f *Fleet) take(now sim.Time, w *worker, s *step) (over bool) {
	w.acted = true
	switch s.verb {
	case makeSandbox:
		return f.makeSandbox(now, w)
	case startOne:
		return f.start(now, w, s.index)
	case killAll:
		w.stage = stopping
		if !f.killPod(now, w) {
			return false
		}
		w.stage = stepping
		f.sandboxStopped(w)
		return true
	default:
		return f.killStep(now, w, s)
	}
}

func (w *worker) do(v verb, i int, message string) { w.steps = append(w.steps, step{v, i, message}) }

// plan says what a sync is to do.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions.
func (f *Fleet) plan(w *worker) {
	w.steps = f.spare.steps(w.steps)
	if w.restart {
		w.planReset()
		return
	}
	if w.sandboxView != sandboxUp {
		f.planSandbox(w)
		return
	}
	starts, initialized, over := w.planInits()
	switch {
	case over:
		w.do(killAll, 0, "")
		return
	case !initialized:
		w.startInits(starts)
		return
	}
	kept, regular := w.planRegular()
	if kept == 0 && len(regular) == 0 {
		w.steps = w.steps[:0]
		w.do(killAll, 0, "")
		return
	}
	w.startInits(starts)
	for _, i := range regular {
		w.do(startOne, i, "")
	}
}

// planSandbox plans for a pod that has no sandbox, or one that has stopped: everything begins anew, but
// for containers that are done.
func (f *Fleet) planSandbox(w *worker) {
	if w.sandboxView == sandboxDown {
		w.do(killAll, 0, "")
		if w.pod.Spec.RestartPolicy == model.RestartNever && w.anyView() {
			return
		}
	}
	var regular []int
	begun := false
	for i := w.inits; i < len(w.containers); i++ {
		c := &w.containers[i]
		policy := w.pod.Spec.RestartPolicy
		if c.spec.RestartPolicy != "" {
			policy = c.spec.RestartPolicy
		}
		begun = begun || c.view.cur != nil
		if policy == model.RestartOnFailure && c.view.is(exited) && c.view.cur.exit == 0 {
			continue
		}
		regular = append(regular, i)
	}
	if len(regular) == 0 && begun {
		if len(w.steps) == 0 {
			w.do(killAll, 0, "")
		}
		return
	}
	w.do(makeSandbox, 0, "")
	if w.inits > 0 {
		w.do(startOne, 0, "")
		return
	}
	for _, i := range regular {
		w.do(startOne, i, "")
	}
}

func (w *worker) anyView() bool {
	for i := range w.containers {
		if w.containers[i].view.cur != nil {
			return true
		}
	}
	return false
}

// planInits finds the init containers to start, and kills sidecars whose probes failed. initialized says
// that the regular ones may start; over that the pod has failed.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go computeInitContainerActions.
func (w *worker) planInits() (starts []int, initialized, over bool) {
	if w.inits == 0 {
		return nil, true, false
	}
	initialized = w.regularBegun()
	before := initialized // the ones before have been initialized
	for i := w.inits - 1; i >= 0; i-- {
		c := &w.containers[i]
		cur := c.view.cur
		if cur == nil {
			if before && c.sidecar {
				starts = append(starts, i)
			}
			continue
		}
		if before && !c.sidecar {
			continue
		}
		switch {
		case cur.state == created:
			starts = append(starts, i)
		case cur.state == running && c.sidecar:
			starts, initialized = w.planSidecar(i, starts, before, initialized)
		case cur.state == running:
		case c.sidecar:
			starts = append(starts, i)
		case cur.exit != 0 && !w.shouldRestart(c):
			return nil, false, true
		case cur.exit != 0:
			starts = append(starts, i)
		case i == w.inits-1:
			initialized = true
		default:
			starts = append(starts, i+1)
		}
		before = true
	}
	if !before {
		starts = append(starts, 0)
	}
	return starts, initialized, false
}

// planSidecar plans for a sidecar that runs.
func (w *worker) planSidecar(i int, starts []int, before, initialized bool) ([]int, bool) {
	c := &w.containers[i]
	id := c.view.cur.number
	if c.spec.StartupProbe != nil {
		result, known := c.result(startupProbe, id)
		if known && result == failure {
			w.do(killStartup, i, "Init container "+c.spec.Name+" failed startup probe")
			return append(starts, i), initialized
		}
		if !known || result != success {
			return starts, initialized
		}
	}
	if i == w.inits-1 {
		initialized = true
	} else if !before {
		starts = append(starts, i+1)
	}
	if c.view.cur.image != c.spec.Image {
		w.do(killOne, i, "Init container "+c.spec.Name+" definition changed")
		return append(starts, i), initialized
	}
	if result, known := c.result(livenessProbe, id); known && result == failure {
		w.do(killLiveness, i, "Init container "+c.spec.Name+" failed liveness probe")
		starts = append(starts, i)
	}
	return starts, initialized
}

// startInits plans the starts of init containers, found from the last to the first.
func (w *worker) startInits(starts []int) {
	for i := len(starts) - 1; i >= 0; i-- {
		w.do(startOne, starts[i], "")
	}
}

// regularBegun says whether a regular container has been started in this sandbox.
// Source: kubernetes v1.37.2 pkg/kubelet/container/helpers.go HasAnyActiveRegularContainerStarted.
func (w *worker) regularBegun() bool {
	for i := w.inits; i < len(w.containers); i++ {
		if c := &w.containers[i]; c.view.is(running) || c.view.is(exited) {
			return true
		}
	}
	return false
}

// planRegular counts the regular containers to keep and finds those to start. Those that run and should
// not are killed first.
func (w *worker) planRegular() (kept int, starts []int) {
	for i := w.inits; i < len(w.containers); i++ {
		c := &w.containers[i]
		if !c.view.is(running) {
			if w.shouldRestart(c) {
				starts = append(starts, i)
			}
			continue
		}
		verb, message, restart := w.whyKill(c)
		if message == "" {
			kept++
			continue
		}
		if restart {
			message += ", will be restarted"
			starts = append(starts, i)
		}
		w.do(verb, i, message)
	}
	return kept, starts
}

// whyKill says why a regular container that runs is to be killed, with no message if it is not, and
// whether it is started again.
func (w *worker) whyKill(c *container) (v verb, message string, restart bool) {
	policy := w.pod.Spec.RestartPolicy
	if c.spec.RestartPolicy != "" {
		policy = c.spec.RestartPolicy
	}
	restart = policy != model.RestartNever
	id := c.view.cur.number
	if c.view.cur.image != c.spec.Image {
		return killOne, "Container " + c.spec.Name + " definition changed", true
	}
	if result, known := c.result(livenessProbe, id); known && result == failure {
		return killLiveness, "Container " + c.spec.Name + " failed liveness probe", restart
	}
	if result, known := c.result(startupProbe, id); known && result == failure {
		return killStartup, "Container " + c.spec.Name + " failed startup probe", restart
	}
	return 0, "", false
}
