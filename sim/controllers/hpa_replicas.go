package controllers

import (
	"errors"
	"fmt"
	"math"
	"time"

	"towtank.dev/towtank/model"
)

// For so long after its start the CPU that a pod uses may be that of its start, and a pod that became unready
// so soon after it has never been ready.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/config/v1alpha1/defaults.go
// RecommendedDefaultHPAControllerConfiguration (HorizontalPodAutoscalerCPUInitializationPeriod,
// HorizontalPodAutoscalerInitialReadinessDelay, HorizontalPodAutoscalerTolerance).
const (
	cpuInitialization = 5 * time.Minute
	initialReadiness  = 30 * time.Second
	defaultTolerance  = 0.1
)

// tolerance is how far a metric may be off its target without a change, below and above.
type tolerance struct{ down, up float64 }

// within says whether a ratio of what is to what should be is near enough to 1.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/replica_calculator.go Tolerances.isWithin.
func (t tolerance) within(ratio float64) bool { return 1-t.down <= ratio && ratio <= 1+t.up }

// toleranceOf is how exactly an autoscaler keeps to its targets.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go tolerancesForHpa.
func toleranceOf(h *model.HorizontalPodAutoscaler) tolerance {
	t := tolerance{defaultTolerance, defaultTolerance}
	if r := h.ScaleDown; r != nil && r.Tolerance != nil {
		t.down = approximate(*r.Tolerance)
	}
	if r := h.ScaleUp; r != nil && r.Tolerance != nil {
		t.up = approximate(*r.Tolerance)
	}
	return t
}

// approximate is a quantity as a floating point number.
func approximate(q model.Quantity) float64 { return float64(q.Units) + float64(q.Nanos)/1e9 }

// metered is a pod that an autoscaler counts.
type metered struct {
	pod     *model.Pod
	group   meteredGroup
	milli   int64 // what was measured of it, in thousandths
	request int64 // what it requests, in thousandths; 0 where that does not matter
}

type meteredGroup int

const (
	meteredReady   meteredGroup = iota
	meteredUnready              // what is measured says nothing yet
	meteredMissing              // nothing is measured
	meteredIgnored
)

// groupOf says how a pod counts. Its readiness matters for CPU alone, of which a start takes much.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/replica_calculator.go groupPods.
func (m *Manager) groupOf(pod *model.Pod, resource string, r Reading) meteredGroup {
	switch {
	case pod.Deleting || pod.Status.Phase == model.PodFailed:
		return meteredIgnored
	case pod.Status.Phase == model.PodPending:
		return meteredUnready
	case !r.Known:
		return meteredMissing
	case resource != model.ResourceCPU:
		return meteredReady
	}
	k := pod.Status.Condition(model.PodReady)
	if k == nil || !pod.Status.HasStarted {
		return meteredUnready
	}
	started, since := m.Second(pod.Status.Started), m.Second(k.LastTransition)
	unready := k.Status == model.ConditionFalse
	if started.Add(cpuInitialization) > m.Engine.Now() {
		unready = unready || r.At < since.Add(r.Window)
	} else {
		unready = unready && started.Add(initialReadiness) > since
	}
	if unready {
		return meteredUnready
	}
	return meteredReady
}

// aim is what is measured of pods should be: percent of their requests, or each a pod, in thousandths.
type aim struct {
	percent int32
	each    int64
}

// sized is what a metric says: how many pods there should be, and what was measured.
type sized struct {
	replicas    int32
	utilization int32 // per cent of the requests
	average     int64 // thousandths, of a pod; of all of them where a metric is not of pods
}

// ratio compares what is measured of the pods that count with what it should be, and says how many they are.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/metrics/utilization.go GetResourceUtilizationRatio,
// GetMetricUsageRatio.
func (a aim) ratio(pods []metered, counts func(*metered) bool) (ratio float64, s sized, n int, err error) {
	var total, requests int64
	for i := range pods {
		if p := &pods[i]; counts(p) {
			total, requests, n = total+p.milli, requests+p.request, n+1
		}
	}
	if a.percent == 0 {
		s.average = total / int64(n)
		return float64(s.average) / float64(a.each), s, n, nil
	}
	if requests == 0 {
		return 0, s, n, errors.New("no metrics returned matched known pods")
	}
	s.average, s.utilization = total/int64(n), int32(total*100/requests)
	return float64(s.utilization) / float64(a.percent), s, n, nil
}

// size says how many pods there should be; at least one must count as ready. Where the number would change,
// pods of which nothing is known count against the change.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/replica_calculator.go GetResourceReplicas, calcPlainMetricReplicas.
func (a aim) size(pods []metered, current int32, t tolerance) (sized, error) {
	var unready, missing bool
	for i := range pods {
		unready = unready || pods[i].group == meteredUnready
		missing = missing || pods[i].group == meteredMissing
	}
	ratio, s, n, err := a.ratio(pods, func(p *metered) bool { return p.group == meteredReady })
	if err != nil {
		return s, err
	}
	s.replicas = current
	unready = unready && ratio > 1
	if !unready && !missing {
		if !t.within(ratio) {
			s.replicas = ceiling(ratio * float64(n))
		}
		return s, nil
	}
	again, _, n, err := a.ratio(a.filled(pods, ratio), func(p *metered) bool {
		return p.group == meteredReady || p.group == meteredMissing && ratio != 1 || p.group == meteredUnready && unready
	})
	if err != nil || t.within(again) || ratio < 1 && again > 1 || ratio > 1 && again < 1 {
		return s, err
	}
	replicas := ceiling(again * float64(n))
	if again < 1 && replicas > current || again > 1 && replicas < current {
		return s, nil
	}
	s.replicas = replicas
	return s, nil
}

// filled are the pods with what those are taken to use of which nothing is known: nothing when there are
// to be more, and what they request, or the target, when there are to be fewer.
func (a aim) filled(pods []metered, ratio float64) []metered {
	out := append([]metered(nil), pods...)
	for i := range out {
		p := &out[i]
		switch {
		case p.group == meteredReady:
		case p.group == meteredUnready || ratio > 1:
			p.milli = 0
		case a.percent == 0:
			p.milli = a.each
		default:
			p.milli = p.request * int64(max(100, a.percent)) / 100
		}
	}
	return out
}

// ceiling is a number of pods, rounded up.
func ceiling(pods float64) int32 {
	if pods > math.MaxInt32 {
		return math.MaxInt32
	}
	return int32(math.Ceil(pods))
}

// whole says how many pods there should be for a metric that is not of pods: by how much it is off, as many
// times those that are ready. While there are none, so many as it is times its target.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/replica_calculator.go getUsageRatioReplicaCount, getReadyPodsCount.
func whole(usage, target int64, current int32, pods []*model.Pod, t tolerance) (int32, error) {
	ratio := float64(usage) / float64(target)
	switch {
	case current == 0:
		return ceiling(ratio), nil
	case t.within(ratio):
		return current, nil
	case len(pods) == 0:
		return 0, errors.New("unable to calculate ready pods: no pods returned by selector while calculating replica count")
	}
	n := 0
	for _, p := range pods {
		if p.Status.Phase == model.PodRunning && ready(p) {
			n++
		}
	}
	return ceiling(ratio * float64(n)), nil
}

// shared says how many pods there should be for a metric that pods share, and what each has of it now.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/replica_calculator.go GetObjectPerPodMetricReplicas,
// GetExternalPerPodMetricReplicas.
func shared(usage, target int64, pods int32, t tolerance) (replicas int32, each int64) {
	replicas = pods
	if !t.within(float64(usage) / (float64(target) * float64(pods))) {
		replicas = ceiling(float64(usage) / float64(target))
	}
	if pods == 0 {
		// Upstream divides by zero here, and shows what an amd64 makes of an infinite integer.
		return replicas, math.MinInt64
	}
	return replicas, int64(math.Ceil(float64(usage) / float64(pods)))
}

// requestOf is what a pod, or a container of it, requests of a resource, in thousandths.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/replica_calculator.go calculateRequests,
// calculatePodLevelRequests, calculatePodRequestsFromContainers.
func requestOf(pod *model.Pod, container, resource string) (int64, error) {
	if container == "" && pod.Spec.HasPodLevelRequests() {
		q, ok := pod.Spec.EffectiveRequests().Get(resource)
		if !ok {
			return 0, fmt.Errorf("missing pod-level request for %s in Pod %s", resource, pod.Name)
		}
		return q.MilliValue(), nil
	}
	total, found := int64(0), false
	for k := range running(pod.Spec) {
		if container != "" && container != k.Name {
			continue
		}
		q, ok := k.Requests.Get(resource)
		if !ok {
			return 0, fmt.Errorf("missing request for %s in container %s of Pod %s", resource, k.Name, pod.Name)
		}
		total, found = total+q.MilliValue(), true
	}
	if container != "" && !found {
		return 0, fmt.Errorf("container %s not found in Pod %s", container, pod.Name)
	}
	return total, nil
}

// running yields the containers that run as long as their pod does: regular ones, then sidecars.
func running(s *model.PodSpec) func(yield func(*model.Container) bool) {
	return func(yield func(*model.Container) bool) {
		for i := range s.Containers {
			if !yield(&s.Containers[i]) {
				return
			}
		}
		for i := range s.InitContainers {
			if k := &s.InitContainers[i]; k.Sidecar() && !yield(k) {
				return
			}
		}
	}
}
