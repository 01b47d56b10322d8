package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// told is a source of metrics that says what it is told to say.
type told struct {
	cpu, memory      func(*model.Pod) int64 // thousandths; nil or negative: nothing is known
	custom, external map[string]int64
	asked            int
}

func (s *told) Usage(now sim.Time, p *model.Pod, resource, container string) Reading {
	s.asked++
	of := map[string]func(*model.Pod) int64{model.ResourceCPU: s.cpu, model.ResourceMemory: s.memory}[resource]
	if of == nil || p.Status.Phase != model.PodRunning {
		return Reading{Listed: p.Status.Phase == model.PodRunning}
	}
	milli := of(p)
	return Reading{Milli: milli, At: now, Window: 15 * time.Second, Listed: milli >= 0, Known: milli >= 0 && (container == "" || container == "c")}
}

func (s *told) Adapters() (custom, external bool) { return s.custom != nil, s.external != nil }

func (s *told) OfPod(now sim.Time, _ *model.Pod, metric string, _ *model.Selector) Reading {
	milli, ok := s.custom[metric]
	return Reading{Milli: milli, At: now, Known: ok, Listed: ok}
}

func (s *told) OfObject(now sim.Time, _ string, o model.ScaleTarget, metric string, _ *model.Selector) Reading {
	milli, ok := s.custom[o.Kind+"/"+o.Name+"/"+metric]
	return Reading{Milli: milli, At: now, Known: ok}
}

func (s *told) External(_ sim.Time, _, metric string, _ *model.Selector) []int64 {
	if milli, ok := s.external[metric]; ok {
		return []int64{milli / 2, milli - milli/2}
	}
	return nil
}

// every says the same of every pod.
func every(milli int64) func(*model.Pod) int64 { return func(*model.Pod) int64 { return milli } }

// newAutoscaledBed is a bed with a Deployment web of pods that request a core.
func newAutoscaledBed(t *testing.T, s *told, replicas int32) *bed {
	o := quick
	if s != nil {
		o.Metrics = s
	}
	b := newBed(t, o)
	b.add(web(replicas, func(d *model.Deployment) { d.Template = requesting("1") }))
	b.run(7 * time.Minute) // beyond the first five minutes of the pods
	return b
}

// requesting is a template of pods that request so much CPU, "" for none.
func requesting(cores string) *model.PodTemplate {
	made, spec := *template(1), *bedSpec
	spec.Containers = append([]model.Container(nil), spec.Containers...)
	if cores != "" {
		q := model.MilliQuantity(1000)
		if cores == "500m" {
			q = model.MilliQuantity(500)
		}
		spec.Containers[0].Requests = model.ResourceList{}.With(model.ResourceCPU, q)
	}
	made.Spec = &spec
	return &made
}

// cpuAt is the metric of a CPU utilization.
func cpuAt(percent int32) model.MetricSpec {
	return model.MetricSpec{Type: "Resource", Name: "cpu", TargetType: "Utilization", AverageUtilization: &percent}
}

func autoscaler(least, most int32, metrics ...model.MetricSpec) *model.HorizontalPodAutoscaler {
	return &model.HorizontalPodAutoscaler{ObjectMeta: model.ObjectMeta{Name: "web"}, MinReplicas: least, MaxReplicas: most, Metrics: metrics,
		Target: model.ScaleTarget{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}}
}

// autoscalerIs is the state of an autoscaler: replicas found and wanted, and its conditions.
func (b *bed) autoscalerIs(name string) string {
	h, ok := b.HorizontalPodAutoscalers.Get("default", name)
	if !ok {
		return "none"
	}
	words := []string{fmt.Sprintf("%d→%d", h.Status.CurrentReplicas, h.Status.DesiredReplicas)}
	for _, k := range h.Status.Conditions {
		words = append(words, k.Type+"="+k.Status+":"+k.Reason)
	}
	return strings.Join(words, " ")
}

// size is how many pods web asks for.
func (b *bed) size() int32 { return b.deployment().Replicas }

// toldOf are the messages of the events about an autoscaler, each once.
func (b *bed) toldOf(name string) string {
	var out []string
	for _, e := range b.events {
		if strings.HasPrefix(e, name+" ") && strings.Contains(e, ": ") && !strings.Contains(e, "ScalingReplicaSet") {
			out = append(out, strings.TrimPrefix(e, name+" "))
		}
	}
	return strings.Join(out, "\n")
}

func (b *bed) wants(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s at %v:\n%s\nwant\n%s", what, b.engine.Now(), got, want)
	}
}

func TestAnAutoscalerFollowsWhatPodsUse(t *testing.T) {
	s := &told{cpu: every(900)}
	b := newAutoscaledBed(t, s, 3)
	b.add(autoscaler(1, 10, cpuAt(60)))
	b.run(time.Second)
	// 90/60 = 1.5, ⌈1.5·3⌉ = 5, at once: new autoscalers do not wait for 15 s.
	b.wants(t, "status", b.autoscalerIs("web"), "3→5 AbleToScale=True:SucceededRescale ScalingActive=True:ValidMetricFound "+
		"ScalingLimited=False:DesiredWithinRange ScaledToZero=False:NotScaledToZero")
	b.wants(t, "events", b.toldOf("web"), "Normal SuccessfulRescale: New size: 5; reason: cpu resource utilization (percentage of request) above target")
	h, _ := b.HorizontalPodAutoscalers.Get("default", "web")
	m := h.Status.CurrentMetrics[0]
	if *m.AverageUtilization != 90 || m.AverageValue.MilliValue() != 900 || m.Type != "Resource" || m.Name != "cpu" || h.Status.ObservedGeneration != 1 {
		t.Errorf("status %+v", h.Status)
	}
	// The new pods are not ready for 13 s: with them idle 90·3/5 = 54 %, 0.9 is within 10 %.
	b.run(15 * time.Second)
	b.wants(t, "size", fmt.Sprint(b.size()), "5")
	// In their first five minutes samples count that begin after they were ready: 54 % of five.
	s.cpu = every(540)
	b.run(time.Minute)
	b.wants(t, "status", b.autoscalerIs("web"), "5→5 AbleToScale=True:ReadyForNewScale ScalingActive=True:ValidMetricFound "+
		"ScalingLimited=False:DesiredWithinRange ScaledToZero=False:NotScaledToZero")
	version := h.ResourceVersion
	b.run(time.Minute)
	if h, _ = b.HorizontalPodAutoscalers.Get("default", "web"); h.ResourceVersion == version {
		t.Error("the first status is still there")
	}
	version = h.ResourceVersion
	b.run(10 * time.Minute)
	if h, _ = b.HorizontalPodAutoscalers.Get("default", "web"); h.ResourceVersion != version {
		t.Error("a status that says the same is written again")
	}
	// 20/60 = 0.33, ⌈1.67⌉ = 2, but 5 were recommended up to now: they hold for 300 s.
	s.cpu = every(200)
	b.run(4 * time.Minute)
	b.wants(t, "status", b.autoscalerIs("web"), "5→5 AbleToScale=True:ScaleDownStabilized ScalingActive=True:ValidMetricFound "+
		"ScalingLimited=False:DesiredWithinRange ScaledToZero=False:NotScaledToZero")
	b.run(90 * time.Second)
	b.wants(t, "size", fmt.Sprint(b.size()), "2")
	b.wants(t, "the last event", b.toldOf("web")[strings.LastIndex(b.toldOf("web"), "\n")+1:], "Normal SuccessfulRescale: New size: 2; reason: All metrics below target")
}

func TestAnAutoscalerIsLookedAtEveryFifteenSecondsAndWhenItChanges(t *testing.T) {
	s := &told{cpu: every(600)}
	b := newAutoscaledBed(t, s, 1)
	b.add(autoscaler(1, 10, cpuAt(60)))
	b.run(time.Second)
	if s.asked != 1 {
		t.Fatalf("%d looks in the first second, want one", s.asked)
	}
	b.run(5 * time.Minute)
	// A look takes 2 or 3 ms: 300 s hold 19 more than the first at most, 20 is one too many.
	if s.asked != 20 && s.asked != 21 {
		t.Errorf("%d looks in 301 s, want one every 15 s", s.asked)
	}
	before := s.asked
	h, _ := b.HorizontalPodAutoscalers.Get("default", "web")
	changed := apiserver.Copy(h).(*model.HorizontalPodAutoscaler)
	changed.MinReplicas = 4
	b.must(b.Update(changed))
	b.run(100 * time.Millisecond)
	b.wants(t, "size", fmt.Sprint(b.size()), "4")
	b.wants(t, "events", b.toldOf("web"), "Normal SuccessfulRescale: New size: 4; reason: Current number of replicas below Spec.MinReplicas")
	if s.asked != before {
		t.Error("metrics were asked for though the number is out of bounds")
	}
}

func TestBoundsAreKeptWithoutMetrics(t *testing.T) {
	b := newAutoscaledBed(t, nil, 7)
	b.add(autoscaler(1, 3, cpuAt(60)))
	b.run(time.Second)
	b.wants(t, "status", b.autoscalerIs("web"), "7→3 AbleToScale=True:SucceededRescale ScaledToZero=False:NotScaledToZero")
	b.run(15 * time.Second)
	b.wants(t, "status", b.autoscalerIs("web"), "3→3 AbleToScale=True:SucceededGetScale ScaledToZero=False:NotScaledToZero ScalingActive=False:FailedGetResourceMetric")
	b.wants(t, "events", b.toldOf("web"), "Normal SuccessfulRescale: New size: 3; reason: Current number of replicas above Spec.MaxReplicas\n"+
		"Warning FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: "+
		"the server could not find the requested resource (get pods.metrics.k8s.io)\n"+
		"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: "+
		"failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: "+
		"the server could not find the requested resource (get pods.metrics.k8s.io)")
}

func TestAnAutoscalerThatCannotWorkSaysWhy(t *testing.T) {
	value := model.WholeQuantity(10)
	queue := &model.Selector{Requirements: []model.Requirement{{Key: "queue", Operator: model.OpIn, Values: []string{"orders"}}}}
	for _, c := range []struct {
		name   string
		source *told
		change func(*bed, *model.HorizontalPodAutoscaler)
		status string
		events string // the first two
	}{
		{"its target does not exist", &told{}, func(_ *bed, h *model.HorizontalPodAutoscaler) { h.Target.Name = "shop" },
			"0→0 AbleToScale=False:FailedGetScale", `Warning FailedGetScale: deployments.apps "shop" not found`},
		{"its target is of another group", &told{}, func(_ *bed, h *model.HorizontalPodAutoscaler) { h.Target.APIVersion = "extensions/v1beta1" },
			"0→0 AbleToScale=False:FailedGetScale", `Warning FailedGetScale: no matches for kind "Deployment" in group "extensions"`},
		{"its target names no group", &told{}, func(_ *bed, h *model.HorizontalPodAutoscaler) { h.Target.APIVersion = "a/b/c" },
			"0→0 AbleToScale=False:FailedGetScale", "Warning FailedGetScale: unexpected GroupVersion string: a/b/c"},
		{"its target has no size", &told{}, func(b *bed, h *model.HorizontalPodAutoscaler) {
			h.Target = model.ScaleTarget{APIVersion: "v1", Kind: "ConfigMap", Name: "web"}
			b.add(&model.ConfigMap{ObjectMeta: model.ObjectMeta{Name: "web"}})
		}, "0→0 AbleToScale=False:FailedGetScale", "Warning FailedGetScale: the server could not find the requested resource"},
		{"its target has no selector", &told{cpu: every(900)}, func(b *bed, h *model.HorizontalPodAutoscaler) {
			h.Target.Kind, h.Target.Name = "StatefulSet", "db"
			_, err := b.Load(&model.StatefulSet{ObjectMeta: model.ObjectMeta{Name: "db", Namespace: "default"}, Replicas: 2, Template: requesting("1")})
			b.must(err)
		}, "2→0 AbleToScale=True:SucceededGetScale ScalingActive=False:InvalidSelector",
			"Warning SelectorRequired: selector is required\nWarning FailedComputeMetricsReplicas: selector is required"},
		{"its pods request nothing", &told{cpu: every(900)}, func(b *bed, h *model.HorizontalPodAutoscaler) {
			b.edit("web", func(d *model.Deployment) {
				d.Template = requesting("")
				d.Template.Hash++
			})
			b.run(7 * time.Minute)
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetResourceMetric",
			"Warning FailedGetResourceMetric: failed to get cpu utilization: missing request for cpu in container c of Pod POD\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: " +
				"failed to get cpu utilization: missing request for cpu in container c of Pod POD"},
		{"nothing is known of its pods yet", &told{cpu: every(-1)}, nil, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetResourceMetric",
			"Warning FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: " +
				"failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API"},
		{"no pod is ready", &told{cpu: every(900)}, func(b *bed, h *model.HorizontalPodAutoscaler) {
			b.readyAfter = func(*model.Pod) time.Duration { return -1 }
			b.edit("web", func(d *model.Deployment) { d.Strategy.Type, d.Template = model.Recreate, template(2) })
			b.run(20 * time.Second)
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetResourceMetric",
			"Warning FailedGetResourceMetric: failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: " +
				"failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)"},
		{"its container does not exist", &told{cpu: every(900)}, func(_ *bed, h *model.HorizontalPodAutoscaler) {
			h.Metrics[0].Type, h.Metrics[0].Container = "ContainerResource", "side"
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetContainerResourceMetric",
			"Warning FailedGetContainerResourceMetric: failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get side container metric value: " +
				"failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)"},
		{"nobody serves custom metrics", &told{}, func(_ *bed, h *model.HorizontalPodAutoscaler) {
			h.Metrics = []model.MetricSpec{{Type: "Pods", Name: "rps", TargetType: "AverageValue", AverageValue: &value}}
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetPodsMetric",
			"Warning FailedGetPodsMetric: unable to get metric rps: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get pods metric value: " +
				"unable to get metric rps: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"},
		{"nobody knows its metric of pods", &told{custom: map[string]int64{}}, func(_ *bed, h *model.HorizontalPodAutoscaler) {
			h.Metrics = []model.MetricSpec{{Type: "Pods", Name: "rps", TargetType: "AverageValue", AverageValue: &value}}
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetPodsMetric",
			"Warning FailedGetPodsMetric: unable to get metric rps: unable to fetch metrics from custom metrics API: the server could not find the metric rps for pods\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get pods metric value: " +
				"unable to get metric rps: unable to fetch metrics from custom metrics API: the server could not find the metric rps for pods"},
		{"nobody knows its metric of an object", &told{custom: map[string]int64{}}, func(_ *bed, h *model.HorizontalPodAutoscaler) {
			h.Metrics = []model.MetricSpec{{Type: "Object", Name: "rps", TargetType: "AverageValue", AverageValue: &value,
				Described: model.ScaleTarget{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Name: "front"}}}
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetObjectMetric",
			"Warning FailedGetObjectMetric: unable to get metric rps on Ingress default/front: unable to fetch metrics from custom metrics API: " +
				"the server could not find the metric rps for ingresses.networking.k8s.io front\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get object metric value: failed to get rps object metric: " +
				"unable to get metric rps on Ingress default/front: unable to fetch metrics from custom metrics API: the server could not find the metric rps for ingresses.networking.k8s.io front"},
		{"nobody serves external metrics", &told{}, func(_ *bed, h *model.HorizontalPodAutoscaler) {
			h.Metrics = []model.MetricSpec{{Type: "External", Name: "depth", TargetType: "Value", Value: &value, Selector: queue}}
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetExternalMetric",
			"Warning FailedGetExternalMetric: unable to get external metric default/depth/&LabelSelector{MatchLabels:map[string]string{queue: orders,},MatchExpressions:[]LabelSelectorRequirement{},}: " +
				"unable to fetch metrics from external metrics API: the server could not find the requested resource (get depth.external.metrics.k8s.io)\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get depth external metric value: failed to get external metric depth: " +
				"unable to get external metric default/depth/&LabelSelector{MatchLabels:map[string]string{queue: orders,},MatchExpressions:[]LabelSelectorRequirement{},}: " +
				"unable to fetch metrics from external metrics API: the server could not find the requested resource (get depth.external.metrics.k8s.io)"},
		{"nobody knows its external metric", &told{external: map[string]int64{}}, func(_ *bed, h *model.HorizontalPodAutoscaler) {
			h.Metrics = []model.MetricSpec{{Type: "External", Name: "depth", TargetType: "AverageValue", AverageValue: &value}}
		}, "3→0 AbleToScale=True:SucceededGetScale ScalingActive=False:FailedGetExternalMetric",
			"Warning FailedGetExternalMetric: unable to get external metric default/depth/nil: no metrics returned from external metrics API\n" +
				"Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get depth external metric value: failed to get depth external metric: " +
				"unable to get external metric default/depth/nil: no metrics returned from external metrics API"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newAutoscaledBed(t, c.source, 3)
			h := autoscaler(1, 10, cpuAt(60))
			h.Name = "scaler"
			if c.change != nil {
				c.change(b, h)
			}
			b.add(h)
			b.run(time.Second)
			b.wants(t, "status", b.autoscalerIs("scaler"), c.status)
			events := b.toldOf("scaler")
			for p := range b.Pods.All() {
				events = strings.ReplaceAll(events, p.Name, "POD")
			}
			b.wants(t, "events", events, c.events)
			b.run(time.Minute)
			b.wants(t, "size", fmt.Sprint(b.size()), "3")
		})
	}
}

func TestTwoAutoscalersOfTheSamePodsDoNothing(t *testing.T) {
	b := newAutoscaledBed(t, &told{cpu: every(900)}, 3)
	b.add(autoscaler(1, 10, cpuAt(60)))
	b.run(time.Second)
	b.wants(t, "size with one", fmt.Sprint(b.size()), "5")
	second := autoscaler(1, 20, cpuAt(30))
	second.Name = "other"
	b.add(second)
	b.run(time.Second)
	const both = "pods by selector app=web are controlled by more than one HPA (e.g. [default/web default/other])"
	b.wants(t, "status", b.autoscalerIs("other"), "5→0 AbleToScale=True:SucceededGetScale ScalingActive=False:AmbiguousSelector")
	b.wants(t, "events", b.toldOf("other"), "Warning AmbiguousSelector: "+both+"\nWarning FailedComputeMetricsReplicas: "+both)
	b.run(time.Minute)
	if got := b.autoscalerIs("web"); !strings.Contains(got, "ScalingActive=False:AmbiguousSelector") {
		t.Errorf("the first one is %s", got)
	}
	b.wants(t, "size with two", fmt.Sprint(b.size()), "5")
	b.must(b.Delete(model.KindHorizontalPodAutoscaler, "default", "web", apiserver.DeleteOptions{}))
	b.run(time.Minute)
	if got := b.autoscalerIs("other"); !strings.Contains(got, "ScalingActive=True:ValidMetricFound") {
		t.Errorf("the second one alone is %s", got)
	}
	if b.size() <= 5 {
		t.Errorf("%d pods, want more: 90 %% of a core are three times the target", b.size())
	}
}

func TestOfSeveralMetricsTheLargestCountsAndNoneIsMissedOnTheWayDown(t *testing.T) {
	value := model.WholeQuantity(10)
	depth := model.MetricSpec{Type: "External", Name: "depth", TargetType: "AverageValue", AverageValue: &value}
	s := &told{cpu: every(900), external: map[string]int64{"depth": 62_000}}
	b := newAutoscaledBed(t, s, 3)
	b.add(autoscaler(1, 10, cpuAt(60), depth))
	b.run(time.Second)
	// CPU wants ⌈1.5·3⌉ = 5; 62/(10·3) = 2.07, ⌈62/10⌉ = 7.
	b.wants(t, "size", fmt.Sprint(b.size()), "6") // max(2·3, 4) at once
	b.wants(t, "events", b.toldOf("web"), "Normal SuccessfulRescale: New size: 6; reason: external metric depth(nil) above target")
	b.run(15 * time.Second)
	b.wants(t, "size", fmt.Sprint(b.size()), "7")
	// Without the queue CPU alone would have 7·20/60 = ⌈2.3⌉ = 3 pods: nothing is done.
	delete(s.external, "depth")
	s.cpu = every(200)
	b.run(20 * time.Minute)
	b.wants(t, "size", fmt.Sprint(b.size()), "7")
	if got := b.autoscalerIs("web"); !strings.Contains(got, "ScalingActive=False:FailedGetExternalMetric") {
		t.Errorf("status %s", got)
	}
	// Up it goes: 90/60 = 1.5, ⌈1.5·7⌉ = 11 > 10.
	s.cpu = every(900)
	b.run(20 * time.Second)
	b.wants(t, "size", fmt.Sprint(b.size()), "10")
	if got := b.autoscalerIs("web"); !strings.Contains(got, "ScalingActive=True:ValidMetricFound ScalingLimited=True:TooManyReplicas") {
		t.Errorf("status %s", got)
	}
}

func TestAnAutoscalerGoesToZeroAndBackByItself(t *testing.T) {
	value := model.WholeQuantity(10)
	depth := model.MetricSpec{Type: "External", Name: "depth", TargetType: "Value", Value: &value}
	s := &told{external: map[string]int64{"depth": 0}}
	b := newAutoscaledBed(t, s, 2)
	b.add(autoscaler(0, 10, depth))
	b.run(6 * time.Minute) // the two pods that were there hold for five minutes
	b.wants(t, "status", b.autoscalerIs("web"), "0→0 AbleToScale=True:ReadyForNewScale ScalingActive=True:ValidMetricFound "+
		"ScalingLimited=False:DesiredWithinRange ScaledToZero=True:ScaledToZero")
	// ⌈25/10⌉ = 3, and max(2·0, 4) = 4 are allowed.
	s.external["depth"] = 25_000
	for i := 0; i < 16 && b.size() == 0; i++ {
		b.run(time.Second)
	}
	b.wants(t, "size", fmt.Sprint(b.size()), "3")
	if got := b.autoscalerIs("web"); !strings.HasSuffix(got, "ScaledToZero=False:NotScaledToZero") {
		t.Errorf("status %s", got)
	}
	// Somebody else takes the pods away: that switches the autoscaler off.
	b.must(b.SetScale(model.KindDeployment, "default", "web", 0))
	b.run(10 * time.Minute)
	b.wants(t, "size", fmt.Sprint(b.size()), "0")
	if got := b.autoscalerIs("web"); !strings.Contains(got, "ScalingActive=False:ScalingDisabled") {
		t.Errorf("status %s", got)
	}
	h, _ := b.HorizontalPodAutoscalers.Get("default", "web")
	if h.Status.CurrentMetrics != nil {
		t.Errorf("metrics %+v of an autoscaler that is off", h.Status.CurrentMetrics)
	}
}

func TestFromZeroAMinimumThatWasRaisedIsKept(t *testing.T) {
	for _, c := range []struct {
		name     string
		up, down *model.ScalingRules
		reason   string
	}{
		// The bounds have made it three already, for which upstream has no reason to tell.
		{"without rules the bounds see to it", nil, nil, ""},
		{"rules leave none as it is, which is too few", upDefault(), downDefault(), "Current number of replicas below Spec.MinReplicas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			value := model.WholeQuantity(10)
			s := &told{external: map[string]int64{"depth": 0}}
			b := newAutoscaledBed(t, s, 2)
			h := autoscaler(0, 10, model.MetricSpec{Type: "External", Name: "depth", TargetType: "Value", Value: &value})
			h.ScaleUp, h.ScaleDown = c.up, c.down
			b.add(h)
			b.run(6 * time.Minute)
			b.wants(t, "size", fmt.Sprint(b.size()), "0")
			h, _ = b.HorizontalPodAutoscalers.Get("default", "web")
			changed := apiserver.Copy(h).(*model.HorizontalPodAutoscaler)
			changed.MinReplicas = 3
			b.must(b.Update(changed))
			b.run(time.Second)
			b.wants(t, "size", fmt.Sprint(b.size()), "3")
			if got := b.toldOf("web"); !strings.HasSuffix(got, "New size: 3; reason: "+c.reason) {
				t.Errorf("events %s", got)
			}
		})
	}
}

func TestAnAutoscalerThatIsMadeAgainSoonRemembers(t *testing.T) {
	s := &told{cpu: every(600)}
	b := newAutoscaledBed(t, s, 5)
	b.add(autoscaler(1, 10, cpuAt(60)))
	b.run(time.Minute)
	s.cpu = every(60)
	b.must(b.Delete(model.KindHorizontalPodAutoscaler, "default", "web", apiserver.DeleteOptions{}))
	b.run(time.Second)
	b.add(autoscaler(1, 10, cpuAt(60)))
	b.run(4 * time.Minute)
	b.wants(t, "size", fmt.Sprint(b.size()), "5") // the five of before hold
	b.run(2 * time.Minute)
	b.wants(t, "size", fmt.Sprint(b.size()), "1") // 10·6/60 = ⌈0.5⌉
	if len(b.events) == 0 {
		t.Error("nothing was told")
	}
}

func TestAControllerThatStartsAnewKnowsNoRecommendations(t *testing.T) {
	s := &told{cpu: every(600)}
	b := newAutoscaledBed(t, s, 5)
	b.add(autoscaler(1, 10, cpuAt(60)))
	b.run(time.Minute)
	b.manager.Pause()
	s.cpu = every(60)
	b.must(b.SetScale(model.KindDeployment, "default", "web", 4))
	b.run(time.Minute)
	b.manager.Resume()
	b.run(time.Second)
	b.wants(t, "size", fmt.Sprint(b.size()), "4")
	b.run(4 * time.Minute)
	b.wants(t, "size", fmt.Sprint(b.size()), "4") // the four that it found
	b.run(90 * time.Second)
	b.wants(t, "size", fmt.Sprint(b.size()), "1")
}

// TestAnAutoscalerIsNotLookedAtBeforeItsLastWriteIsSeen has watches lag behind by more than a period.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go reconcileKey (gate StaleControllerConsistencyHPA).
func TestAnAutoscalerIsNotLookedAtBeforeItsLastWriteIsSeen(t *testing.T) {
	s := &told{cpu: every(600)}
	b := newAutoscaledBed(t, s, 1)
	b.add(autoscaler(1, 10, cpuAt(60)))
	b.run(100 * time.Millisecond)
	s.cpu = every(620) // another status, by the next look at 15 s
	b.DelayWatches(20 * time.Second)
	b.run(16 * time.Second)
	if s.asked != 2 {
		t.Fatalf("%d looks in 16 s, want 2", s.asked)
	}
	s.cpu = every(640)
	b.run(15 * time.Second) // what was written at 15 s is seen at 35 s: nothing is done at 30 s
	if s.asked != 2 {
		t.Errorf("%d looks in 31 s: it acts on what it does not know", s.asked)
	}
	b.run(15 * time.Second) // and is at 45 s
	if s.asked != 3 {
		t.Errorf("%d looks in 46 s, want 3", s.asked)
	}
}

func TestSelectionsAreThoseOfPodsThatComeGoAndChange(t *testing.T) {
	names := func(s *selections, pods *Informer[*model.Pod], of string) string {
		var out []string
		for _, p := range s.pods(apiserver.Name{Namespace: "default", Name: of}, pods) {
			out = append(out, p.Name)
		}
		return strings.Join(out, " ")
	}
	b := newBed(t, quick)
	pods := InformerOf[*model.Pod](b.manager, model.KindPod)
	s := newSelections()
	pods.Handle(Handlers[*model.Pod]{Add: s.podAdded, Update: s.podUpdated, Delete: s.podGone})
	pod := func(name, app string) *model.Pod {
		return &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Labels: map[string]string{"app": app}}, Spec: bedSpec}
	}
	key := func(name string) apiserver.Name { return apiserver.Name{Namespace: "default", Name: name} }
	b.add(pod("a1", "a"))
	b.add(pod("b1", "b"))
	s.add(key("a"))
	s.add(key("ab"))
	b.run(time.Second)
	s.selects(key("a"), equalitySelector(map[string]string{"app": "a"}), pods)
	b.wants(t, "a", names(&s, pods, "a"), "a1")
	b.add(pod("a2", "a"))
	b.run(time.Second)
	b.wants(t, "a", names(&s, pods, "a"), "a1 a2")
	if r := s.rivals(key("a")); r != nil {
		t.Errorf("rivals %v of one that is alone", r)
	}
	either := &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{"a", "b"}}}}
	s.selects(key("ab"), either, pods)
	b.wants(t, "ab", names(&s, pods, "ab"), "a1 b1 a2")
	b.wants(t, "rivals", fmt.Sprint(s.rivals(key("a"))), fmt.Sprint([]apiserver.Name{key("a"), key("ab")}))
	changed := apiserver.Copy(b.Collection(model.KindPod).Find("default", "a1")).(*model.Pod)
	changed.Labels = map[string]string{"app": "c"}
	b.must(b.Update(changed))
	zero := int64(0)
	b.must(b.Delete(model.KindPod, "default", "a2", apiserver.DeleteOptions{GraceSeconds: &zero}))
	b.run(time.Second)
	b.wants(t, "a", names(&s, pods, "a"), "")
	b.wants(t, "ab", names(&s, pods, "ab"), "b1")
	b.add(pod("a2", "a"))
	b.run(time.Second)
	b.wants(t, "a", names(&s, pods, "a"), "a2")
	s.drop(key("ab"))
	if s.rivals(key("a")) != nil || s.selects(key("ab"), either, pods) {
		t.Error("one that is gone is still there")
	}
	for _, c := range []struct{ selector, want string }{{either.String(), "app in (a,b)"},
		{(&model.Selector{Requirements: []model.Requirement{{Key: "a", Operator: model.OpExists}, {Key: "b", Operator: model.OpDoesNotExist},
			{Key: "c", Operator: model.OpNotIn, Values: []string{"x", "y"}}}}).String(), "a,!b,c notin (x,y)"}} {
		b.wants(t, "selector", c.selector, c.want)
	}
}
