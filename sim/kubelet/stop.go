package kubelet

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// minimumGrace is what every container gets between SIGTERM and the kill, whatever the grace.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go minimumGracePeriodInSeconds.
const minimumGrace = 2 * time.Second

// terminate stops a pod that is being deleted.
func (f *Fleet) terminate(now sim.Time, w *worker) {
	f.stop(now, w, time.Duration(w.pod.DeletionGracePeriodSeconds)*time.Second)
}

// complete is a pod whose regular containers have all ended: its sidecars are stopped, then it is over.
func (f *Fleet) complete(now sim.Time, w *worker) {
	if !w.anyRunning() {
		f.finish(now, w)
		return
	}
	f.report(now, w)
	f.stop(now, w, time.Duration(w.pod.Spec.TerminationGracePeriodSeconds)*time.Second)
}

// stop sends SIGTERM to all containers but the sidecars, which follow one by one in the reverse of
// their order when those have ended; all within one grace.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go
// killContainersWithSyncResult; kuberuntime_termination_order.go.
func (f *Fleet) stop(now sim.Time, w *worker, grace time.Duration) {
	w.stopping = true
	w.deadline = now.Add(max(grace, minimumGrace))
	for i := range w.containers {
		f.engine.Cancel(w.containers[i].wait)
		if c := &w.containers[i]; c.stage == running && !c.sidecar {
			f.terminateContainer(now, w, i)
		}
	}
	f.stopped(now, w)
}

// stopped goes on with a stop when a container has ended: with the next sidecar, or to the pod's end.
func (f *Fleet) stopped(now sim.Time, w *worker) {
	sidecar := -1
	for i := range w.containers {
		c := &w.containers[i]
		switch {
		case c.stage != running:
		case !c.sidecar || c.signalled:
			return // still stopping
		default:
			sidecar = i
		}
	}
	if sidecar < 0 {
		f.finish(now, w)
		return
	}
	f.terminateContainer(now, w, sidecar)
}

// terminateContainer sends SIGTERM. The container ends when it has stopped, or when it is killed at the
// deadline; sooner when its own end comes first.
func (f *Fleet) terminateContainer(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	c.signalled = true
	f.tell(w, c, apiserver.Normal, "Killing", "Stopping container "+c.spec.Name)
	at, why := w.deadline, byKill
	if d, stops := f.stopFor(w, c); stops && now.Add(d) <= w.deadline {
		at, why = now.Add(d), byTerm
	}
	if own, ok := f.engine.When(c.end); ok {
		if own <= at {
			return
		}
		f.engine.Cancel(c.end)
	}
	c.cause = why
	c.end = f.at(max(at, now), opEnd, w, i)
}

// finish is the end of a pod: its status is told for the last time, and the object of a deleted pod is
// removed.
func (f *Fleet) finish(now sim.Time, w *worker) {
	f.drop(w)
	f.reportEnd(now, w)
	if w.deleting {
		none := int64(0)
		err := f.api.Delete(model.KindPod, w.pod.Namespace, w.pod.Name, apiserver.DeleteOptions{GraceSeconds: &none, UID: w.pod.UID})
		if err != nil && !apiserver.Is(err, apiserver.NotFound) {
			f.note("a kubelet could not remove a stopped pod: " + err.Error())
		}
	}
}

func (w *worker) anyRunning() bool {
	for i := range w.containers {
		if w.containers[i].stage == running {
			return true
		}
	}
	return false
}
