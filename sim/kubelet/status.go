package kubelet

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// generate makes the status that follows from what the sync sees; ended says that all containers have
// been stopped for good. It is the fleet's own until the next call.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go generateAPIPodStatus.
func (f *Fleet) generate(now sim.Time, w *worker, ended bool) *model.PodStatus {
	old := w.before()
	s := &f.next
	inits, regular, conditions := s.InitContainers[:0], s.Containers[:0], s.Conditions[:0]
	*s = model.PodStatus{ObservedGeneration: w.pod.Generation, NominatedNodeName: old.NominatedNodeName, QOSClass: old.QOSClass, Resize: w.pod.Status.Resize}
	restarting := w.restarting(old)
	for i := range w.inits {
		inits = append(inits, w.containerStatus(i, old.InitContainers, restarting))
	}
	for i := w.inits; i < len(w.containers); i++ {
		j := i
		if w.order != nil {
			j = w.inits + w.order[i-w.inits]
		}
		regular = append(regular, w.containerStatus(j, old.Containers, restarting))
	}
	s.InitContainers, s.Containers = inits, regular
	s.Phase = w.phase(s, ended)
	w.keepTerminal(s, old)
	f.checkDeadline(now, w, s)
	if w.pod.Terminal() {
		s.Phase = w.pod.Status.Phase // what has been told is not taken back
	}
	f.probeStatus(now, w, s)
	s.Conditions = w.conditions(conditions, s, old, restarting)
	s.PodIP, s.HostIP = w.ip, w.host.hostAddress()
	if w.pod.Spec.HostNetwork {
		s.PodIP = s.HostIP
	}
	return s
}

// before is the status that the next one starts from.
func (w *worker) before() *model.PodStatus {
	if w.known {
		return &w.status
	}
	return &w.pod.Status
}

// keepTerminal keeps a phase that has been terminal once, and the reason that goes with a phase.
func (w *worker) keepTerminal(s, old *model.PodStatus) {
	if !isTerminal(s.Phase) {
		if isTerminal(old.Phase) {
			s.Phase = old.Phase
		} else if w.pod.Terminal() {
			s.Phase = w.pod.Status.Phase
		}
	}
	if s.Phase == old.Phase {
		s.Reason, s.Message = old.Reason, old.Message
	}
}

func isTerminal(p model.Phase) bool { return p == model.PodSucceeded || p == model.PodFailed }

// say takes over a status that has changed, to be written.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go updateStatusInternal.
func (f *Fleet) say(now sim.Time, w *worker, s *model.PodStatus) {
	old := w.before()
	for i := range s.Conditions {
		c := &s.Conditions[i]
		c.LastTransition = now
		if was := old.Condition(c.Type); was != nil && (was.Status == c.Status || !ownedByKubelet(c.Type)) {
			c.LastTransition = was.LastTransition
		}
	}
	s.Started, s.HasStarted = now, true
	if old.HasStarted {
		s.Started = old.Started
	}
	if w.known && same(&w.status, s) {
		return
	}
	if !w.known {
		f.spare.status(w)
	}
	copyStatus(&w.status, s)
	first := !w.known
	w.known = true
	if first {
		f.armDeadline(now, w)
	}
	f.mark(w)
	f.showProbes(now, w)
}

// wholeSecond is the instant as statuses give it.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go normalizeStatus.
func (f *Fleet) wholeSecond(t sim.Time) sim.Time {
	return t.TruncateFrom(sim.At(-f.options.WallOffset), time.Second)
}

// copyStatus copies a status into another, whose slices are used again.
func copyStatus(to, from *model.PodStatus) {
	if to == from {
		return
	}
	inits, regular, conditions := to.InitContainers[:0], to.Containers[:0], to.Conditions[:0]
	*to = *from
	to.InitContainers = append(inits, from.InitContainers...)
	to.Containers = append(regular, from.Containers...)
	to.Conditions = append(conditions, from.Conditions...)
}

// mark puts a pod among those whose status is written before the instant goes on.
func (f *Fleet) mark(w *worker) {
	if !w.dirty {
		w.dirty = true
		f.changed = append(f.changed, w)
	}
}

// flush writes the statuses that have changed. What follows one another in one instant is written once.
func (f *Fleet) flush(now sim.Time) {
	for f.settle(now); len(f.changed) > 0; f.settle(now) {
		changed := f.changed
		f.changed = nil
		for _, w := range changed {
			w.dirty = false
			if !w.dropped {
				f.write(w)
			}
		}
		clear(changed)
		if f.changed == nil {
			f.changed = changed[:0]
		}
	}
}

// write stores a pod's status, unless nothing has changed or the object is gone, and removes the object of
// a deleted pod that is finished.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go syncPod.
func (f *Fleet) write(w *worker) {
	if t := &w.host.trouble; t.cut {
		t.unsent = append(t.unsent, w)
		return
	}
	stored, ok := f.object(w)
	if !ok {
		if w.finished {
			f.drop(w)
		}
		return
	}
	if w.known {
		stored = f.patch(w, stored)
	}
	if !w.finished {
		return
	}
	if stored.Deleting && stored.Terminal() && w.static == nil {
		f.gone(w)
	}
	f.drop(w)
}

// patch stores what the kubelet says, as far as it may say it: a pod whose containers may still run is not
// told to have ended.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go mergePodStatus.
func (f *Fleet) patch(w *worker, stored *model.Pod) *model.Pod {
	was := &stored.Status
	says := w.status
	ending := isTerminal(says.Phase) && !isTerminal(was.Phase)
	if ending && !w.terminated && !w.rejected {
		says.Phase, says.Reason, says.Message = was.Phase, was.Reason, was.Message
	}
	says.ObservedGeneration = max(says.ObservedGeneration, was.ObservedGeneration)
	says.NominatedNodeName, says.QOSClass, says.Resize = was.NominatedNodeName, was.QOSClass, was.Resize
	says.Conditions = f.merged(w, was, ending && (w.terminated || w.rejected))
	if same(was, &says) {
		return stored
	}
	pod := *stored
	says.Conditions = append([]model.PodCondition(nil), says.Conditions...)
	says.InitContainers = append([]model.ContainerStatus(nil), says.InitContainers...)
	says.Containers = append([]model.ContainerStatus(nil), says.Containers...)
	pod.Status = says
	// The object is there, so that the write cannot fail.
	_ = f.api.Update(&pod)
	w.wrote = pod.ResourceVersion
	return &pod
}

// merged are the conditions that others have set, then the kubelet's own. That a pod is disrupted is told
// together with its end only. The slice is the fleet's own until the next call.
func (f *Fleet) merged(w *worker, was *model.PodStatus, ending bool) []model.PodCondition {
	out := f.conditions[:0]
	for i := range was.Conditions {
		if !ownedByKubelet(was.Conditions[i].Type) {
			out = append(out, was.Conditions[i])
		}
	}
	for i := range w.status.Conditions {
		c := w.status.Conditions[i]
		switch {
		case ownedByKubelet(c.Type):
			out = append(out, c)
		case c.Type == model.DisruptionTarget && ending:
			out = replaceCondition(out, c)
		}
	}
	f.conditions = out
	return out
}

func replaceCondition(list []model.PodCondition, c model.PodCondition) []model.PodCondition {
	for i := range list {
		if list[i].Type == c.Type {
			list[i] = c
			return list
		}
	}
	return append(list, c)
}

// same says whether two statuses tell the same.
func same(a, b *model.PodStatus) bool {
	return a.Phase == b.Phase && a.Reason == b.Reason && a.Message == b.Message && a.HasStarted == b.HasStarted &&
		a.Started == b.Started && a.ObservedGeneration == b.ObservedGeneration && a.PodIP == b.PodIP && a.HostIP == b.HostIP && equal(a.Conditions, b.Conditions) &&
		equal(a.InitContainers, b.InitContainers) && equal(a.Containers, b.Containers)
}

// tampered says whether a status has changed in what only kubelets say.
func tampered(was, is *model.PodStatus) bool {
	if was.Phase != is.Phase || was.Reason != is.Reason || was.Message != is.Message || was.PodIP != is.PodIP || was.HostIP != is.HostIP ||
		!equal(was.InitContainers, is.InitContainers) || !equal(was.Containers, is.Containers) {
		return true
	}
	for i := range was.Conditions {
		if c := &was.Conditions[i]; ownedByKubelet(c.Type) {
			if now := is.Condition(c.Type); now == nil || *now != *c {
				return true
			}
		}
	}
	return false
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
