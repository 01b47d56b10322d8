package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Behaviour says what containers do that a manifest cannot say. For each container and each field the
// first behaviour that matches and sets the field decides; annotations towtank.dev/<field> on the pod
// come before all of them. Durations are distributions in seconds. A nil field is not set.
type Behaviour struct {
	Place string // file:line:column, keys the draws
	Match Match

	// Startup is the time from the decision to start the container until it runs.
	Startup sim.Dist
	// Ready is the time from running to ready.
	Ready sim.Dist
	// Run is how long it runs by itself.
	Run *RunTime
	// Exit is the code it ends with after Run (0 when nil).
	Exit sim.Dist
	// Stop is the time from SIGTERM to its end.
	Stop *StopTime
}

// RunTime is a time to run, or for ever.
type RunTime struct {
	Forever bool
	Dist    sim.Dist
}

// StopTime is a time to stop after SIGTERM, or ignoring it (only the kill ends it).
type StopTime struct {
	Ignore bool
	Dist   sim.Dist
	// Exit is the exit code then; 143 unless set.
	Exit    int32
	HasExit bool
}

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
	if m.Namespace != "" && m.Namespace != pod.Namespace || m.Pod != "" && m.Pod != pod.Name ||
		m.Container != "" && m.Container != container {
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
