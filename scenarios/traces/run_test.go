package traces

import (
	"path/filepath"
	"testing"
	"time"

	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// runWhole runs a trace to its end in a cluster of its nodes alone.
func runWhole(t testing.TB, dir, replay string, seed uint64) *record.Memory {
	t.Helper()
	trace, err := Open("openb", Options{
		Nodes: filepath.Join(dir, "openb_node_list_all_node.csv"), Pods: filepath.Join(dir, "openb_pod_list_default.csv"), Replay: replay,
	})
	if err != nil {
		t.Fatal(err)
	}
	kept := new(record.Memory)
	_, err = world.Run(&world.Config{
		Name: "openb", Seed: seed, UntilIdle: true, Objects: trace.Nodes, Arrivals: []world.Arrivals{trace.Arrivals}, Extended: trace.Extended,
		Scheduler: world.Scheduler{Config: config.Default(), DecisionLatency: sim.Constant(0.001), BindLatency: sim.Constant(0.01)},
		Sample:    time.Minute,
	}, world.RunOptions{Sinks: []record.Sink{kept}})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestOpenbRunAccountsForEveryPod(t *testing.T) {
	dir := shared(t)
	kept := runWhole(t, dir, "order", 3)
	running, pending := 0, 0
	for _, p := range kept.Pods {
		switch p.Phase {
		case "Running":
			running++
		case "Pending":
			pending++
			if p.Message == "" {
				t.Errorf("%s is pending without a word from the scheduler", p.Name)
			}
		}
	}
	if running+pending != 8152 || len(kept.Pods) != 8152 || !kept.Footer.Idle {
		t.Errorf("%d running and %d pending of %d pods, want 8,152 in all; idle %v", running, pending, len(kept.Pods), kept.Footer.Idle)
	}
	t.Logf("%d pending", pending)
}

// BenchmarkOpenb replays the default pod list on all nodes: 8,152 pods, 1,523 nodes.
func BenchmarkOpenb(b *testing.B) {
	dir := shared(b)
	b.ReportAllocs()
	pods := 0
	for b.Loop() {
		pods += len(runWhole(b, dir, "order", 3).Pods)
	}
	b.ReportMetric(float64(pods)/b.Elapsed().Seconds(), "pods/s")
}
