package kubelet

import (
	"maps"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// housekeepingPeriod is how often a kubelet looks for mirrors of pods that it does not have.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go housekeepingPeriod.
const housekeepingPeriod = 2 * time.Second

// object is the stored object of a pod: of a static one, its mirror.
func (f *Fleet) object(w *worker) (*model.Pod, bool) {
	uid := w.pod.UID
	if w.static != nil {
		if w.mirror == nil {
			return nil, false
		}
		uid = w.mirror.UID
	}
	stored, ok := f.api.Pods.Get(w.pod.Namespace, w.pod.Name)
	return stored, ok && stored.UID == uid
}

// about is what events about a pod are about.
//
// Differs from upstream: events about a static pod name its mirror, not the UID that its kubelet knows it by.
func (w *worker) about() *model.Pod {
	if w.mirror != nil {
		return w.mirror
	}
	return w.pod
}

// of is the worker of a pod by the UID of its object or, of a static one, by that which its kubelet gave it.
func (f *Fleet) of(uid string) (*worker, bool) {
	w, ok := f.workers[uid]
	if !ok {
		w, ok = f.mirrors[uid]
	}
	return w, ok
}

// UIDOf is the UID by which a kubelet knows a pod of the API server: the object of a static pod has one of its own.
func UIDOf(pod *model.Pod) string {
	if uid := pod.Annotations[MirrorAnnotation]; uid != "" {
		return uid
	}
	return pod.UID
}

// setMirror takes note of the mirror of a static pod; nil: it has none.
func (f *Fleet) setMirror(w *worker, mirror *model.Pod) {
	if w.mirror != nil {
		delete(f.mirrors, w.mirror.UID)
	}
	w.mirror = mirror
	if mirror == nil {
		return
	}
	if f.mirrors == nil {
		f.mirrors = map[string]*worker{}
	}
	f.mirrors[mirror.UID] = w
}

// unmirrored says whether the control plane knows nothing of a static pod, or knows it wrongly.
func (w *worker) unmirrored() bool {
	return w.static != nil && (w.mirror == nil || w.mirror.Deleting || w.mirror.Annotations[MirrorAnnotation] != w.pod.UID)
}

// mirrorSeen takes the mirror of a static pod, or a change of one. What nodes mirror at the start they also
// have files of; later, a mirror of no static pod is removed at the next housekeeping.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go HandlePodAdditions, HandlePodUpdates.
func (f *Fleet) mirrorSeen(now sim.Time, mirror *model.Pod) {
	h := f.known(mirror.NodeName)
	stored, there := f.api.Pods.Get(mirror.Namespace, mirror.Name)
	if h == nil || !there || stored.UID != mirror.UID {
		return // what is seen is past, or there is no kubelet to see it
	}
	s := h.staticNamed(mirror.Namespace, mirror.Name)
	switch {
	case s == nil && now == 0:
		s = mirrored(mirror)
		h.statics = append(h.statics, s)
		f.staticsAt(now, h)
		return
	case s == nil:
		f.engine.Schedule(after(now, h.ticks, housekeepingPeriod),
			sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: opHousekeeping, Ref: h})
		return
	case now == 0 && !s.known && len(mirror.Status.Containers) > 0:
		s.said, s.known = mirror.Status, true
	}
	w, begun := f.workers[s.pod.UID]
	if !begun {
		return
	}
	was := w.mirror
	f.setMirror(w, mirror)
	if w.host.trouble.off || was != nil && was.UID == mirror.UID && was.Deleting == mirror.Deleting && was.Spec == mirror.Spec &&
		maps.Equal(was.Labels, mirror.Labels) && maps.Equal(was.Annotations, mirror.Annotations) {
		return
	}
	f.update(now, w)
}

// mirrored is the static pod that a mirror of before the run is one of.
func mirrored(mirror *model.Pod) *static {
	pod := *mirror
	pod.UID = mirror.Annotations[MirrorAnnotation]
	pod.Owners, pod.Deleting, pod.ResourceVersion, pod.Generation = nil, false, 0, 0
	pod.Annotations = maps.Clone(mirror.Annotations)
	delete(pod.Annotations, MirrorAnnotation)
	pod.Annotations[hashAnnotation], pod.Annotations[sourceAnnotation] = pod.UID, fileSource
	s := &static{pod: &pod, said: mirror.Status, known: mirror.Status.Phase != model.PodPending || len(mirror.Status.Containers) > 0}
	pod.Status = model.PodStatus{Phase: model.PodPending, QOSClass: apiserver.QOSClass(pod.Spec)}
	return s
}

// mirrorGone takes the end of a mirror: its static pod is synced, and has a new one made.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go HandlePodRemoves.
func (f *Fleet) mirrorGone(now sim.Time, mirror *model.Pod) {
	w, ok := f.mirrors[mirror.UID]
	if !ok {
		return
	}
	f.setMirror(w, nil)
	if !w.host.trouble.off {
		f.update(now, w)
	}
}

// reconcileMirror has the API server know of a static pod: a mirror that is being deleted or is of another
// pod is removed, one that is missing is made. What fails is tried again by a later sync.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go tryReconcileMirrorPods.
func (f *Fleet) reconcileMirror(now sim.Time, w *worker) {
	if !w.unmirrored() || w.host.trouble.cut {
		return
	}
	if m := w.mirror; m != nil {
		none := int64(0)
		err := f.api.Delete(model.KindPod, m.Namespace, m.Name, apiserver.DeleteOptions{GraceSeconds: &none, UID: m.UID})
		if err != nil && !apiserver.Is(err, apiserver.NotFound) {
			f.note("a kubelet could not remove a mirror pod: " + err.Error())
			return
		}
		f.setMirror(w, nil)
	}
	made, err := f.api.Create(w.newMirror())
	if err != nil {
		f.note("a kubelet could not create the mirror of a static pod: " + err.Error())
		return
	}
	f.setMirror(w, made.(*model.Pod))
	f.batchStatuses(now, w.host)
}

// newMirror is the mirror of a static pod: it belongs to the node.
// Source: kubernetes v1.37.2 pkg/kubelet/pod/mirror_client.go CreateMirrorPod.
func (w *worker) newMirror() *model.Pod {
	mirror := *w.pod
	mirror.UID, mirror.Status, mirror.ResourceVersion = "", model.PodStatus{}, 0
	mirror.Annotations = maps.Clone(w.pod.Annotations)
	mirror.Annotations[MirrorAnnotation] = w.pod.Annotations[hashAnnotation]
	mirror.Owners = []model.OwnerReference{{APIVersion: "v1", Kind: string(model.KindNode), Name: w.host.name, UID: w.host.node.UID, Controller: true}}
	return &mirror
}

// batchStatuses has the statuses of a node's pods compared with those in the API server when the kubelet does
// so next.
// Source: kubernetes v1.37.2 pkg/kubelet/status/status_manager.go Start (syncTicker), syncBatch.
func (f *Fleet) batchStatuses(now sim.Time, h *host) {
	if _, planned := f.engine.When(h.batch); !planned {
		h.batch = f.engine.Schedule(after(now, h.batches, reconcilePeriod),
			sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: opReconcile, Ref: h})
	}
}

// housekeep removes the mirrors of pods that the kubelet does not have.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go HandlePodCleanups (orphanedMirrorPodFullnames).
func (f *Fleet) housekeep(now sim.Time, h *host) {
	if h.trouble.cut || h.node == nil {
		return
	}
	var orphans []*model.Pod
	for _, pod := range f.api.PodsOn(h.name) {
		if isMirror(pod) && h.staticNamed(pod.Namespace, pod.Name) == nil {
			orphans = append(orphans, pod)
		}
	}
	for _, pod := range orphans {
		f.gone(&worker{pod: pod})
	}
}
