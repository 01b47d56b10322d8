package reports

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeHorizontalPodAutoscalerV2.
var autoscalerDescription = description{model.KindHorizontalPodAutoscaler, func(d *Describer, s *sheet, o model.Object) {
	h := o.(*model.HorizontalPodAutoscaler)
	s.head(&h.ObjectMeta)
	s.marks(&h.ObjectMeta)
	s.put(0, "CreationTimestamp:\t%s", d.clock(h.Created))
	s.put(0, "Reference:\t%s/%s", h.Target.Kind, h.Target.Name)
	s.put(0, "Metrics:\t( current / target )")
	for i := range h.Metrics {
		describeMetric(s, h, i)
	}
	s.put(0, "Min replicas:\t%d", h.MinReplicas)
	s.put(0, "Max replicas:\t%d", h.MaxReplicas)
	if h.ScaleUp != nil || h.ScaleDown != nil {
		s.put(0, "Behavior:")
		describeRules(s, "Scale Up", h.ScaleUp)
		describeRules(s, "Scale Down", h.ScaleDown)
	}
	s.put(0, "%s pods:\t%d current / %d desired", h.Target.Kind, h.Status.CurrentReplicas, h.Status.DesiredReplicas)
	if len(h.Status.Conditions) > 0 {
		s.put(0, "Conditions:")
		s.put(1, "Type\tStatus\tReason\tMessage")
		s.put(1, "----\t------\t------\t-------")
	}
	for i := range h.Status.Conditions {
		c := &h.Status.Conditions[i]
		s.put(1, "%s\t%s\t%s\t%s", c.Type, c.Status, c.Reason, c.Message)
	}
	d.events(s)
}}

// describeMetric says what a metric is about, what it was when last looked at, and what it should be.
func describeMetric(s *sheet, h *model.HorizontalPodAutoscaler, i int) {
	spec := &h.Metrics[i]
	var now model.MetricStatus
	if i < len(h.Status.CurrentMetrics) {
		now = h.Status.CurrentMetrics[i]
	}
	average, value := amountText(spec.Name, now.AverageValue), amountText(spec.Name, now.Value)
	switch spec.Type {
	case "External":
		if spec.AverageValue != nil {
			s.put(1, "%q (target average value):\t%s / %s", spec.Name, average, amountText(spec.Name, spec.AverageValue))
		} else {
			s.put(1, "%q (target value):\t%s / %s", spec.Name, value, amountText(spec.Name, spec.Value))
		}
	case "Pods":
		s.put(1, "%q on pods:\t%s / %s", spec.Name, average, amountText(spec.Name, spec.AverageValue))
	case "Object":
		about := fmt.Sprintf("%q on %s/%s ", spec.Name, spec.Described.Kind, spec.Described.Name)
		if spec.TargetType == "AverageValue" {
			s.put(1, "%s(target average value):\t%s / %s", about, average, amountText(spec.Name, spec.AverageValue))
		} else {
			s.put(1, "%s(target value):\t%s / %s", about, value, amountText(spec.Name, spec.Value))
		}
	case "Resource":
		describeResourceMetric(s, "resource "+spec.Name+" on pods", spec, &now)
	case "ContainerResource":
		describeResourceMetric(s, fmt.Sprintf("resource %s of container %q on pods", spec.Name, spec.Container), spec, &now)
	default:
		s.put(1, "<unknown metric type %q>", spec.Type)
	}
}

// describeResourceMetric: the two blanks before the bracket are kubectl's.
func describeResourceMetric(s *sheet, about string, spec *model.MetricSpec, now *model.MetricStatus) {
	if spec.AverageValue != nil {
		s.put(1, "%s:\t%s / %s", about, amountText(spec.Name, now.AverageValue), amountText(spec.Name, spec.AverageValue))
		return
	}
	current, target := unknownWord, "<auto>"
	if now.AverageUtilization != nil {
		current = fmt.Sprintf("%d%% (%s)", *now.AverageUtilization, amountText(spec.Name, now.AverageValue))
	}
	if spec.AverageUtilization != nil {
		target = fmt.Sprintf("%d%%", *spec.AverageUtilization)
	}
	s.put(1, "%s  (as a percentage of request):\t%s / %s", about, current, target)
}

// describeRules: Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go printDirectionBehavior.
func describeRules(s *sheet, direction string, rules *model.ScalingRules) {
	if rules == nil {
		return
	}
	s.put(1, "%s:", direction)
	if rules.StabilizationWindowSeconds != nil {
		s.put(2, "Stabilization Window: %d seconds", *rules.StabilizationWindowSeconds)
	}
	if len(rules.Policies) == 0 {
		return
	}
	s.put(2, "Select Policy: %s", orWord(rules.SelectPolicy, "Max"))
	s.put(2, "Policies:")
	for _, p := range rules.Policies {
		s.put(3, "- Type: %s\tValue: %d\tPeriod: %d seconds", p.Type, p.Value, p.PeriodSeconds)
	}
}
