package reports

import (
	"testing"

	"towtank.dev/towtank/model"
)

// TestTargetsOfAutoscalersAsKubectlHasThem goes through the cases of formatHPAMetrics.
// Source: kubernetes v1.37.2 pkg/printers/internalversion/printers.go formatHPAMetrics.
func TestTargetsOfAutoscalersAsKubectlHasThem(t *testing.T) {
	percent := func(n int32) *int32 { return &n }
	milli := func(n int64) *model.Quantity { q := model.MilliQuantity(n); return &q }
	none := model.MetricStatus{}
	for _, c := range []struct {
		name   string
		spec   model.MetricSpec
		status model.MetricStatus
		want   string
	}{
		{"utilization", model.MetricSpec{Type: "Resource", Name: "cpu", AverageUtilization: percent(80)},
			model.MetricStatus{Type: "Resource", Name: "cpu", AverageUtilization: percent(45), AverageValue: milli(450)}, "cpu: 45%/80%"},
		{"utilization that is not known", model.MetricSpec{Type: "Resource", Name: "cpu", AverageUtilization: percent(80)}, none, "cpu: <unknown>/80%"},
		{"an amount of CPU", model.MetricSpec{Type: "Resource", Name: "cpu", AverageValue: milli(500)},
			model.MetricStatus{Type: "Resource", Name: "cpu", AverageValue: milli(314)}, "cpu: 314m/500m"},
		{"an amount of memory", model.MetricSpec{Type: "Resource", Name: "memory", AverageValue: milli(200 << 20 * 1000)},
			model.MetricStatus{Type: "Resource", Name: "memory", AverageValue: milli(150 << 20 * 1000)}, "memory: 150Mi/200Mi"},
		// A third of a byte is no whole number of them: thousandths it is.
		{"an average of memory that is no whole number", model.MetricSpec{Type: "Resource", Name: "memory", AverageValue: milli(200 << 20 * 1000)},
			model.MetricStatus{Type: "Resource", Name: "memory", AverageValue: milli(157286400333)}, "memory: 157286400333m/200Mi"},
		{"a container's", model.MetricSpec{Type: "ContainerResource", Name: "cpu", Container: "app", AverageUtilization: percent(60)},
			model.MetricStatus{Type: "ContainerResource", Name: "cpu", Container: "app", AverageUtilization: percent(9)}, "cpu: 9%/60%"},
		{"of pods", model.MetricSpec{Type: "Pods", Name: "rps", AverageValue: milli(100_000)}, model.MetricStatus{Type: "Pods", AverageValue: milli(33_400)}, "33400m/100"},
		{"of an object", model.MetricSpec{Type: "Object", Name: "rps", Value: milli(2_000_000)}, model.MetricStatus{Type: "Object", Value: milli(1_500_000)}, "1500/2k"},
		{"of an object, for each pod", model.MetricSpec{Type: "Object", Name: "rps", AverageValue: milli(2_000)}, model.MetricStatus{Type: "Object", AverageValue: milli(1_000)}, "1/2 (avg)"},
		{"external", model.MetricSpec{Type: "External", Name: "depth", Value: milli(30_000)}, model.MetricStatus{Type: "External", Value: milli(0)}, "0/30"},
		{"external, for each pod", model.MetricSpec{Type: "External", Name: "depth", AverageValue: milli(30_000)}, none, "<unknown>/30 (avg)"},
		{"external, for each of no pods, as an amd64 has it", model.MetricSpec{Type: "External", Name: "depth", AverageValue: milli(30_000)},
			model.MetricStatus{Type: "External", AverageValue: milli(-1 << 63)}, "-9223372036854775808m/30 (avg)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &model.HorizontalPodAutoscaler{Metrics: []model.MetricSpec{c.spec}}
			if c.status.Type != "" {
				h.Status.CurrentMetrics = []model.MetricStatus{c.status}
			}
			if got := metricsText(h); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	cpu := model.MetricSpec{Type: "Resource", Name: "cpu", AverageUtilization: percent(80)}
	if got := metricsText(&model.HorizontalPodAutoscaler{Metrics: []model.MetricSpec{cpu, cpu, cpu, cpu}}); got != "cpu: <unknown>/80%, cpu: <unknown>/80% + 2 more..." {
		t.Errorf("of four metrics two: %s", got)
	}
	if got := metricsText(&model.HorizontalPodAutoscaler{}); got != "<none>" {
		t.Errorf("of none: %s", got)
	}
}
