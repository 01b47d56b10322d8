package controllers

import (
	"errors"
	"fmt"

	"towtank.dev/towtank/model"
)

// measure is the largest number of pods that a metric asks for, and which one that is. Where one cannot be
// had, pods only become more.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go computeReplicasForMetrics,
// getUnableComputeReplicaCountCondition.
func (l *look) measure() (replicas int32, metric string, statuses []model.MetricStatus, err error) {
	pods, err := l.chosenPods()
	if err != nil {
		return 0, "", nil, err
	}
	statuses = make([]model.MetricStatus, len(l.h.Metrics))
	failed, first, reason, message := 0, error(nil), "", ""
	for i := range l.h.Metrics {
		m := &l.h.Metrics[i]
		p, during, err := l.propose(m, pods)
		if err != nil {
			why := "FailedGet" + m.Type + "Metric"
			l.warn(why, "%v", err)
			if failed++; failed == 1 {
				first, reason, message = fmt.Errorf("%s: %w", during, err), why, "the HPA was unable to compute the replica count: "+err.Error()
			}
			continue
		}
		statuses[i] = p.status
		if replicas == 0 || p.replicas > replicas {
			replicas, metric = p.replicas, p.metric
		}
	}
	if failed == len(l.h.Metrics) || failed > 0 && replicas < l.scale.Replicas {
		l.say(model.AutoscalerScalingActive, model.ConditionFalse, reason, "%s", message)
		return 0, "", statuses, fmt.Errorf("invalid metrics (%d invalid out of %d), first error is: %w", failed, len(l.h.Metrics), first)
	}
	l.say(model.AutoscalerScalingActive, model.ConditionTrue, "ValidMetricFound",
		"the HPA was able to successfully calculate a replica count from %s", metric)
	return replicas, metric, statuses, nil
}

// proposal is what one metric asks for.
type proposal struct {
	replicas int32
	metric   string
	status   model.MetricStatus
}

// proposes makes a proposal of what a metric says.
func proposes(m *model.MetricSpec, replicas int32, metric string, args ...any) proposal {
	return proposal{replicas, fmt.Sprintf(metric, args...),
		model.MetricStatus{Type: m.Type, Name: m.Name, Container: m.Container, Selector: m.Selector, Described: m.Described}}
}

// average is the proposal with what a pod has of the metric, in thousandths.
func (p proposal) average(milli int64) proposal {
	q := model.MilliQuantity(milli)
	p.status.AverageValue = &q
	return p
}

// value is the proposal with what the metric is as a whole, in thousandths.
func (p proposal) value(milli int64) proposal {
	q := model.MilliQuantity(milli)
	p.status.Value = &q
	return p
}

// propose is what one metric asks for, or why that is not known, and what was being done then.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go computeReplicasForMetric.
func (l *look) propose(m *model.MetricSpec, pods []*model.Pod) (p proposal, during string, err error) {
	switch m.Type {
	case "Resource":
		during = "failed to get " + m.Name + " resource metric value"
		p, err = l.resource(m, pods)
	case "ContainerResource":
		during = "failed to get " + m.Container + " container metric value"
		p, err = l.resource(m, pods)
	case "Pods":
		during = "failed to get pods metric value"
		p, err = l.ofPods(m, pods)
	case "Object":
		during = "failed to get object metric value"
		if m.AverageValue != nil && m.TargetType != "Value" {
			during += ": failed to get " + m.Name + " object metric"
		}
		p, err = l.ofObject(m, pods)
	default:
		during = "failed to get " + m.Name + " external metric value: failed to get "
		if m.AverageValue != nil {
			during += m.Name + " external metric"
		} else {
			during += "external metric " + m.Name
		}
		p, err = l.external(m, pods)
	}
	return p, during, err
}

// resource is what the usage of a resource asks for.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go computeStatusForResourceMetricGeneric;
// replica_calculator.go GetResourceReplicas, GetRawResourceReplicas; metrics/client.go GetResourceMetric.
func (l *look) resource(m *model.MetricSpec, pods []*model.Pod) (proposal, error) {
	what, a := "usage", aim{}
	switch {
	case m.AverageValue != nil:
		a.each = m.AverageValue.MilliValue()
	case m.AverageUtilization != nil:
		what, a.percent = "utilization", *m.AverageUtilization
	default:
		return proposal{}, errors.New("invalid resource metric source: neither an average utilization target nor an average value (usage) target was set")
	}
	s, err := l.used(m, pods, a)
	if err != nil {
		return proposal{}, fmt.Errorf("failed to get %s %s: %w", m.Name, what, err)
	}
	switch {
	case a.percent == 0:
		return proposes(m, s.replicas, "%s resource", m.Name).average(s.average), nil
	case m.Type == "ContainerResource":
		what = "container resource utilization"
	default:
		what = "resource utilization"
	}
	p := proposes(m, s.replicas, "%s %s (percentage of request)", m.Name, what).average(s.average)
	p.status.AverageUtilization = &s.utilization
	return p, nil
}

// used sizes the workload by what its pods use.
func (l *look) used(m *model.MetricSpec, pods []*model.Pod, a aim) (s sized, err error) {
	var read []metered
	if err := l.c.loop.through(l.c.metrics, func() error {
		read, err = l.usage(m, pods)
		return err
	}); err != nil {
		return s, fmt.Errorf("unable to get metrics for resource %s: unable to fetch metrics from resource metrics API: %w", m.Name, err)
	}
	if read == nil {
		return s, fmt.Errorf("unable to get metrics for resource %s: no metrics returned from resource metrics API", m.Name)
	}
	if err := counted(read); err != nil {
		return s, err
	}
	for i := range read {
		if a.percent > 0 {
			if read[i].request, err = requestOf(read[i].pod, m.Container, m.Name); err != nil {
				return s, err
			}
		}
	}
	return a.size(read, l.scale.Replicas, toleranceOf(l.h))
}

// usage is what metrics-server answers about pods; nil: it knows none of them.
func (l *look) usage(m *model.MetricSpec, pods []*model.Pod) ([]metered, error) {
	from := l.c.manager.options.Metrics
	if from == nil {
		return nil, errors.New("the server could not find the requested resource (get pods.metrics.k8s.io)")
	}
	return l.read(pods, m.Name, func(p *model.Pod) Reading {
		return from.Usage(l.c.manager.Engine.Now(), p, m.Name, m.Container)
	}), nil
}

// read is what is measured of each pod; nil: of none.
func (l *look) read(pods []*model.Pod, resource string, of func(*model.Pod) Reading) []metered {
	out, listed := make([]metered, len(pods)), false
	for i, p := range pods {
		r := of(p)
		listed = listed || r.Listed
		out[i] = metered{pod: p, group: l.c.manager.groupOf(p, resource, r), milli: r.Milli}
	}
	if !listed {
		return nil
	}
	return out
}

// counted says whether any pod counts.
func counted(pods []metered) error {
	for i := range pods {
		if pods[i].group == meteredReady {
			return nil
		}
	}
	return errors.New("did not receive metrics for targeted pods (pods might be unready)")
}
