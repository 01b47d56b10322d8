package apiserver

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
)

// Propagation says what becomes of the objects that an object owns.
type Propagation string

// The ways to delete an object that owns others.
const (
	// Background: the object goes, then the garbage collector deletes what it owned.
	Background Propagation = "Background"
	// Foreground: what it owns is deleted first.
	Foreground Propagation = "Foreground"
	// Orphan: what it owns stays, without an owner.
	Orphan Propagation = "Orphan"
)

// DeleteOptions says how an object is deleted.
type DeleteOptions struct {
	// GraceSeconds is the time a pod gets to stop; nil: its terminationGracePeriodSeconds.
	GraceSeconds *int64
	// UID, when not empty, must be the object's.
	UID string
	// ResourceVersion, when not 0, must be the object's.
	ResourceVersion uint64
	// Propagation is what becomes of what the object owns; "" leaves it to its finalizers, and otherwise to
	// its kind: Background, but Orphan for Jobs and ReplicationControllers.
	Propagation Propagation
}

// Delete deletes an object. A pod on a node that has not ended is marked and goes when its kubelet has
// stopped it (which then deletes it with grace 0); a namespace is marked and goes when its controller has
// emptied it; everything else goes at once, unless finalizers hold it. Deleting a pod again can only
// shorten its grace.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/strategy.go CheckGracefulDelete;
// apiserver pkg/registry/rest/delete.go BeforeDelete, pkg/registry/generic/registry/store.go Delete.
func (s *Server) Delete(kind model.Kind, namespace, name string, o DeleteOptions) error {
	if err := s.unavailable(); err != nil {
		return err
	}
	store := s.Collection(kind)
	old := store.Find(namespace, name)
	if old == nil {
		return notFound(store.Resource(), name)
	}
	if err := precondition(store.Resource(), old.Meta(), o); err != nil {
		return err
	}
	if n, ok := old.(*model.Namespace); ok {
		return s.deleteNamespace(n)
	}
	m := old.Meta()
	grace, graceful := graceOf(old, o)
	if m.Deleting && m.DeletionGracePeriodSeconds > 0 && grace >= m.DeletionGracePeriodSeconds {
		return nil
	}
	finalizers := finalizersFor(old, o.Propagation)
	ending := m.Deleting && m.DeletionGracePeriodSeconds == 0
	if graceful && !ending || len(finalizers) > 0 && !m.Deleting || !slices.Equal(finalizers, m.Finalizers) {
		old = s.mark(store, old, grace, finalizers)
	}
	if grace == 0 && len(finalizers) == 0 {
		s.remove(store, old)
	}
	return nil
}

// precondition refuses the deletion of another object than the one that was meant.
func precondition(r Resource, m *model.ObjectMeta, o DeleteOptions) error {
	if o.UID != "" && o.UID != m.UID {
		return conflict(r.String(), m.Name, "Precondition failed: UID in precondition: "+o.UID+", UID in object meta: "+m.UID)
	}
	if o.ResourceVersion != 0 && o.ResourceVersion != m.ResourceVersion {
		return conflict(r.String(), m.Name, modified)
	}
	return nil
}

// graceOf is the grace an object gets, in seconds, and whether its kind knows graceful deletion.
func graceOf(o model.Object, options DeleteOptions) (seconds int64, graceful bool) {
	pod, ok := o.(*model.Pod)
	if !ok || pod.NodeName == "" || pod.Terminal() {
		return 0, ok
	}
	seconds = pod.Spec.TerminationGracePeriodSeconds
	if options.GraceSeconds != nil {
		seconds = *options.GraceSeconds
	}
	if seconds < 0 {
		seconds = 1
	}
	return seconds, true
}

// finalizersFor are the finalizers that an object has once it is to be deleted in a way: that of the
// garbage collector is there when it has to act before the object goes.
// Source: kubernetes v1.37.2 apiserver pkg/registry/generic/registry/store.go deletionFinalizersForGarbageCollection.
func finalizersFor(o model.Object, p Propagation) []string {
	m := o.Meta()
	orphan, foreground := slices.Contains(m.Finalizers, model.FinalizerOrphan), slices.Contains(m.Finalizers, model.FinalizerForeground)
	if p == "" && !orphan && !foreground && (o.Kind() == model.KindJob || o.Kind() == model.KindReplicationController) {
		p = Orphan
	}
	if p == "" || p == Orphan && orphan && !foreground || p == Foreground && foreground && !orphan || p == Background && !orphan && !foreground {
		return m.Finalizers
	}
	kept := make([]string, 0, len(m.Finalizers)+1)
	for _, f := range m.Finalizers {
		if f != model.FinalizerOrphan && f != model.FinalizerForeground {
			kept = append(kept, f)
		}
	}
	switch p {
	case Orphan:
		kept = append(kept, model.FinalizerOrphan)
	case Foreground:
		kept = append(kept, model.FinalizerForeground)
	}
	return kept
}

// mark sets the deletionTimestamp. A shorter grace brings it forward from where it was.
func (s *Server) mark(store Collection, old model.Object, grace int64, finalizers []string) model.Object {
	marked := Copy(old)
	m := marked.Meta()
	from := s.engine.Now()
	if m.Deleting {
		from = m.Deleted.Add(-time.Duration(m.DeletionGracePeriodSeconds) * time.Second)
	} else if m.Generation > 0 {
		m.Generation++
	}
	m.Deleted = from.Add(time.Duration(grace) * time.Second)
	if now := s.engine.Now(); m.Deleted < now {
		// The whole grace is over: what is left is the shortest there is.
		m.Deleted, grace = now, min(grace, 1)
	}
	m.Deleting, m.DeletionGracePeriodSeconds, m.Finalizers = true, grace, finalizers
	s.put(store, Change{Type: Modified, Old: old, New: marked})
	return marked
}

func (s *Server) remove(store Collection, old model.Object) {
	m := old.Meta()
	s.names.forget(old.Kind(), m, s.engine.Now())
	switch old.Kind() {
	case model.KindPriorityClass, model.KindLimitRange:
		s.admission.specs.reset()
	case model.KindNamespace:
		s.namespaces.deleted[m.Name] = true
	}
	s.put(store, Change{Type: Deleted, Old: old})
	s.Events.forget(m.UID)
}
