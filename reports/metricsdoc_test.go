package reports_test

import (
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/reports"
)

func TestMetricsDocIsCurrent(t *testing.T) {
	golden(t, filepath.Join("..", "docs", "metrics.md"), reports.MetricsDoc())
}

func TestEveryMetricIsDocumentedAndNamedOnce(t *testing.T) {
	doc, seen := string(reports.MetricsDoc()), map[string]bool{}
	s := new(reports.Summary)
	if err := busy().Replay(s); err != nil {
		t.Fatal(err)
	}
	list := reports.Metrics(s)
	for _, m := range list {
		if seen[m.Name] {
			t.Errorf("metric %s is there twice", m.Name)
		}
		seen[m.Name] = true
		name := m.Name
		for _, resource := range []string{"cpu_", "memory_", "pods_requested", "nvidia.com/gpu_"} {
			if strings.HasPrefix(name, resource) {
				name = "RESOURCE_" + name[strings.LastIndex(name, "requested"):]
			}
		}
		if !strings.Contains(doc, "| `"+name+"` |") {
			t.Errorf("metric %s is not documented", m.Name)
		}
	}
	if len(list) < 25 {
		t.Errorf("only %d metrics", len(list))
	}
}
