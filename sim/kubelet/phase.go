package kubelet

import "towtank.dev/towtank/model"

// tally counts the containers of a pod by state.
type tally struct {
	pendingInits, pendingSidecars, failedInits    int
	running, waiting, stopped, final, wellStopped int
}

// phase is the phase that follows from the statuses of the containers.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go getPhase.
func (w *worker) phase(s *model.PodStatus, ended bool) model.Phase {
	var t tally
	for i := range s.InitContainers {
		if c := &w.containers[i]; c.sidecar {
			t.sidecar(&s.InitContainers[i])
		} else {
			t.init(c, &s.InitContainers[i], w.pod.Spec.RestartPolicy)
		}
	}
	for i := range s.Containers {
		j := w.inits + i
		if w.order != nil {
			j = w.inits + w.order[i]
		}
		t.regular(&w.containers[j], &s.Containers[i], w.pod.Spec.RestartPolicy)
	}
	switch {
	case t.failedInits > 0:
		return model.PodFailed
	case t.pendingInits > 0, t.pendingSidecars > 0 && !w.regularBegun(), t.waiting > 0:
		return model.PodPending
	case t.running > 0:
		return model.PodRunning
	case t.stopped == 0:
		return model.PodPending
	case !ended && t.stopped != t.final:
		return model.PodRunning
	case t.stopped == t.wellStopped:
		return model.PodSucceeded
	}
	return model.PodFailed
}

// end is the state of a container's end, its last one if it waits for another start; nil when it has none.
func end(s *model.ContainerStatus) *model.ContainerState {
	switch {
	case s.State.Kind == model.ContainerTerminated:
		return &s.State
	case s.State.Kind == model.ContainerWaiting && s.Last.Kind == model.ContainerTerminated:
		return &s.Last
	}
	return nil
}

// final says whether a container that has ended like that is not started again.
func (c *container) final(e *model.ContainerState, pod model.RestartPolicy) bool {
	return !c.restartable(pod, e.ExitCode) && e.Reason != reasonRestartingAll
}

func (t *tally) init(c *container, s *model.ContainerStatus, pod model.RestartPolicy) {
	switch e := end(s); {
	case e == nil:
		t.pendingInits++
	case e.ExitCode != 0 && c.final(e, pod):
		t.failedInits++
	}
}

func (t *tally) sidecar(s *model.ContainerStatus) {
	switch s.State.Kind {
	case model.ContainerRunning:
		if !s.Started {
			t.pendingSidecars++
		}
		t.running++
	case model.ContainerWaiting:
		if s.Last.Kind != model.ContainerTerminated {
			t.pendingSidecars++
			t.waiting++
		}
	}
}

func (t *tally) regular(c *container, s *model.ContainerStatus, pod model.RestartPolicy) {
	switch e := end(s); {
	case s.State.Kind == model.ContainerRunning:
		t.running++
	case e == nil:
		t.waiting++
	default:
		t.stopped++
		if c.final(e, pod) {
			t.final++
		}
		// A container that waits for another start has not succeeded, whatever its last code.
		if s.State.Kind == model.ContainerTerminated && e.ExitCode == 0 {
			t.wellStopped++
		}
	}
}
