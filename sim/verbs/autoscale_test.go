package verbs_test

import (
	"fmt"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/verbs"
)

func TestAutoscaleMakesAnAutoscaler(t *testing.T) {
	for _, c := range []struct {
		name     string
		verb     verbs.Autoscale
		called   string
		min, cpu int32
	}{
		{"with what is said", verbs.Autoscale{Target: web(), Min: 2, Max: 9, CPUPercent: 70, Name: "scaler"}, "scaler", 2, 70},
		{"with what is not", verbs.Autoscale{Target: web(), Max: 9}, "web", 1, 80},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := shop(t)
			if err := c.verb.Check(); err != nil {
				t.Fatal(err)
			}
			if err := c.verb.Do(e); err != nil {
				t.Fatal(err)
			}
			a, ok := e.API.HorizontalPodAutoscalers.Get("shop", c.called)
			if !ok {
				t.Fatal("there is none")
			}
			if a.Target != (model.ScaleTarget{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}) || a.MinReplicas != c.min ||
				a.MaxReplicas != 9 || len(a.Metrics) != 1 || *a.Metrics[0].AverageUtilization != c.cpu {
				t.Errorf("%+v", a)
			}
			if err := c.verb.Do(e); err == nil || !strings.Contains(err.Error(), "already exists") {
				t.Errorf("a second one: %v", err)
			}
		})
	}
}

func TestAutoscaleAimsAsItsOptionsSay(t *testing.T) {
	amount := func(units int64, nanos int32) model.Quantity { return model.Quantity{Units: units, Nanos: nanos} }
	for _, c := range []struct {
		name string
		verb verbs.Autoscale
		want string
	}{
		{"nothing is 80 % of the CPU", verbs.Autoscale{}, "cpu 80%"},
		{"the older option", verbs.Autoscale{CPUPercent: 60}, "cpu 60%"},
		{"both resources", verbs.Autoscale{CPU: &verbs.Aim{Percent: 60}, Memory: &verbs.Aim{Percent: 70}}, "cpu 60% memory 70%"},
		{"memory alone is no CPU", verbs.Autoscale{Memory: &verbs.Aim{Amount: amount(200<<20, 0)}}, "memory 200Mi"},
		{"an amount of CPU", verbs.Autoscale{CPU: &verbs.Aim{Amount: amount(0, 500e6)}}, "cpu 500m"},
		{"a number is thousandths of a core", verbs.Autoscale{CPU: &verbs.Aim{Amount: amount(1500, 0), Bare: true}}, "cpu 1500m"},
		{"a fraction of them too", verbs.Autoscale{CPU: &verbs.Aim{Amount: amount(2, 500e6), Bare: true}}, "cpu 2500u"},
		{"or mebibytes", verbs.Autoscale{Memory: &verbs.Aim{Amount: amount(200, 500e6), Bare: true}}, "memory 205312Ki"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := shop(t)
			c.verb.Target, c.verb.Max = web(), 5
			if err := c.verb.Do(e); err != nil {
				t.Fatal(err)
			}
			a, _ := e.API.HorizontalPodAutoscalers.Get("shop", "web")
			var words []string
			for _, m := range a.Metrics {
				if m.AverageUtilization != nil {
					words = append(words, m.Name, fmt.Sprintf("%d%%", *m.AverageUtilization))
				} else {
					words = append(words, m.Name, model.FormatQuantity(m.Name, *m.AverageValue))
				}
			}
			if got := strings.Join(words, " "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestAutoscaleSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		verb verbs.Autoscale
		want string
	}{
		{verbs.Autoscale{Target: web()}, "max: 0, want the most pods, at least 1"},
		{verbs.Autoscale{Target: web(), Min: -1, Max: 1}, "min: -1 is negative, want the fewest pods, at least 1"},
		{verbs.Autoscale{Target: web(), Min: 3, Max: 2}, "max: 2 is less than min, which is 3"},
		{verbs.Autoscale{Target: web(), Max: 2, CPUPercent: -5}, "cpuPercent: -5 is negative, want per cent of the requests, at least 1"},
		{verbs.Autoscale{Target: web(), Max: 2, CPUPercent: 5, CPU: &verbs.Aim{Percent: 5}}, "cpuPercent: beside cpu, want one of them"},
		{verbs.Autoscale{Target: node("n-0"), Max: 2}, "node/n-0: has no size, want deployment, replicaset, replicationcontroller or statefulset"},
	} {
		if err := c.verb.Check(); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
