package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
)

var autoscaleInfo = Info{
	Name:    "autoscale",
	Doc:     "Has a HorizontalPodAutoscaler look after workloads.",
	Example: "autoscale: {deployment: shop/web, min: 2, max: 10, cpu: 70%}",
	New:     func() Verb { return new(Autoscale) },
}

// Aim is what pods should use of a resource on average: a share of what they request, or an amount.
type Aim struct {
	Percent int32          // 0: Amount counts
	Amount  model.Quantity // above 0
	// Bare: the amount was given without a unit, and is in that of its resource.
	Bare bool
}

// Autoscale is kubectl autoscale.
type Autoscale struct {
	Target     Target `yaml:",inline"`
	Min        int32  `yaml:"min" doc:"The fewest pods that it asks for. Default 1."`
	Max        int32  `yaml:"max" doc:"The most pods that it asks for, at least 1."`
	CPU        *Aim   `yaml:"cpu" doc:"The CPU that pods should use on average: per cent of their requests such as 70%, or an amount such as 500m; a number without a unit is thousandths of a core. Default 80% where nothing is said of memory."`
	Memory     *Aim   `yaml:"memory" doc:"The memory that they should use: per cent of their requests, or an amount such as 200Mi; a number without a unit is mebibytes."`
	CPUPercent int32  `yaml:"cpuPercent" doc:"The older way to say cpu in per cent."`
	Name       string `yaml:"name" doc:"Name of the autoscaler. Default: that of the workload."`
}

// Check refuses what cannot be scaled, and numbers that cannot be.
// Source: kubectl pkg/cmd/autoscale/autoscale.go Validate (v0.37.2).
func (v *Autoscale) Check() error {
	switch {
	case v.Max < 1:
		return fmt.Errorf("max: %d, want the most pods, at least 1", v.Max)
	case v.Min < 0:
		return fmt.Errorf("min: %d is negative, want the fewest pods, at least 1", v.Min)
	case v.Max < v.Min:
		return fmt.Errorf("max: %d is less than min, which is %d", v.Max, v.Min)
	case v.CPUPercent < 0:
		return fmt.Errorf("cpuPercent: %d is negative, want per cent of the requests, at least 1", v.CPUPercent)
	case v.CPUPercent > 0 && v.CPU != nil:
		return fmt.Errorf("cpuPercent: beside cpu, want one of them")
	}
	return v.Target.checkKind("has no size", model.KindDeployment, model.KindReplicaSet, model.KindReplicationController, model.KindStatefulSet)
}

// What the API server fills in.
// Source: kubernetes v1.37.2 pkg/apis/autoscaling/v2/defaults.go SetDefaults_HorizontalPodAutoscaler;
// pkg/apis/autoscaling/annotations.go DefaultCPUUtilization.
const (
	defaultMinReplicas    = 1
	defaultCPUUtilization = 80
)

// Do creates an autoscaler for each workload, in the order of their creation.
// Source: kubectl pkg/cmd/autoscale/autoscale.go createHorizontalPodAutoscalerV2 (v0.37.2).
func (v *Autoscale) Do(env *Env) error {
	objects, err := v.Target.Objects(env.API)
	if err != nil {
		return err
	}
	var failed failures
	for _, o := range objects {
		_, err := env.API.Create(v.autoscaler(o))
		failed.add(err)
	}
	return failed.err()
}

// autoscaler is the one of a workload.
func (v *Autoscale) autoscaler(o model.Object) *model.HorizontalPodAutoscaler {
	m := o.Meta()
	version := "apps/v1"
	if o.Kind() == model.KindReplicationController {
		version = "v1"
	}
	name := v.Name
	if name == "" {
		name = m.Name
	}
	return &model.HorizontalPodAutoscaler{ObjectMeta: model.ObjectMeta{Name: name, Namespace: m.Namespace},
		Target:      model.ScaleTarget{APIVersion: version, Kind: string(o.Kind()), Name: m.Name},
		MinReplicas: max(v.Min, defaultMinReplicas), MaxReplicas: v.Max,
		Metrics: v.metrics()}
}

// metrics are what the autoscaler goes by.
// Source: kubectl pkg/cmd/autoscale/autoscale.go createHorizontalPodAutoscalerV2, parseResourceInput (v0.37.2).
func (v *Autoscale) metrics() (out []model.MetricSpec) {
	if v.CPUPercent > 0 {
		out = append(out, (&Aim{Percent: v.CPUPercent}).metric(model.ResourceCPU))
	}
	if v.CPU != nil {
		out = append(out, v.CPU.metric(model.ResourceCPU))
	}
	if v.Memory != nil {
		out = append(out, v.Memory.metric(model.ResourceMemory))
	}
	if out == nil {
		out = append(out, (&Aim{Percent: defaultCPUUtilization}).metric(model.ResourceCPU))
	}
	return out
}

func (a *Aim) metric(resource string) model.MetricSpec {
	m := model.MetricSpec{Type: "Resource", Name: resource, TargetType: "Utilization"}
	if a.Percent > 0 {
		m.AverageUtilization = &a.Percent
		return m
	}
	amount := a.Amount
	if a.Bare {
		amount = a.inUnits(resource)
	}
	m.TargetType, m.AverageValue = "AverageValue", &amount
	return m
}

// inUnits is an amount that was given without a unit: thousandths of a core, or mebibytes.
// Source: kubectl pkg/cmd/autoscale/autoscale.go getDefaultUnitForResource (v0.37.2).
func (a *Aim) inUnits(resource string) model.Quantity {
	if resource == model.ResourceMemory {
		return model.WholeQuantity(a.Amount.Units<<20 + int64(a.Amount.Nanos)<<20/1e9)
	}
	nanos := a.Amount.Units%1000*1e6 + int64(a.Amount.Nanos)/1000
	return model.Quantity{Units: a.Amount.Units / 1000, Nanos: int32(nanos)}
}
