package kubelet

import (
	"towtank.dev/towtank/model"
)

// waitingReason is why a container waits that has not been tried to start.
func (w *worker) waitingReason() string {
	if w.inits > 0 {
		return "PodInitializing"
	}
	return "ContainerCreating"
}

// reasonRestartingAll is the reason of containers that a restart of all has removed.
const reasonRestartingAll = "RestartingAllContainers"

// containerStatus is the status of a container.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses.
func (w *worker) containerStatus(i int, before []model.ContainerStatus, restarting bool) model.ContainerStatus {
	c := &w.containers[i]
	var old *model.ContainerStatus
	for j := range before {
		if before[j].Name == c.spec.Name {
			old = &before[j]
		}
	}
	s := model.ContainerStatus{Name: c.spec.Name, Image: c.spec.Image,
		State: model.ContainerState{Kind: model.ContainerWaiting, Reason: w.waitingReason()}}
	switch {
	case c.view.cur != nil:
		s = c.shown(old)
	case old != nil:
		w.lost(&s, old, restarting)
	}
	w.showFailure(c, &s)
	return s
}

// shown is the status of a container of which the runtime has an instance.
func (c *container) shown(old *model.ContainerStatus) model.ContainerStatus {
	cur := c.view.cur
	s := model.ContainerStatus{Name: c.spec.Name, Image: cur.image, ImageID: c.imageID, ContainerID: cur.id,
		RestartCount: cur.restarts, State: cur.shown()}
	if old != nil {
		s.RestartCount = max(s.RestartCount, old.RestartCount)
		if old.ContainerID != s.ContainerID && old.State.Kind == model.ContainerTerminated {
			s.Last = old.State
		} else {
			s.Last = old.Last
		}
		if cur.state == running && old.State.Kind == model.ContainerTerminated && old.RestartCount >= cur.restarts {
			s.RestartCount = old.RestartCount + 1
		}
		s.Started = cur.state == running && old.Started
	}
	if c.view.prev != nil {
		s.Last = c.view.prev.shown()
	}
	return s
}

// shown is an instance as a state.
func (i *instance) shown() model.ContainerState {
	switch i.state {
	case running:
		return model.ContainerState{Kind: model.ContainerRunning, Started: i.started}
	case exited:
		return model.ContainerState{Kind: model.ContainerTerminated, Reason: i.reason, ExitCode: i.exit, Started: i.started, Finished: i.finished}
	}
	return model.ContainerState{Kind: model.ContainerWaiting}
}

// lost fills in the status of a container of which the runtime has nothing, from what it was before.
func (w *worker) lost(s, old *model.ContainerStatus, restarting bool) {
	if old.State.Kind == model.ContainerTerminated {
		*s = *old
		s.Started, s.Ready = false, false
	} else {
		s.RestartCount, s.Last = old.RestartCount, old.Last
	}
	switch {
	case restarting && old.State.Kind != model.ContainerWaiting:
		const message = "The container is removed because RestartAllContainers in place"
		s.State = model.ContainerState{Kind: model.ContainerWaiting, Reason: reasonRestartingAll, Message: message}
		s.Last = model.ContainerState{Kind: model.ContainerTerminated, Reason: reasonRestartingAll, Message: message, ExitCode: 137}
		s.RestartCount = old.RestartCount + 1
	case old.State.Kind == model.ContainerRunning && old.Last.Kind != model.ContainerTerminated:
		s.Last = model.ContainerState{Kind: model.ContainerTerminated, Reason: "ContainerStatusUnknown", ExitCode: 137,
			Message: "The container could not be located when the pod was deleted.  The container used to be Running"}
		if !w.pod.Deleting {
			s.RestartCount++
		}
	}
}

// showFailure shows a container that is to be started, and could not be the last time, as waiting for the
// reason of that.
func (w *worker) showFailure(c *container, s *model.ContainerStatus) {
	if c.reason == "" || c.init && c.view.is(exited) && c.view.cur.exit == 0 || !w.shouldRestart(c) {
		return
	}
	if s.State.Kind == model.ContainerTerminated {
		s.Last = s.State
	}
	s.State = model.ContainerState{Kind: model.ContainerWaiting, Reason: c.reason, Message: c.message}
}
