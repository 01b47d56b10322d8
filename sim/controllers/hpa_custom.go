package controllers

import (
	"errors"
	"fmt"

	"towtank.dev/towtank/model"
)

// ofPods is what a custom metric of the pods asks for.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go computeStatusForPodsMetric;
// replica_calculator.go GetMetricReplicas; metrics/client.go GetRawMetric.
func (l *look) ofPods(m *model.MetricSpec, pods []*model.Pod) (proposal, error) {
	var read []metered
	if err := l.custom(m, func(from Metrics) bool {
		read = l.read(pods, "", func(p *model.Pod) Reading { return from.OfPod(l.c.manager.Engine.Now(), p, m.Name, m.Selector) })
		return read != nil
	}, "pods"); err != nil {
		return proposal{}, fmt.Errorf("unable to get metric %s: %w", m.Name, err)
	}
	if err := counted(read); err != nil {
		return proposal{}, err
	}
	s, err := aim{each: m.AverageValue.MilliValue()}.size(read, l.scale.Replicas, toleranceOf(l.h))
	return proposes(m, s.replicas, "pods metric %s", m.Name).average(s.average), err
}

// custom asks for a custom metric of something. What an adapter says that does not have it is Prometheus's.
// Source: k8s.io/metrics v0.37.2 pkg/client/custom_metrics/discovery.go PreferredVersion;
// custom-metrics-apiserver v1.30.0 pkg/provider/errors.go NewMetricNotFoundError, NewMetricNotFoundForError.
func (l *look) custom(m *model.MetricSpec, found func(Metrics) bool, of string) error {
	return l.c.loop.through(l.c.metrics, func() error {
		from := l.c.manager.options.Metrics
		what := ""
		if from != nil {
			if custom, _ := from.Adapters(); custom {
				if found(from) {
					return nil
				}
				what = fmt.Sprintf("the server could not find the metric %s for %s", m.Name, of)
			}
		}
		if what == "" {
			what = "no custom metrics API (custom.metrics.k8s.io) registered"
		}
		return errors.New("unable to fetch metrics from custom metrics API: " + what)
	})
}

// ofObject is what a custom metric of an object asks for.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go computeStatusForObjectMetric;
// replica_calculator.go GetObjectMetricReplicas, GetObjectPerPodMetricReplicas; metrics/client.go GetObjectMetric.
func (l *look) ofObject(m *model.MetricSpec, pods []*model.Pod) (proposal, error) {
	d, t := m.Described, toleranceOf(l.h)
	byValue := m.TargetType == "Value" && m.Value != nil
	if !byValue && (m.TargetType != "AverageValue" || m.AverageValue == nil) {
		return proposal{}, errors.New("invalid object metric source: neither a value target nor an average value target was set")
	}
	var r Reading
	if err := l.custom(m, func(from Metrics) bool {
		r = from.OfObject(l.c.manager.Engine.Now(), l.h.Namespace, d, m.Name, m.Selector)
		return r.Known
	}, objectText(d)); err != nil {
		return proposal{}, fmt.Errorf("unable to get metric %s on %s %s/%s: %w", m.Name, d.Kind, l.h.Namespace, d.Name, err)
	}
	if !byValue {
		n, each := shared(r.Milli, m.AverageValue.MilliValue(), l.scale.Current, t)
		return proposes(m, n, "external metric %s(%s)", m.Name, labelSelectorText(m.Selector)).average(each), nil
	}
	n, err := whole(r.Milli, m.Value.MilliValue(), l.scale.Replicas, pods, t)
	return proposes(m, n, "%s metric %s", d.Kind, m.Name).value(r.Milli), err
}

// external is what an external metric asks for.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go computeStatusForExternalMetric;
// replica_calculator.go GetExternalMetricReplicas, GetExternalPerPodMetricReplicas.
func (l *look) external(m *model.MetricSpec, pods []*model.Pod) (proposal, error) {
	t, selector := toleranceOf(l.h), labelSelectorText(m.Selector)
	if m.AverageValue == nil && m.Value == nil {
		return proposal{}, errors.New("invalid external metric source: neither a value target nor an average value target was set")
	}
	usage, err := l.externally(m)
	if err != nil {
		return proposal{}, fmt.Errorf("unable to get external metric %s/%s/%s: %w", l.h.Namespace, m.Name, selector, err)
	}
	if m.AverageValue != nil {
		n, each := shared(usage, m.AverageValue.MilliValue(), l.scale.Current, t)
		return proposes(m, n, "external metric %s(%s)", m.Name, selector).average(each), nil
	}
	n, err := whole(usage, m.Value.MilliValue(), l.scale.Replicas, pods, t)
	return proposes(m, n, "external metric %s(%s)", m.Name, selector).value(usage), err
}

// externally is the sum of the series of an external metric.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/metrics/client.go GetExternalMetric.
func (l *look) externally(m *model.MetricSpec) (sum int64, err error) {
	err = l.c.loop.through(l.c.metrics, func() error {
		from := l.c.manager.options.Metrics
		served := false
		if from != nil {
			_, served = from.Adapters()
		}
		if !served {
			return fmt.Errorf("unable to fetch metrics from external metrics API: the server could not find the requested resource "+
				"(get %s.external.metrics.k8s.io)", m.Name)
		}
		values := from.External(l.c.manager.Engine.Now(), l.h.Namespace, m.Name, m.Selector)
		if len(values) == 0 {
			return errors.New("no metrics returned from external metrics API")
		}
		for _, v := range values {
			sum += v
		}
		return nil
	})
	return sum, err
}
