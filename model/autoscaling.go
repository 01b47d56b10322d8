package model

import "towtank.dev/towtank/sim"

// HorizontalPodAutoscaler is an autoscaling/v2 HorizontalPodAutoscaler; what the API server defaults is
// filled in when it is read (minReplicas 1, CPU at 80 %, behaviours whole where they are given in part).
type HorizontalPodAutoscaler struct {
	ObjectMeta
	Target      ScaleTarget
	MinReplicas int32
	MaxReplicas int32
	Metrics     []MetricSpec
	// ScaleUp and ScaleDown are filled in only when behaviour was given: nil stands for the defaults.
	ScaleUp   *ScalingRules
	ScaleDown *ScalingRules
	Status    AutoscalerStatus
}

// Kind is KindHorizontalPodAutoscaler.
func (*HorizontalPodAutoscaler) Kind() Kind { return KindHorizontalPodAutoscaler }

// ScaleTarget names what is scaled, or what a metric is about.
type ScaleTarget struct{ APIVersion, Kind, Name string }

// MetricSpec is one metric and what it should be.
type MetricSpec struct {
	Type      string // Resource, ContainerResource, Pods, Object, External
	Name      string // of the resource or the metric
	Container string // ContainerResource
	Selector  *Selector
	// Described is the object of an Object metric.
	Described ScaleTarget
	// TargetType is Utilization, Value or AverageValue, and says which of the targets is set.
	TargetType         string
	Value              *Quantity
	AverageValue       *Quantity
	AverageUtilization *int32 // per cent of the requests
}

// ScalingRules say how fast the number of pods may change in one direction.
type ScalingRules struct {
	StabilizationWindowSeconds *int32
	SelectPolicy               string // Max, Min, Disabled
	Policies                   []ScalingPolicy
	Tolerance                  *Quantity // nil: the controller's own, 0.1
}

// ScalingPolicy allows a change of Value pods, or per cent of the pods, within a period.
type ScalingPolicy struct {
	Type          string // Pods, Percent
	Value         int32
	PeriodSeconds int32
}

// AutoscalerStatus is what the controller has seen and decided.
type AutoscalerStatus struct {
	ObservedGeneration int64
	LastScale          *sim.Time
	CurrentReplicas    int32
	DesiredReplicas    int32
	CurrentMetrics     []MetricStatus
	Conditions         []Condition
}

// MetricStatus is what a metric was when it was last looked at; fields as in MetricSpec.
type MetricStatus struct {
	Type               string
	Name               string
	Container          string
	Selector           *Selector
	Described          ScaleTarget
	Value              *Quantity
	AverageValue       *Quantity
	AverageUtilization *int32
}

// The conditions of autoscalers.
const (
	AutoscalerAbleToScale    = "AbleToScale"
	AutoscalerScalingActive  = "ScalingActive"
	AutoscalerScalingLimited = "ScalingLimited"
	// AutoscalerScaledToZero is True while the autoscaler itself has left a workload without a pod.
	AutoscalerScaledToZero = "ScaledToZero"
)
