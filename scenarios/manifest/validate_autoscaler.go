package manifest

import (
	"fmt"
	"slices"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Source: kubernetes v1.37.2 pkg/apis/autoscaling/validation/validation.go validateHorizontalPodAutoscalerSpec and those it calls;
// pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go (gate HPAScaleToZero, on by default).
func validateAutoscaler(s *autoscalingv2.HorizontalPodAutoscalerSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	if *s.MinReplicas < 0 {
		errs = append(errs, field.Invalid(spec.Child("minReplicas"), *s.MinReplicas, "must be greater than or equal to 0"))
	}
	if s.MaxReplicas < 1 {
		errs = append(errs, field.Invalid(spec.Child("maxReplicas"), s.MaxReplicas, "must be greater than 0"))
	}
	if s.MaxReplicas < *s.MinReplicas {
		errs = append(errs, field.Invalid(spec.Child("maxReplicas"), s.MaxReplicas, "must be greater than or equal to `minReplicas`"))
	}
	if s.ScaleTargetRef.Kind == "" {
		errs = append(errs, field.Required(spec.Child("scaleTargetRef", "kind"), ""))
	}
	if s.ScaleTargetRef.Name == "" {
		errs = append(errs, field.Required(spec.Child("scaleTargetRef", "name"), ""))
	}
	for i := range s.Metrics {
		errs = append(errs, validateMetric(&s.Metrics[i], spec.Child("metrics").Index(i))...)
	}
	beside := func(m autoscalingv2.MetricSpec) bool {
		return m.Type == autoscalingv2.ObjectMetricSourceType || m.Type == autoscalingv2.ExternalMetricSourceType
	}
	if *s.MinReplicas == 0 && !slices.ContainsFunc(s.Metrics, beside) {
		errs = append(errs, field.Forbidden(spec.Child("metrics"), "must specify at least one Object or External metric to support scaling to zero replicas"))
	}
	if b := s.Behavior; b != nil {
		errs = append(errs, validateScaling(b.ScaleUp, spec.Child("behavior", "scaleUp"))...)
		errs = append(errs, validateScaling(b.ScaleDown, spec.Child("behavior", "scaleDown"))...)
	}
	return errs
}

// metricSources are the names of the sources, by type.
var metricSources = map[autoscalingv2.MetricSourceType]string{
	autoscalingv2.ResourceMetricSourceType: "resource", autoscalingv2.ContainerResourceMetricSourceType: "containerResource",
	autoscalingv2.PodsMetricSourceType: "pods", autoscalingv2.ObjectMetricSourceType: "object", autoscalingv2.ExternalMetricSourceType: "external",
}

func validateMetric(m *autoscalingv2.MetricSpec, path *field.Path) field.ErrorList {
	errs := oneOf(m.Type, path.Child("type"), autoscalingv2.ContainerResourceMetricSourceType, autoscalingv2.ExternalMetricSourceType,
		autoscalingv2.ObjectMetricSourceType, autoscalingv2.PodsMetricSourceType, autoscalingv2.ResourceMetricSourceType)
	if len(errs) > 0 {
		return errs
	}
	at := path.Child(metricSources[m.Type])
	if sourceKind(m) != metricSources[m.Type] {
		return append(errs, field.Required(at, "must populate information for the given metric source"))
	}
	made := metric(m)
	if made.Name == "" {
		name := at.Child("metric", "name")
		if m.Resource != nil || m.ContainerResource != nil {
			name = at.Child("name")
		}
		errs = append(errs, field.Required(name, "must specify a metric name"))
	}
	if m.ContainerResource != nil && made.Container == "" {
		errs = append(errs, field.Required(at.Child("container"), "must specify a container"))
	}
	return append(errs, validateTarget(m, at.Child("target"))...)
}

// validateTarget checks that a target says one thing, of the sort that its source knows.
func validateTarget(m *autoscalingv2.MetricSpec, path *field.Path) field.ErrorList {
	var t autoscalingv2.MetricTarget
	single := false
	switch {
	case m.Resource != nil:
		t, single = m.Resource.Target, true
	case m.ContainerResource != nil:
		t, single = m.ContainerResource.Target, true
	case m.Pods != nil:
		t = m.Pods.Target
	case m.Object != nil:
		t = m.Object.Target
	case m.External != nil:
		t = m.External.Target
	}
	errs := oneOf(t.Type, path.Child("type"), autoscalingv2.AverageValueMetricType, autoscalingv2.UtilizationMetricType, autoscalingv2.ValueMetricType)
	for name, q := range map[string]*resource.Quantity{"value": t.Value, "averageValue": t.AverageValue} {
		if q != nil && q.Sign() <= 0 {
			errs = append(errs, field.Invalid(path.Child(name), q.String(), "must be positive"))
		}
	}
	if u := t.AverageUtilization; u != nil && *u < 1 {
		errs = append(errs, field.Invalid(path.Child("averageUtilization"), *u, "must be greater than 0"))
	}
	switch {
	case single && t.AverageUtilization != nil && t.AverageValue != nil:
		errs = append(errs, field.Forbidden(path.Child("averageValue"), "may not set both a target raw value and a target utilization"))
	case single && t.AverageUtilization == nil && t.AverageValue == nil:
		errs = append(errs, field.Required(path.Child("averageUtilization"), "must set either a target raw value or a target utilization"))
	case m.Pods != nil && t.AverageValue == nil:
		errs = append(errs, field.Required(path.Child("averageValue"), "must specify a positive target averageValue"))
	case (m.Object != nil || m.External != nil) && t.Value == nil && t.AverageValue == nil:
		errs = append(errs, field.Required(path.Child("averageValue"), "must set either a target value for metric or a per-pod target"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/autoscaling/validation/validation.go validateScalingRules.
func validateScaling(r *autoscalingv2.HPAScalingRules, path *field.Path) field.ErrorList {
	const longestWindow, longestPeriod = 3600, 1800
	var errs field.ErrorList
	window := path.Child("stabilizationWindowSeconds")
	if w := r.StabilizationWindowSeconds; w != nil && *w < 0 {
		errs = append(errs, field.Invalid(window, *w, "must be greater than or equal to zero"))
	} else if w != nil && *w > longestWindow {
		errs = append(errs, field.Invalid(window, *w, fmt.Sprintf("must be less than or equal to %d", longestWindow)))
	}
	errs = append(errs, oneOf(*r.SelectPolicy, path.Child("selectPolicy"), autoscalingv2.DisabledPolicySelect, autoscalingv2.MaxChangePolicySelect, autoscalingv2.MinChangePolicySelect)...)
	if len(r.Policies) == 0 {
		errs = append(errs, field.Required(path.Child("policies"), "must specify at least one Policy"))
	}
	for i, p := range r.Policies {
		at := path.Child("policies").Index(i)
		errs = append(errs, oneOf(p.Type, at.Child("type"), autoscalingv2.PercentScalingPolicy, autoscalingv2.PodsScalingPolicy)...)
		if p.Value <= 0 {
			errs = append(errs, field.Invalid(at.Child("value"), p.Value, "must be greater than zero"))
		}
		if p.PeriodSeconds <= 0 {
			errs = append(errs, field.Invalid(at.Child("periodSeconds"), p.PeriodSeconds, "must be greater than zero"))
		} else if p.PeriodSeconds > longestPeriod {
			errs = append(errs, field.Invalid(at.Child("periodSeconds"), p.PeriodSeconds, fmt.Sprintf("must be less than or equal to %d", longestPeriod)))
		}
	}
	if t := r.Tolerance; t != nil && t.Sign() < 0 {
		errs = append(errs, field.Invalid(path.Child("tolerance"), t.String(), "must be greater than or equal to 0"))
	}
	return errs
}
