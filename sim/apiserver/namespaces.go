package apiserver

import (
	"slices"

	"towtank.dev/towtank/model"
)

// namespaces remembers which namespaces were deleted: only those are refused. One that nothing declares
// exists all the same, with no label but its name, so that a workload can be run without its cluster's
// namespaces.
type namespaces struct{ deleted map[string]bool }

// bootstrap makes what exists in every cluster.
// Source: kubernetes v1.37.2 pkg/apis/scheduling/v1/helpers.go systemPriorityClasses and
// pkg/controlplane/controller/systemnamespaces.
func (s *Server) bootstrap() {
	for _, name := range []string{"default", "kube-system", "kube-public", "kube-node-lease"} {
		s.addNamespace(name)
	}
	for _, class := range systemClasses() {
		class.UID = s.names.uid(class.Kind(), &class.ObjectMeta, s.engine.Now())
		s.put(s.PriorityClasses, Change{Type: Added, New: class})
	}
}

func (s *Server) addNamespace(name string) {
	n := &model.Namespace{ObjectMeta: model.ObjectMeta{Name: name, Created: s.engine.Now(),
		Labels: map[string]string{labelNamespaceName: name}}, Phase: "Active"}
	n.UID = s.names.uid(n.Kind(), &n.ObjectMeta, s.engine.Now())
	s.put(s.Namespaces, Change{Type: Added, New: n})
}

// labelNamespaceName is the label that every namespace carries.
const labelNamespaceName = "kubernetes.io/metadata.name"

// admitNamespace lets an object into a namespace: an active one, or one that nothing has declared,
// which is then made. A namespace that was deleted, or is being, takes nothing in but what was there before
// (loaded).
// Source: kubernetes v1.37.2 apiserver pkg/admission/plugin/namespace/lifecycle/admission.go Admit.
func (s *Server) admitNamespace(r Resource, m *model.ObjectMeta, loaded bool) error {
	name := m.Namespace
	n, ok := s.Namespaces.Get("", name)
	switch {
	case !ok && s.namespaces.deleted[name]:
		return notFound(s.Namespaces.resource, name)
	case !ok:
		s.addNamespace(name)
	case !loaded && (n.Deleting || n.Phase == "Terminating"):
		return forbidden(r, asked(m),
			"unable to create new content in namespace "+name+" because it is being terminated")
	}
	return nil
}

// immortal are the namespaces that cannot be deleted.
// Source: kubernetes v1.37.2 apiserver pkg/admission/plugin/namespace/lifecycle/admission.go NewLifecycle.
var immortal = []string{"default", "kube-system", "kube-public"}

// deleteNamespace marks a namespace: nothing new comes into it, and it goes when FinalizeNamespace says so.
// Source: kubernetes v1.37.2 pkg/registry/core/namespace/storage/storage.go Delete.
func (s *Server) deleteNamespace(n *model.Namespace) error {
	if slices.Contains(immortal, n.Name) {
		return forbidden(s.Namespaces.resource, n.Name, "this namespace may not be deleted")
	}
	if n.Deleting {
		return nil
	}
	marked := copyOf(n)
	marked.Deleting, marked.Deleted, marked.Phase = true, s.engine.Now(), "Terminating"
	s.put(s.Namespaces, Change{Type: Modified, Old: n, New: marked})
	return nil
}

// FinalizeNamespace lets a namespace go that is being deleted: who calls it has emptied it.
func (s *Server) FinalizeNamespace(name string) error {
	n, ok := s.Namespaces.Get("", name)
	switch {
	case !ok:
		return notFound(s.Namespaces.resource, name)
	case !n.Deleting:
		return conflict(s.Namespaces.resource.String(), name, "the namespace is not being deleted")
	case len(n.Finalizers) > 0:
		return nil
	}
	s.remove(s.Namespaces, n)
	return nil
}

// heldNamespace says whether an object is a namespace: one stays until it is finalized.
func heldNamespace(o model.Object) bool { return o.Kind() == model.KindNamespace }

// labelNamespace gives a declared namespace the label of its name.
func labelNamespace(n *model.Namespace) {
	if n.Labels[labelNamespaceName] != n.Name {
		n.Labels = with(n.Labels, labelNamespaceName, n.Name)
	}
	if n.Phase == "" {
		n.Phase = "Active"
	}
}

// with returns a map in which key stands at value; m itself is not changed.
func with(m map[string]string, key, value string) map[string]string {
	out := make(map[string]string, len(m)+1)
	for k, v := range m {
		out[k] = v
	}
	out[key] = value
	return out
}
