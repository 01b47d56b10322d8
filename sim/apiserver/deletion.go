package apiserver

import (
	"time"

	"towtank.dev/towtank/model"
)

// DeleteOptions says how an object is deleted.
type DeleteOptions struct {
	// GraceSeconds is the time a pod gets to stop; nil: its terminationGracePeriodSeconds.
	GraceSeconds *int64
	// UID, when not empty, must be the object's.
	UID string
}

// Delete deletes an object. A pod on a node that has not ended is marked and goes when its kubelet has
// stopped it (which then deletes it with grace 0); everything else goes at once, unless finalizers
// hold it. Deleting a pod again can only shorten its grace.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/strategy.go CheckGracefulDelete;
// apiserver pkg/registry/rest/delete.go BeforeDelete.
func (s *Server) Delete(kind model.Kind, namespace, name string, o DeleteOptions) error {
	store := s.Collection(kind)
	old := store.Find(namespace, name)
	if old == nil {
		return notFound(store.Resource(), name)
	}
	m := old.Meta()
	if o.UID != "" && o.UID != m.UID {
		return conflict(store.Resource().String(), name, "Precondition failed: UID in precondition: "+
			o.UID+", UID in object meta: "+m.UID)
	}
	if kind == model.KindNamespace {
		return forbidden(store.Resource(), name, "the deletion of namespaces is not modelled yet")
	}
	grace, graceful := graceOf(old, o)
	if m.Deleting && grace >= m.DeletionGracePeriodSeconds {
		return nil
	}
	if graceful || len(m.Finalizers) > 0 {
		old = s.mark(store, old, grace)
	}
	if grace == 0 && len(m.Finalizers) == 0 {
		s.remove(store, old)
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

// mark sets the deletionTimestamp. A shorter grace brings it forward from where it was.
func (s *Server) mark(store Collection, old model.Object, grace int64) model.Object {
	marked := Copy(old)
	m := marked.Meta()
	from := s.engine.Now()
	if m.Deleting {
		from = m.Deleted.Add(-time.Duration(m.DeletionGracePeriodSeconds) * time.Second)
	}
	m.Deleting, m.DeletionGracePeriodSeconds = true, grace
	m.Deleted = from.Add(time.Duration(grace) * time.Second)
	m.Generation++
	s.put(store, Change{Type: Modified, Old: old, New: marked})
	return marked
}

func (s *Server) remove(store Collection, old model.Object) {
	m := old.Meta()
	s.names.forget(old.Kind(), m, s.engine.Now())
	if old.Kind() == model.KindPriorityClass {
		s.admission.specs.reset()
	}
	s.put(store, Change{Type: Deleted, Old: old})
	s.Events.forget(m.UID)
}
