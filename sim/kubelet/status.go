package kubelet

import (
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// report writes the pod's status as it is now.
func (f *Fleet) report(now sim.Time, w *worker) { f.write(now, w, w.phase(), true) }

// reportEnd writes the status of a pod that has ended.
func (f *Fleet) reportEnd(now sim.Time, w *worker) { f.write(now, w, w.lastPhase(), false) }

// write stores a status, unless nothing has changed or the object is gone.
func (f *Fleet) write(now sim.Time, w *worker, phase model.Phase, alive bool) {
	stored, ok := f.api.Pods.Get(w.pod.Namespace, w.pod.Name)
	if !ok || stored.UID != w.pod.UID {
		return
	}
	pod := *stored
	s := &pod.Status
	s.Phase = phase
	s.Started, s.HasStarted = w.since, true
	s.InitContainers = w.statuses(0, w.inits)
	s.Containers = w.statuses(w.inits, len(w.containers))
	s.Conditions = w.conditions(now, stored, phase, alive && w.sandbox)
	if same(&stored.Status, s) {
		return
	}
	// The object is there, so that the write cannot fail.
	_ = f.api.Update(&pod)
}

// phase is the phase of a pod that lives.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go getPhase.
func (w *worker) phase() model.Phase {
	if !w.initialized {
		return model.PodPending
	}
	for i := w.inits; i < len(w.containers); i++ {
		if !w.containers[i].began {
			return model.PodPending
		}
	}
	return model.PodRunning
}

// lastPhase is the phase of a pod that has ended: Succeeded when every regular container has ended with
// code 0.
func (w *worker) lastPhase() model.Phase {
	if w.failed {
		return model.PodFailed
	}
	for i := w.inits; i < len(w.containers); i++ {
		if c := &w.containers[i]; c.stage != terminated || c.exit != 0 {
			return model.PodFailed
		}
	}
	return model.PodSucceeded
}

// state is the container's state as a status shows it.
func (c *container) state() model.ContainerState {
	switch c.stage {
	case running:
		return model.ContainerState{Kind: model.ContainerRunning, Started: c.startedAt}
	case terminated:
		reason := c.reason
		if reason == "" { // it ended before this kubelet saw it
			reason = behaviour.ReasonOf(c.exit)
		}
		return model.ContainerState{Kind: model.ContainerTerminated, Reason: reason, ExitCode: c.exit,
			Started: c.startedAt, Finished: c.endedAt}
	}
	return model.ContainerState{Kind: model.ContainerWaiting}
}

func (w *worker) statuses(from, to int) []model.ContainerStatus {
	if from == to {
		return nil
	}
	out := make([]model.ContainerStatus, to-from)
	for i := range out {
		c := &w.containers[from+i]
		s := &out[i]
		s.Name, s.Image, s.RestartCount = c.spec.Name, c.spec.Image, c.restarts
		s.State, s.Last = c.state(), c.last
		s.Ready = c.isReady || c.init && c.stage == terminated && c.exit == 0
		s.Started = c.stage == running
		switch {
		case c.stage == waiting && w.inits > 0:
			s.State.Reason = "PodInitializing"
		case c.stage == waiting:
			s.State.Reason = "ContainerCreating"
		case c.stage == terminated && c.crash:
			s.Last = s.State
			s.State = model.ContainerState{Kind: model.ContainerWaiting, Reason: "CrashLoopBackOff",
				Message: "back-off " + c.held.String() + " restarting failed container=" + c.spec.Name +
					" pod=" + w.pod.Name + "_" + w.pod.Namespace + "(" + w.pod.UID + ")"}
		}
	}
	return out
}

// conditions are the five conditions of a pod in the order in which the kubelet writes them, and behind
// them those that others have set.
// Source: kubernetes v1.37.2 pkg/kubelet/status/generate.go.
func (w *worker) conditions(now sim.Time, stored *model.Pod, phase model.Phase, sandbox bool) []model.PodCondition {
	old := &stored.Status
	out := make([]model.PodCondition, 0, max(5, len(old.Conditions)))
	containersReady := w.containersReady(phase)
	ready := containersReady
	ready.Type = model.PodReady
	if ready.Status == "True" {
		ready = readinessGates(stored, ready)
	}
	for _, c := range [4]model.PodCondition{w.sandboxReady(sandbox), w.initCondition(phase), ready, containersReady} {
		out = append(out, timed(now, old, c))
	}
	out = append(out, timed(now, old, model.PodCondition{Type: model.PodScheduled, Status: "True"}))
	for i := range old.Conditions {
		switch old.Conditions[i].Type {
		case model.PodScheduled, model.PodReadyToStartContainers, model.PodInitialized, model.ContainersReady, model.PodReady:
		default:
			out = append(out, old.Conditions[i])
		}
	}
	return out
}

// timed gives a condition the instant of its last transition.
func timed(now sim.Time, old *model.PodStatus, c model.PodCondition) model.PodCondition {
	c.LastTransition = now
	if was := old.Condition(c.Type); was != nil && was.Status == c.Status {
		c.LastTransition = was.LastTransition
	}
	return c
}

func (w *worker) sandboxReady(ready bool) model.PodCondition {
	c := model.PodCondition{Type: model.PodReadyToStartContainers, Status: "True"}
	if !ready {
		c.Status, c.Reason, c.Message = "False", "PodSandboxNotReady", "no pod sandbox exists"
		if w.sandbox {
			c.Message = "pod sandbox is not ready"
		}
	}
	return c
}

func (w *worker) initCondition(phase model.Phase) model.PodCondition {
	c := model.PodCondition{Type: model.PodInitialized, Status: "True"}
	if phase == model.PodSucceeded {
		c.Reason = "PodCompleted"
		return c
	}
	if w.initialized {
		return c
	}
	var incomplete []string
	for i := range w.inits {
		if in := &w.containers[i]; in.init && (in.stage != terminated || in.exit != 0) || in.sidecar && in.stage != running {
			incomplete = append(incomplete, in.spec.Name)
		}
	}
	if len(incomplete) > 0 {
		c.Status, c.Reason = "False", "ContainersNotInitialized"
		c.Message = "containers with incomplete status: [" + strings.Join(incomplete, " ") + "]"
	}
	return c
}

func (w *worker) containersReady(phase model.Phase) model.PodCondition {
	c := model.PodCondition{Type: model.ContainersReady, Status: "False"}
	switch phase {
	case model.PodSucceeded:
		c.Reason = "PodCompleted"
		return c
	case model.PodFailed:
		c.Reason = "PodFailed"
		return c
	}
	var unready []string
	for i := range w.containers {
		if k := &w.containers[i]; !k.init && !k.isReady {
			unready = append(unready, k.spec.Name)
		}
	}
	if len(unready) == 0 {
		c.Status = "True"
		return c
	}
	c.Reason = "ContainersNotReady"
	c.Message = "containers with unready status: [" + strings.Join(unready, " ") + "]"
	return c
}

// readinessGates holds a pod back whose containers are ready but not the conditions it names.
// Source: kubernetes v1.37.2 pkg/kubelet/status/generate.go GeneratePodReadyCondition.
func readinessGates(pod *model.Pod, c model.PodCondition) model.PodCondition {
	var why []string
	for _, gate := range pod.Spec.ReadinessGates {
		switch met := pod.Status.Condition(gate); {
		case met == nil:
			why = append(why, `corresponding condition of pod readiness gate "`+gate+`" does not exist.`)
		case met.Status != "True":
			why = append(why, `the status of pod readiness gate "`+gate+`" is not "True", but `+met.Status)
		}
	}
	if len(why) > 0 {
		c.Status, c.Reason, c.Message = "False", "ReadinessGatesNotReady", strings.Join(why, ", ")
	}
	return c
}

// same says whether two statuses tell the same.
func same(a, b *model.PodStatus) bool {
	return a.Phase == b.Phase && a.HasStarted == b.HasStarted && a.Started == b.Started &&
		equal(a.Conditions, b.Conditions) && equal(a.InitContainers, b.InitContainers) && equal(a.Containers, b.Containers)
}

func equal[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
