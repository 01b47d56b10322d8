package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// syncTerminating stops a pod for good.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go SyncTerminatingPod.
func (f *Fleet) syncTerminating(now sim.Time, w *worker) {
	s := f.generate(now, w, false)
	w.evict.mark(s)
	f.say(now, w, s)
	f.stopLivenessAndStartup(now, w)
	w.stage = terminator
	if f.killPod(now, w) {
		f.allStopped(now, w)
	}
}

// allStopped goes on when all containers have stopped: the status says so, and the pod is terminated.
func (f *Fleet) allStopped(now sim.Time, w *worker) {
	f.sandboxStopped(w)
	for i := range w.containers {
		f.stopProbes(&w.containers[i])
	}
	w.sandboxView = w.sandbox
	for i := range w.containers {
		w.containers[i].view = w.containers[i].rt
	}
	s := f.generate(now, w, true)
	w.evict.mark(s)
	f.say(now, w, s)
	w.terminated, w.pending, w.acted = true, true, false
	w.discount()
	f.stopped(now, w)
	if w.orphan {
		f.finish(w)
		return
	}
	f.syncEnded(now, w)
}

// syncTerminated is the last sync of a pod: nothing is left of it but its object, which goes now if it was
// deleted.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go SyncTerminatedPod; status/status_manager.go
// TerminatePod.
func (f *Fleet) syncTerminated(now sim.Time, w *worker) {
	f.say(now, w, f.generate(now, w, true))
	s := &f.next
	copyStatus(s, &w.status)
	w.loseContainers(s)
	if s.Phase != model.PodSucceeded {
		s.Phase = model.PodFailed
	}
	f.say(now, w, s)
	f.mark(w)
	f.finish(w)
}

// loseContainers has a status say of each container that is known to have begun, and of which no end is
// known, that it has ended badly.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go TerminatePod, hasPodInitialized,
// initializedContainers.
func (w *worker) loseContainers(s *model.PodStatus) {
	lost := model.ContainerState{Kind: model.ContainerTerminated, Reason: "ContainerStatusUnknown", ExitCode: 137,
		Message: "The container could not be located when the pod was terminated"}
	if w.hasInitialized() {
		for i := range s.Containers {
			if s.Containers[i].State.Kind != model.ContainerTerminated {
				s.Containers[i].State = lost
			}
		}
	}
	last := -1
	for i := range s.InitContainers {
		if c := &s.InitContainers[i]; c.State.Kind == model.ContainerRunning || c.State.Kind == model.ContainerTerminated ||
			c.Last.Kind == model.ContainerTerminated {
			last = i
		}
	}
	for i := 0; i <= last; i++ {
		if s.InitContainers[i].State.Kind != model.ContainerTerminated {
			s.InitContainers[i].State = lost
		}
	}
}

// hasInitialized says whether the object's status shows that the regular containers were to run.
func (w *worker) hasInitialized() bool {
	if w.inits == 0 {
		return true
	}
	for i := range w.pod.Status.Containers {
		c := &w.pod.Status.Containers[i]
		if c.Last.Kind == model.ContainerTerminated || c.State.Kind == model.ContainerRunning || c.State.Kind == model.ContainerTerminated {
			return true
		}
	}
	inits := w.pod.Status.InitContainers
	if len(inits) < w.inits {
		return false
	}
	last := &inits[len(inits)-1]
	if w.containers[w.inits-1].sidecar {
		return last.Started
	}
	return last.State.Kind == model.ContainerTerminated && last.State.ExitCode == 0
}

// finish is the end of a worker. The pod is forgotten when its last status has been written.
func (f *Fleet) finish(w *worker) {
	w.finished, w.stage, w.pending = true, idle, false
	f.mark(w)
}

// gone removes the object of a deleted pod that has been stopped.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go syncPod, canBeDeleted.
func (f *Fleet) gone(w *worker) {
	now := int64(0)
	err := f.api.Delete(model.KindPod, w.pod.Namespace, w.pod.Name, apiserver.DeleteOptions{GraceSeconds: &now, UID: w.pod.UID})
	if err != nil && !apiserver.Is(err, apiserver.NotFound) {
		f.note("a kubelet could not remove a stopped pod: " + err.Error())
	}
}
