package behaviour

import "towtank.dev/towtank/model"

// Match selects containers; empty fields match everything.
type Match struct {
	Namespace   string
	Labels      map[string]string // all must be there
	Annotations map[string]string
	OwnerKind   string
	OwnerName   string
	Pod         string // name
	Container   string
}

// Matches says whether the behaviour applies to a container of a pod.
func (m *Match) Matches(pod *model.Pod, container string) bool {
	return (m.Container == "" || m.Container == container) && m.matchesPod(pod)
}

func (m *Match) matchesPod(pod *model.Pod) bool {
	if m.Namespace != "" && m.Namespace != pod.Namespace || m.Pod != "" && m.Pod != pod.Name {
		return false
	}
	if m.OwnerKind != "" || m.OwnerName != "" {
		owner := pod.Controller()
		if owner == nil || m.OwnerKind != "" && m.OwnerKind != owner.Kind || m.OwnerName != "" && m.OwnerName != owner.Name {
			return false
		}
	}
	return subset(m.Labels, pod.Labels) && subset(m.Annotations, pod.Annotations)
}

func subset(want, have map[string]string) bool {
	for k, v := range want {
		if got, ok := have[k]; !ok || got != v {
			return false
		}
	}
	return true
}
