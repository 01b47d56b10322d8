package model

import "towtank.dev/towtank/sim"

// Condition is one condition of a workload, an autoscaler or a disruption budget.
type Condition struct {
	Type           string
	Status         string // True, False, Unknown
	Reason         string
	Message        string
	LastTransition sim.Time
	// LastUpdate is a Deployment condition's lastUpdateTime and a Job condition's lastProbeTime; other kinds
	// have none.
	LastUpdate sim.Time
	// ObservedGeneration is a disruption budget's alone.
	ObservedGeneration int64
}

// FindCondition returns the condition of that type, nil when there is none.
func FindCondition(conditions []Condition, kind string) *Condition {
	for i := range conditions {
		if conditions[i].Type == kind {
			return &conditions[i]
		}
	}
	return nil
}

// The statuses of conditions.
const (
	ConditionTrue    = "True"
	ConditionFalse   = "False"
	ConditionUnknown = "Unknown"
)
