package model

import "towtank.dev/towtank/sim"

// Namespace is a v1.Namespace; its labels are what namespace selectors see.
type Namespace struct {
	ObjectMeta
	Phase string // Active, Terminating
}

// Kind is KindNamespace.
func (*Namespace) Kind() Kind { return KindNamespace }

// PriorityClass gives pods a priority by name.
type PriorityClass struct {
	ObjectMeta
	Value            int32
	GlobalDefault    bool
	PreemptionPolicy string // "" counts as PreemptLowerPriority
	Description      string
}

// Kind is KindPriorityClass.
func (*PriorityClass) Kind() Kind { return KindPriorityClass }

// PodDisruptionBudget limits voluntary disruptions.
type PodDisruptionBudget struct {
	ObjectMeta
	Selector       *Selector // nil matches nothing
	MinAvailable   *IntOrPercent
	MaxUnavailable *IntOrPercent
	// UnhealthyPodEvictionPolicy is "", IfHealthyBudget or AlwaysAllow.
	UnhealthyPodEvictionPolicy string
	Status                     DisruptionBudgetStatus
}

// Kind is KindPodDisruptionBudget.
func (*PodDisruptionBudget) Kind() Kind { return KindPodDisruptionBudget }

// DisruptionBudgetStatus is what the disruption controller has found.
type DisruptionBudgetStatus struct {
	DisruptionsAllowed int32
	CurrentHealthy     int32
	DesiredHealthy     int32
	ExpectedPods       int32
	ObservedGeneration int64
	DisruptedPods      []string // names, sorted
	// DisruptedAt is when the eviction of each of DisruptedPods was let through, in the same order; a list
	// that is shorter says nothing of the others.
	DisruptedAt []sim.Time
	Conditions  []Condition
}

// IntOrPercent is a number, or a percentage of something.
type IntOrPercent struct {
	Value   int32
	Percent bool
}

// Of is the number itself, or the share of total: rounded up, or down.
// Source: kubernetes v1.37.2 apimachinery pkg/util/intstr/intstr.go GetScaledValueFromIntOrPercent.
func (v IntOrPercent) Of(total int32, up bool) int32 {
	if !v.Percent {
		return v.Value
	}
	share := int64(v.Value) * int64(total)
	if up {
		share += 99
	}
	return int32(share / 100)
}
