package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
)

var autoscaleInfo = Info{
	Name:    "autoscale",
	Doc:     "Has a HorizontalPodAutoscaler look after workloads.",
	Example: "autoscale: {deployment: shop/web, min: 2, max: 10, cpuPercent: 70}",
	New:     func() Verb { return new(Autoscale) },
}

// Autoscale is kubectl autoscale.
type Autoscale struct {
	Target     Target `yaml:",inline"`
	Min        int32  `yaml:"min" doc:"The fewest pods that it asks for. Default 1."`
	Max        int32  `yaml:"max" doc:"The most pods that it asks for, at least 1."`
	CPUPercent int32  `yaml:"cpuPercent" doc:"The CPU that pods should use on average, in per cent of their requests. Default 80."`
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
	percent := v.CPUPercent
	if percent == 0 {
		percent = defaultCPUUtilization
	}
	name := v.Name
	if name == "" {
		name = m.Name
	}
	return &model.HorizontalPodAutoscaler{ObjectMeta: model.ObjectMeta{Name: name, Namespace: m.Namespace},
		Target:      model.ScaleTarget{APIVersion: version, Kind: string(o.Kind()), Name: m.Name},
		MinReplicas: max(v.Min, defaultMinReplicas), MaxReplicas: v.Max,
		Metrics: []model.MetricSpec{{Type: "Resource", Name: "cpu", TargetType: "Utilization", AverageUtilization: &percent}}}
}
