package apiserver

import (
	"reflect"

	"towtank.dev/towtank/model"
)

// modified is what the server says to a write that is made of an old version.
// Source: kubernetes v1.37.2 apiserver pkg/registry/generic/registry/store.go OptimisticLockErrorMsg.
const modified = "the object has been modified; please apply your changes to the latest version and try again"

// Update replaces the object of the same name, spec and status alike, whatever version it was made of. The
// server takes o over: it must be a copy that nobody else holds. UID, creation time and the marks of
// deletion stay as they are; the generation goes up when what is asked for has changed. An object that
// waits for its deletion and has no finalizer left goes.
func (s *Server) Update(o model.Object) error {
	if err := s.unavailable(); err != nil {
		return err
	}
	store := s.Collection(o.Kind())
	m := o.Meta()
	old := store.Find(m.Namespace, m.Name)
	if old == nil {
		return notFound(store.Resource(), m.Name)
	}
	return s.replace(store, old, o)
}

// UpdateCurrent is Update for an object that was made of the version that is stored: it is refused as a
// Conflict when that has been written since, or is another one of the same name.
func (s *Server) UpdateCurrent(o model.Object) error {
	if err := s.unavailable(); err != nil {
		return err
	}
	store := s.Collection(o.Kind())
	m := o.Meta()
	old := store.Find(m.Namespace, m.Name)
	if old == nil {
		return notFound(store.Resource(), m.Name)
	}
	if was := old.Meta(); was.ResourceVersion != m.ResourceVersion || was.UID != m.UID {
		return conflict(store.Resource().String(), m.Name, modified)
	}
	return s.replace(store, old, o)
}

func (s *Server) replace(store Collection, old, o model.Object) error {
	m, was := o.Meta(), old.Meta()
	m.UID, m.Created, m.Deleting, m.Deleted = was.UID, was.Created, was.Deleting, was.Deleted
	m.DeletionGracePeriodSeconds = was.DeletionGracePeriodSeconds
	s.updated(o)
	countGeneration(old, o)
	if err := s.judgeUpdate(old, o); err != nil {
		return err
	}
	s.put(store, Change{Type: Modified, Old: old, New: o})
	if m.Deleting && m.DeletionGracePeriodSeconds == 0 && len(m.Finalizers) == 0 && !heldNamespace(o) {
		s.remove(store, o)
	}
	return nil
}

// countGeneration sets the generation, for kinds that have one of their own: one more than before when the
// spec has changed.
// Source: kubernetes v1.37.2 pkg/registry/*/*/strategy.go PrepareForUpdate.
func countGeneration(old, o model.Object) {
	changed, counted := specChanged(old, o)
	if !counted {
		return
	}
	m := o.Meta()
	m.Generation = old.Meta().Generation
	if changed {
		m.Generation++
	}
}

// specChanged says whether two versions ask for different things, and whether their kind counts it. Parts
// that both share are equal without a look at them.
func specChanged(old, o model.Object) (changed, counted bool) {
	switch o := o.(type) {
	case *model.Deployment:
		return deploymentChanged(old.(*model.Deployment), o), true
	case *model.ReplicaSet:
		return replicaSetChanged(old.(*model.ReplicaSet), o), true
	case *model.ReplicationController:
		a, b := *old.(*model.ReplicationController), *o
		a.ObjectMeta, b.ObjectMeta, a.Status, b.Status = model.ObjectMeta{}, model.ObjectMeta{}, model.ReplicaSetStatus{}, model.ReplicaSetStatus{}
		return !reflect.DeepEqual(&a, &b), true
	case *model.StatefulSet:
		a, b := *old.(*model.StatefulSet), *o
		a.ObjectMeta, b.ObjectMeta, a.Status, b.Status = model.ObjectMeta{}, model.ObjectMeta{}, model.StatefulSetStatus{}, model.StatefulSetStatus{}
		return !reflect.DeepEqual(&a, &b), true
	case *model.DaemonSet:
		return daemonSetChanged(old.(*model.DaemonSet), o), true
	case *model.Job:
		return !reflect.DeepEqual(&old.(*model.Job).JobSpec, &o.JobSpec), true
	case *model.CronJob:
		a, b := *old.(*model.CronJob), *o
		a.ObjectMeta, b.ObjectMeta, a.Status, b.Status = model.ObjectMeta{}, model.ObjectMeta{}, model.CronJobStatus{}, model.CronJobStatus{}
		return !reflect.DeepEqual(&a, &b), true
	case *model.HorizontalPodAutoscaler:
		a, b := *old.(*model.HorizontalPodAutoscaler), *o
		a.ObjectMeta, b.ObjectMeta, a.Status, b.Status = model.ObjectMeta{}, model.ObjectMeta{}, model.AutoscalerStatus{}, model.AutoscalerStatus{}
		return !reflect.DeepEqual(&a, &b), true
	case *model.PodDisruptionBudget:
		a, b := *old.(*model.PodDisruptionBudget), *o
		a.ObjectMeta, b.ObjectMeta, a.Status, b.Status = model.ObjectMeta{}, model.ObjectMeta{}, model.DisruptionBudgetStatus{}, model.DisruptionBudgetStatus{}
		return !reflect.DeepEqual(&a, &b), true
	case *model.EndpointSlice:
		a := old.(*model.EndpointSlice)
		return !reflect.DeepEqual(a.Labels, o.Labels) || !reflect.DeepEqual(a.Endpoints, o.Endpoints) || !reflect.DeepEqual(a.Ports, o.Ports), true
	}
	return false, false
}

// deploymentChanged and replicaSetChanged compare piece by piece: their status is written often.
func deploymentChanged(a, b *model.Deployment) bool {
	if a.Replicas != b.Replicas || a.Strategy != b.Strategy || a.MinReadySeconds != b.MinReadySeconds || a.Paused != b.Paused {
		return true
	}
	return !equalNumbers(a.RevisionHistoryLimit, b.RevisionHistoryLimit) || !equalNumbers(a.ProgressDeadlineSeconds, b.ProgressDeadlineSeconds) ||
		!sameTemplate(a.Template, b.Template) || !reflect.DeepEqual(a.Selector, b.Selector)
}

func replicaSetChanged(a, b *model.ReplicaSet) bool {
	return a.Replicas != b.Replicas || a.MinReadySeconds != b.MinReadySeconds || !sameTemplate(a.Template, b.Template) ||
		!reflect.DeepEqual(a.Selector, b.Selector)
}

// daemonSetChanged counts the changes of the template, too.
// Source: kubernetes v1.37.2 pkg/registry/apps/daemonset/strategy.go PrepareForUpdate.
func daemonSetChanged(a, b *model.DaemonSet) bool {
	b.TemplateGeneration = a.TemplateGeneration
	if !sameTemplate(a.Template, b.Template) {
		b.TemplateGeneration++
		return true
	}
	return a.UpdateStrategy != b.UpdateStrategy || a.MinReadySeconds != b.MinReadySeconds ||
		!equalNumbers(a.RevisionHistoryLimit, b.RevisionHistoryLimit) || !reflect.DeepEqual(a.Selector, b.Selector)
}

func sameTemplate(a, b *model.PodTemplate) bool { return a == b || reflect.DeepEqual(a, b) }

func equalNumbers(a, b *int32) bool { return a == b || a != nil && b != nil && *a == *b }
