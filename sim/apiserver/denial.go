package apiserver

import "towtank.dev/towtank/model"

// Denial has bindings of some pods refused, as a validating admission policy on pods/binding would.
type Denial struct {
	// Namespace of the pods; "": all.
	Namespace string
	// Name of the pod; "": all that Selector takes, nil for every pod.
	Name     string
	Selector *model.Selector
	// Message is the reason that the API server gives.
	Message string
}

// DenyBindings refuses bindings from now on, until AllowBindings takes the denial back.
func (s *Server) DenyBindings(d *Denial) { s.denials = append(s.denials, d) }

// AllowBindings takes back the denials that revoked says yes to, and returns how many there were.
func (s *Server) AllowBindings(revoked func(*Denial) bool) int {
	kept := s.denials[:0:0]
	for _, d := range s.denials {
		if !revoked(d) {
			kept = append(kept, d)
		}
	}
	n := len(s.denials) - len(kept)
	s.denials = kept
	return n
}

// denied is the refusal of a pod's binding, nil when nothing denies it.
func (s *Server) denied(pod *model.Pod) error {
	for _, d := range s.denials {
		if (d.Namespace == "" || d.Namespace == pod.Namespace) && (d.Name == "" || d.Name == pod.Name) &&
			(d.Selector == nil || d.Selector.Matches(pod.Labels)) {
			return forbidden(s.Pods.resource, pod.Name, d.Message)
		}
	}
	return nil
}
