package library

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// TestAutoscalersFollowADay holds hpa-daily-cycle.yaml to what its header says.
func TestAutoscalersFollowADay(t *testing.T) {
	s, err := scenarios.Load([]string{"hpa-daily-cycle.yaml"}, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run, err := world.Open(s.Config, world.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	state := func(name string) (pods int32, h *model.HorizontalPodAutoscaler) {
		d, _ := run.API().Deployments.Get("default", name)
		h, _ = run.API().HorizontalPodAutoscalers.Get("default", name)
		return d.Replicas, h
	}
	const noon = 12 * time.Hour
	for _, c := range []struct {
		at   time.Duration
		name string
		pods int32
		uses int32 // per cent of the requests, 0: not looked at
	}{
		{90 * time.Minute, "worker", 0, 0},
		{2*time.Hour + time.Minute, "worker", 3, 0}, // ⌈90/30⌉
		// 150 requests a second take 750 m, three pods 60 m more of 1500 m: 54 %.
		{3 * time.Hour, "shop", 3, 54},
		{10*time.Hour + 5*time.Minute, "worker", 8, 0},
		// 700 · 5 m / 13 + 20 m = 289.2 m, rounded up to 290 m for each pod: 58 % of 500 m.
		{11 * time.Hour, "shop", 13, 58},
		{noon + 15*time.Second, "shop", 13, 0},
		{noon + 20*time.Second, "shop", 24, 0},
		{noon + 35*time.Second, "shop", 30, 0},
		// 1750 · 5 m / 30 + 20 m = 311.7 m: 62 %, within 10 % of 60 %.
		{noon + 10*time.Minute, "shop", 30, 62},
		{noon + 24*time.Minute, "shop", 30, 0}, // held for five minutes
		{noon + 30*time.Minute, "shop", 14, 0},
		// 1000 · 5 m / 16 + 20 m = 332.5 m: 66 %, and 66/60 = 1.1 is just within 10 %.
		{20 * time.Hour, "shop", 16, 66},
		{20 * time.Hour, "worker", 0, 0},
	} {
		run.RunUntil(sim.At(c.at))
		pods, h := state(c.name)
		if pods != c.pods {
			t.Errorf("%s at %v: %d pods, want %d", c.name, c.at, pods, c.pods)
		}
		if c.uses > 0 && *h.Status.CurrentMetrics[0].AverageUtilization != c.uses {
			t.Errorf("%s at %v: %d %%, want %d", c.name, c.at, *h.Status.CurrentMetrics[0].AverageUtilization, c.uses)
		}
	}
	footer, err := run.Close()
	if err != nil || len(footer.Notes) > 0 {
		t.Errorf("notes %v, %v", footer.Notes, err)
	}
}

// TestAutoscalersOfWorkloadsThatSayNothing has them stay as they are, as without metrics, and the remark counted.
func TestAutoscalersOfWorkloadsThatSayNothing(t *testing.T) {
	s, err := scenarios.Load([]string{"testdata/hpa-silent.yaml"}, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run, err := world.Open(s.Config, world.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	run.RunUntil(sim.At(20 * time.Minute))
	silent, _ := run.API().Deployments.Get("default", "silent")
	bare, _ := run.API().HorizontalPodAutoscalers.Get("default", "bare")
	if silent.Replicas != 4 {
		t.Errorf("%d pods of a workload of which nothing is known, want the 4 that there were", silent.Replicas)
	}
	unknown, _ := run.API().HorizontalPodAutoscalers.Get("default", "silent")
	k := model.FindCondition(unknown.Status.Conditions, model.AutoscalerScalingActive)
	if k == nil || k.Reason != "FailedGetResourceMetric" || !strings.Contains(k.Message, "no metrics returned from resource metrics API") {
		t.Errorf("conditions %+v", unknown.Status.Conditions)
	}
	k = model.FindCondition(bare.Status.Conditions, model.AutoscalerScalingActive)
	if k == nil || k.Reason != "FailedGetResourceMetric" || !strings.Contains(k.Message, "missing request for cpu in container app of Pod bare-") {
		t.Errorf("conditions %+v", bare.Status.Conditions)
	}
	footer, err := run.Close()
	if err != nil || len(footer.Notes) != 1 || footer.Notes[0].Count < 50 ||
		footer.Notes[0].Text != "autoscalers were told nothing of the cpu of containers app in namespace default: no behaviour says what they use" {
		t.Errorf("notes %v, %v", fmt.Sprint(footer.Notes), err)
	}
}
