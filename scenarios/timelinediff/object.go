package timelinediff

import "encoding/json"

// Row is one change that a client of the API server is told of.
type Row struct {
	T      float64 `json:"t"` // seconds
	Stream string  `json:"stream"`
	Type   string  `json:"type"` // ADDED, MODIFIED, DELETED
	Object object  `json:"object"`
}

// object is what is looked at of an object in its v1 form, whatever its kind.
type object struct {
	Metadata struct {
		Name, Namespace, UID string
		OwnerReferences      []reference
		DeletionTimestamp    json.RawMessage
	}
	Spec struct {
		NodeName      string
		Unschedulable bool
		Replicas      *int64
		Taints        []struct{ Key, Effect string }
	}
	Status status

	// Of events.
	InvolvedObject, Regarding reference
	Source                    struct{ Component string }
	ReportingComponent        string
	Type, Reason              string
	Count                     int
	Series                    struct{ Count int }
}

type reference struct {
	Kind, Name, Namespace string
	Controller            bool
}

type status struct {
	Phase, Reason, NominatedNodeName         string
	Conditions                               []condition
	InitContainerStatuses, ContainerStatuses []containerStatus
	numbers
}

type condition struct{ Type, Status, Reason string }

// numbers are the counts that statuses hold.
type numbers struct {
	Replicas, UpdatedReplicas, ReadyReplicas, AvailableReplicas                         int
	DesiredNumberScheduled, CurrentNumberScheduled, UpdatedNumberScheduled, NumberReady int
	NumberAvailable, NumberMisscheduled, Active, Ready, Succeeded, Failed               int
	CurrentReplicas, DesiredReplicas                                                    int
	DisruptionsAllowed, CurrentHealthy, DesiredHealthy, ExpectedPods                    int
}

type containerStatus struct {
	Name           string
	Ready, Started bool
	RestartCount   int
	State          struct {
		Running, Waiting *struct{ Reason string }
		Terminated       *struct {
			Reason   string
			ExitCode int
		}
	}
}

// owner is the controller of an object, empty when it has none.
func (o *object) owner() (kind, name string) {
	for _, r := range o.Metadata.OwnerReferences {
		if r.Controller {
			return r.Kind, r.Name
		}
	}
	return "", ""
}

// condition is the condition of that type, empty when there is none.
func (s *status) condition(kind string) condition {
	for _, c := range s.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return condition{}
}
