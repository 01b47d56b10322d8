package controllers

import (
	"iter"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// active says whether a pod counts: it has neither ended nor been asked to go.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go IsPodActive.
func active(p *model.Pod) bool { return !p.Terminal() && !p.Deleting }

// terminating says whether a pod has been asked to go and has not ended.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go IsPodTerminating.
func terminating(p *model.Pod) bool { return p.Deleting && !p.Terminal() }

// ready says whether a pod's condition Ready is True.
func ready(p *model.Pod) bool {
	c := p.Status.Condition(model.PodReady)
	return c != nil && c.Status == model.ConditionTrue
}

// readySince is the second since which a pod that is ready has been so.
func (m *Manager) readySince(p *model.Pod) sim.Time {
	return m.Second(p.Status.Condition(model.PodReady).LastTransition)
}

// available says whether a pod has been ready for a number of seconds.
// Source: kubernetes v1.37.2 pkg/api/v1/pod/util.go IsPodAvailable.
func (m *Manager) available(p *model.Pod, minReadySeconds int32) bool {
	if !ready(p) {
		return false
	}
	return minReadySeconds == 0 || m.readySince(p).Add(seconds(minReadySeconds)) <= m.Engine.Now()
}

// nextAvailable is how long it takes until the next of the pods that are ready becomes available; false
// when all of them are.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go FindMinNextPodAvailabilityCheck.
func (m *Manager) nextAvailable(pods []*model.Pod, minReadySeconds int32) (next time.Duration, ok bool) {
	now := m.Engine.Now()
	for _, p := range pods {
		if minReadySeconds <= 0 || !ready(p) {
			continue
		}
		wait := m.readySince(p).Add(seconds(minReadySeconds)).Sub(now)
		if wait > 0 && (!ok || wait < next) {
			next, ok = wait, true
		}
	}
	return next, ok
}

// filter returns the elements of which keep says yes.
func filter[T any](all iter.Seq[T], keep func(T) bool) []T {
	var out []T
	for o := range all {
		if keep(o) {
			out = append(out, o)
		}
	}
	return out
}

// controllerRef is the reference by which an object owns what it makes.
// Source: kubernetes v1.37.2 apimachinery pkg/apis/meta/v1/controller_ref.go NewControllerRef.
func controllerRef(apiVersion string, o model.Object) model.OwnerReference {
	m := o.Meta()
	return model.OwnerReference{APIVersion: apiVersion, Kind: string(o.Kind()), Name: m.Name, UID: m.UID,
		Controller: true, BlockOwnerDeletion: true}
}

// podFrom makes a pod of a template for its owner. Labels, annotations and spec are the template's own,
// which nobody writes to.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go GetPodFromTemplate.
func podFrom(t *model.PodTemplate, owner model.Object, ref []model.OwnerReference) *model.Pod {
	m := owner.Meta()
	return &model.Pod{ObjectMeta: model.ObjectMeta{Namespace: m.Namespace, GenerateName: m.Name + "-", Labels: t.Labels,
		Annotations: t.Annotations, Finalizers: t.Finalizers, Owners: ref}, Spec: t.Spec}
}

// seconds is a span given in seconds.
func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }
