package scenarios

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/world"
)

func TestMetricsAreReadAsTheyAreWritten(t *testing.T) {
	s := load(t, write(t, "s.yaml", `apiVersion: towtank.dev/v1alpha1
kind: Scenario
metrics:
- {name: depth, namespace: shop, labels: {queue: orders}, value: [{value: 10}, {from: 1m, value: 1k, ramp: true}]}
- {name: rps, pods: {app: web}, value: {value: 500m, perRequest: 1}}
- {name: hits, object: {kind: Ingress, name: front}, value: {value: 3, daily: [{at: 0h, times: 1}, {at: 8h, times: 2}]}}
`), Options{})
	m := s.Config.Metrics
	if len(m) != 3 || m[0].Place != "s.yaml:4:3" || m[0].Name != "depth" || m[0].Namespace != "shop" || m[0].Labels["queue"] != "orders" ||
		m[0].Pods != nil || m[0].Object != nil || m[0].Value.Points[1].Value != 1000 || !m[0].Value.Points[1].Ramp {
		t.Errorf("%+v", m)
	}
	if !m[1].Pods.Matches(map[string]string{"app": "web"}) || m[1].Value.PerRequest != 1 || m[1].Value.Points[0].Value != 0.5 {
		t.Errorf("%+v", m[1])
	}
	if *m[2].Object != (model.ScaleTarget{Kind: "Ingress", Name: "front"}) || m[2].Value.Daily[1].Times != 2 {
		t.Errorf("%+v", m[2])
	}
	told := map[string]string{}
	for _, p := range s.Config.Parameters {
		told[p.Name] = p.Value
	}
	for name, want := range map[string]string{"metrics[0].labels": `{"queue":"orders"}`, "metrics[1].pods": `{"app":"web"}`, "metrics[2].name": "hits",
		"metrics[2].object": `{"kind":"Ingress","name":"front"}`} {
		if told[name] != want {
			t.Errorf("parameter %s is %q, want %q", name, told[name], want)
		}
	}
}

// TestWhateverHappensAutoscalersComeToWhatTheirMetricsAskFor has random autoscalers under traffic meet random verbs
// and faults. An hour after all is healed each stands still at what its metric asks for.
func TestWhateverHappensAutoscalersComeToWhatTheirMetricsAskFor(t *testing.T) {
	runs := uint64(20)
	if testing.Short() {
		runs = 4
	}
	for seed := range runs {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			text := autoscaledAndMeddledWith(rand.New(rand.NewPCG(seed, 17)))
			s, err := world.Open(load(t, write(t, "s.yaml", text), Options{Seed: &seed}).Config, world.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			s.RunUntil(sim.At(meddling + calm - 10*time.Minute))
			before := sizes(s.API())
			s.RunUntil(sim.At(meddling + calm))
			if after := sizes(s.API()); after != before {
				t.Errorf("sizes %s ten minutes before the end, %s then", before, after)
			}
			for h := range s.API().HorizontalPodAutoscalers.All() {
				unsettled(t, s.API(), h)
			}
			if _, err := s.Close(); err != nil {
				t.Error(err)
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// autoscaledAndMeddledWith are Deployments with traffic and autoscalers that random things happen to.
func autoscaledAndMeddledWith(r *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, `apiVersion: %s
kind: Scenario
duration: %s
cluster:
  nodes: [{name: "node-{index}", count: %d, template: {status: {allocatable: {cpu: 16, memory: 64Gi}}}}]
  objects:
`, APIVersion, meddling+calm, healedNodes)
	var names, traffic []string
	for i := range 2 + r.IntN(3) {
		name := fmt.Sprintf("d-%d", i)
		least, most, target := 1+r.IntN(3), 4+r.IntN(12), 30+r.IntN(60)
		fmt.Fprintf(&b, "  - {apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {selector: {app: %s}, ports: [{port: 80}]}}\n  - %s\n", name, name,
			strings.Replace(workload(r, "deployment", name), "replicas: 0,", "replicas: 1,", 1)) // none would switch the autoscaler off
		fmt.Fprintf(&b, "  - {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: %s}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}, "+
			"minReplicas: %d, maxReplicas: %d, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: %d}}}]}}\n", name, name, least, most, target)
		// Each pod requests 100 m, and a request takes 1 m: 100 requests a second are a pod's whole.
		var points []string
		for at := time.Duration(0); at < meddling; at += time.Duration(1+r.IntN(40)) * time.Minute {
			points = append(points, fmt.Sprintf("{from: %s, value: %d}", at, r.IntN(900)))
		}
		traffic = append(traffic, fmt.Sprintf("- {service: %s, load: [%s]}\n", name, strings.Join(points, ", ")))
		names = append(names, name)
	}
	b.WriteString("behaviours:\n- {usage: {cpu: {value: 5m, perRequest: 1m}, memory: 20Mi}}\ntraffic:\n" + strings.Join(traffic, "") + "timeline:\n")
	var times []time.Duration
	for range 20 {
		times = append(times, 2*time.Minute+time.Duration(r.Int64N(int64(meddling-10*time.Minute))))
	}
	slices.Sort(times)
	for _, at := range times {
		// Setting a size to 0 by hand switches an autoscaler off, and deleting its workload leaves nothing to look at.
		done := meddle(r, "deployment/"+names[r.IntN(len(names))], at)
		if strings.Contains(done, "cascade") || strings.HasSuffix(done, "replicas: 0}") {
			continue
		}
		fmt.Fprintf(&b, "- {at: %dms, %s}\n", at.Milliseconds(), done)
	}
	fmt.Fprintf(&b, "- {at: %s, uncordon: {nodes: {}}}\n", meddling)
	for _, name := range names {
		fmt.Fprintf(&b, "- {at: %s, rollout-resume: {deployment: default/%s}}\n", meddling, name)
	}
	return b.String()
}

// sizes are the sizes of all Deployments.
func sizes(api *apiserver.Server) string {
	var words []string
	for d := range api.Deployments.All() {
		words = append(words, fmt.Sprintf("%s %d", d.Name, d.Replicas))
	}
	return strings.Join(words, ", ")
}

// unsettled says what an autoscaler still has to do.
func unsettled(t *testing.T, api *apiserver.Server, h *model.HorizontalPodAutoscaler) {
	d, ok := api.Deployments.Get("default", h.Target.Name)
	if !ok {
		return
	}
	if d.Replicas == 0 {
		t.Errorf("%s has no pods, its autoscaler wants %d at least", h.Name, h.MinReplicas)
		return
	}
	if len(h.Status.CurrentMetrics) == 0 || h.Status.CurrentMetrics[0].AverageUtilization == nil {
		t.Errorf("%s knows no metric: %+v", h.Name, h.Status)
		return
	}
	ratio := float64(*h.Status.CurrentMetrics[0].AverageUtilization) / float64(*h.Metrics[0].AverageUtilization)
	wants := int32(math.Ceil(ratio * float64(d.Replicas)))
	if math.Abs(ratio-1) <= 0.1+1e-9 {
		wants = d.Replicas
	}
	if wants = min(max(wants, h.MinReplicas), h.MaxReplicas); wants != d.Replicas || d.Status.ReadyReplicas != d.Replicas {
		t.Errorf("%s has %d pods of which %d are ready, by its metric at %.2f of the target %d", h.Name, d.Replicas, d.Status.ReadyReplicas, ratio, wants)
	}
}
