package manifest

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"towtank.dev/towtank/model"
)

func (c clock) autoscaler(a *autoscalingv2.HorizontalPodAutoscaler) *model.HorizontalPodAutoscaler {
	s := &a.Status
	out := &model.HorizontalPodAutoscaler{
		ObjectMeta: c.meta(&a.ObjectMeta), Target: scaleTarget(a.Spec.ScaleTargetRef), MinReplicas: *a.Spec.MinReplicas, MaxReplicas: a.Spec.MaxReplicas,
		Metrics: each(a.Spec.Metrics, metric),
		Status: model.AutoscalerStatus{LastScale: c.instant(s.LastScaleTime), CurrentReplicas: s.CurrentReplicas, DesiredReplicas: s.DesiredReplicas,
			CurrentMetrics: each(s.CurrentMetrics, metricStatus), Conditions: each(s.Conditions, c.autoscalerCondition)},
	}
	if s.ObservedGeneration != nil {
		out.Status.ObservedGeneration = *s.ObservedGeneration
	}
	if b := a.Spec.Behavior; b != nil {
		out.ScaleUp, out.ScaleDown = scalingRules(b.ScaleUp), scalingRules(b.ScaleDown)
	}
	out.Source = a
	return out
}

func scaleTarget(r autoscalingv2.CrossVersionObjectReference) model.ScaleTarget {
	return model.ScaleTarget{APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name}
}

func toScaleTarget(t model.ScaleTarget) autoscalingv2.CrossVersionObjectReference {
	return autoscalingv2.CrossVersionObjectReference{APIVersion: t.APIVersion, Kind: t.Kind, Name: t.Name}
}

func scalingRules(r *autoscalingv2.HPAScalingRules) *model.ScalingRules {
	if r == nil {
		return nil
	}
	return &model.ScalingRules{
		StabilizationWindowSeconds: r.StabilizationWindowSeconds, SelectPolicy: text(r.SelectPolicy), Tolerance: amount(r.Tolerance),
		Policies: each(r.Policies, func(p *autoscalingv2.HPAScalingPolicy) model.ScalingPolicy {
			return model.ScalingPolicy{Type: string(p.Type), Value: p.Value, PeriodSeconds: p.PeriodSeconds}
		}),
	}
}

func toScalingRules(r *model.ScalingRules) *autoscalingv2.HPAScalingRules {
	if r == nil {
		return nil
	}
	return &autoscalingv2.HPAScalingRules{
		StabilizationWindowSeconds: r.StabilizationWindowSeconds, SelectPolicy: pointer[autoscalingv2.ScalingPolicySelect](r.SelectPolicy),
		Tolerance: toAmount("", r.Tolerance),
		Policies: each(r.Policies, func(p *model.ScalingPolicy) autoscalingv2.HPAScalingPolicy {
			return autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.HPAScalingPolicyType(p.Type), Value: p.Value, PeriodSeconds: p.PeriodSeconds}
		}),
	}
}

// amount is a quantity that may be absent.
func amount(q *resource.Quantity) *model.Quantity {
	if q == nil {
		return nil
	}
	out := fromQuantity(*q)
	return &out
}

// toAmount writes a quantity that may be absent; name is the resource or metric.
func toAmount(name string, q *model.Quantity) *resource.Quantity {
	if q == nil {
		return nil
	}
	out := toQuantity(name, *q)
	return &out
}

func target(out *model.MetricSpec, t *autoscalingv2.MetricTarget) {
	out.TargetType, out.Value, out.AverageValue, out.AverageUtilization = string(t.Type), amount(t.Value), amount(t.AverageValue), t.AverageUtilization
}

func metric(m *autoscalingv2.MetricSpec) model.MetricSpec {
	out := model.MetricSpec{Type: string(m.Type)}
	switch {
	case m.Resource != nil:
		out.Name = string(m.Resource.Name)
		target(&out, &m.Resource.Target)
	case m.ContainerResource != nil:
		out.Name, out.Container = string(m.ContainerResource.Name), m.ContainerResource.Container
		target(&out, &m.ContainerResource.Target)
	case m.Pods != nil:
		out.Name, out.Selector = m.Pods.Metric.Name, selector(m.Pods.Metric.Selector)
		target(&out, &m.Pods.Target)
	case m.Object != nil:
		out.Name, out.Selector, out.Described = m.Object.Metric.Name, selector(m.Object.Metric.Selector), scaleTarget(m.Object.DescribedObject)
		target(&out, &m.Object.Target)
	case m.External != nil:
		out.Name, out.Selector = m.External.Metric.Name, selector(m.External.Metric.Selector)
		target(&out, &m.External.Target)
	}
	return out
}

func toMetric(m *model.MetricSpec) autoscalingv2.MetricSpec {
	out := autoscalingv2.MetricSpec{Type: autoscalingv2.MetricSourceType(m.Type)}
	t := autoscalingv2.MetricTarget{Type: autoscalingv2.MetricTargetType(m.TargetType), Value: toAmount(m.Name, m.Value),
		AverageValue: toAmount(m.Name, m.AverageValue), AverageUtilization: m.AverageUtilization}
	id := autoscalingv2.MetricIdentifier{Name: m.Name, Selector: toSelector(m.Selector)}
	switch out.Type {
	case autoscalingv2.ResourceMetricSourceType:
		out.Resource = &autoscalingv2.ResourceMetricSource{Name: v1.ResourceName(m.Name), Target: t}
	case autoscalingv2.ContainerResourceMetricSourceType:
		out.ContainerResource = &autoscalingv2.ContainerResourceMetricSource{Name: v1.ResourceName(m.Name), Container: m.Container, Target: t}
	case autoscalingv2.PodsMetricSourceType:
		out.Pods = &autoscalingv2.PodsMetricSource{Metric: id, Target: t}
	case autoscalingv2.ObjectMetricSourceType:
		out.Object = &autoscalingv2.ObjectMetricSource{Metric: id, DescribedObject: toScaleTarget(m.Described), Target: t}
	case autoscalingv2.ExternalMetricSourceType:
		out.External = &autoscalingv2.ExternalMetricSource{Metric: id, Target: t}
	}
	return out
}

func metricStatus(m *autoscalingv2.MetricStatus) model.MetricStatus {
	out := model.MetricStatus{Type: string(m.Type)}
	current := func(v *autoscalingv2.MetricValueStatus) {
		out.Value, out.AverageValue, out.AverageUtilization = amount(v.Value), amount(v.AverageValue), v.AverageUtilization
	}
	switch {
	case m.Resource != nil:
		out.Name = string(m.Resource.Name)
		current(&m.Resource.Current)
	case m.ContainerResource != nil:
		out.Name, out.Container = string(m.ContainerResource.Name), m.ContainerResource.Container
		current(&m.ContainerResource.Current)
	case m.Pods != nil:
		out.Name, out.Selector = m.Pods.Metric.Name, selector(m.Pods.Metric.Selector)
		current(&m.Pods.Current)
	case m.Object != nil:
		out.Name, out.Selector, out.Described = m.Object.Metric.Name, selector(m.Object.Metric.Selector), scaleTarget(m.Object.DescribedObject)
		current(&m.Object.Current)
	case m.External != nil:
		out.Name, out.Selector = m.External.Metric.Name, selector(m.External.Metric.Selector)
		current(&m.External.Current)
	}
	return out
}

func toMetricStatus(m *model.MetricStatus) autoscalingv2.MetricStatus {
	out := autoscalingv2.MetricStatus{Type: autoscalingv2.MetricSourceType(m.Type)}
	current := autoscalingv2.MetricValueStatus{Value: toAmount(m.Name, m.Value), AverageValue: toAmount(m.Name, m.AverageValue), AverageUtilization: m.AverageUtilization}
	id := autoscalingv2.MetricIdentifier{Name: m.Name, Selector: toSelector(m.Selector)}
	switch out.Type {
	case autoscalingv2.ResourceMetricSourceType:
		out.Resource = &autoscalingv2.ResourceMetricStatus{Name: v1.ResourceName(m.Name), Current: current}
	case autoscalingv2.ContainerResourceMetricSourceType:
		out.ContainerResource = &autoscalingv2.ContainerResourceMetricStatus{Name: v1.ResourceName(m.Name), Container: m.Container, Current: current}
	case autoscalingv2.PodsMetricSourceType:
		out.Pods = &autoscalingv2.PodsMetricStatus{Metric: id, Current: current}
	case autoscalingv2.ObjectMetricSourceType:
		out.Object = &autoscalingv2.ObjectMetricStatus{Metric: id, DescribedObject: toScaleTarget(m.Described), Current: current}
	case autoscalingv2.ExternalMetricSourceType:
		out.External = &autoscalingv2.ExternalMetricStatus{Metric: id, Current: current}
	}
	return out
}

// toAutoscaler turns an autoscaler back. Metrics and behaviour change by patches alone, which make a new source.
func (c clock) toAutoscaler(a *model.HorizontalPodAutoscaler) *autoscalingv2.HorizontalPodAutoscaler {
	out := &autoscalingv2.HorizontalPodAutoscaler{}
	source, ok := a.Source.(*autoscalingv2.HorizontalPodAutoscaler)
	if ok {
		*out = *source
	} else {
		out.Spec.Metrics = each(a.Metrics, toMetric)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindHorizontalPodAutoscaler), c.toMeta(&a.ObjectMeta)
	out.Spec.ScaleTargetRef, out.Spec.MinReplicas, out.Spec.MaxReplicas = toScaleTarget(a.Target), &a.MinReplicas, a.MaxReplicas
	if !ok && (a.ScaleUp != nil || a.ScaleDown != nil) {
		out.Spec.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: toScalingRules(a.ScaleUp), ScaleDown: toScalingRules(a.ScaleDown)}
	}
	s := &a.Status
	out.Status = autoscalingv2.HorizontalPodAutoscalerStatus{LastScaleTime: c.toInstant(s.LastScale), CurrentReplicas: s.CurrentReplicas,
		DesiredReplicas: s.DesiredReplicas, CurrentMetrics: each(s.CurrentMetrics, toMetricStatus), Conditions: each(s.Conditions, c.toAutoscalerCondition)}
	if s.ObservedGeneration != 0 {
		out.Status.ObservedGeneration = &s.ObservedGeneration
	}
	return out
}
