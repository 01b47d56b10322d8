package world_test

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// BenchmarkPodLife is the cost of a pod's life (created, delivered, bound, started, ready, ended,
// recorded) with hardly any scheduling: one node, where everything fits.
func BenchmarkPodLife(b *testing.B) {
	b.Run("seen at once", func(b *testing.B) { benchmarkPodLife(b, seenAtOnce()) })
	b.Run("relists", func(b *testing.B) { benchmarkPodLife(b, nil) })
}

func benchmarkPodLife(b *testing.B, timers *kubelet.Timers) {
	const pods = 20000
	big := node("n-1", 1_000_000)
	big.Status.Allocatable = big.Status.Allocatable.With("pods", model.WholeQuantity(1_000_000))
	cfg := config(big)
	cfg.Arrivals = []world.Arrivals{stream{count: pods, every: sim.Constant(1), spec: spec()}}
	cfg.TerminatedPods, cfg.Kubelet = 1000, timers
	cfg.Behaviours = []kubelet.Behaviour{{Place: "bench", Startup: sim.Constant(2), Run: &kubelet.RunTime{Dist: sim.Constant(600)}}}
	b.ReportAllocs()
	for b.Loop() {
		f, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{nowhere{}}})
		if err != nil || !f.Idle {
			b.Fatal(f, err)
		}
	}
	b.ReportMetric(float64(b.N*pods)/b.Elapsed().Seconds(), "pods/s")
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*pods), "µs/pod")
}

// nowhere is a sink that keeps nothing.
type nowhere struct{}

func (nowhere) Begin(*record.Header)           {}
func (nowhere) Pod(*record.PodRow)             {}
func (nowhere) Node(*record.NodeRow)           {}
func (nowhere) Attempt(*record.AttemptRow)     {}
func (nowhere) Container(*record.ContainerRow) {}
func (nowhere) Workload(*record.WorkloadRow)   {}
func (nowhere) Service(*record.ServiceRow)     {}
func (nowhere) Volume(*record.VolumeRow)       {}
func (nowhere) Event(*record.EventRow)         {}
func (nowhere) Sample(*record.Sample)          {}
func (nowhere) End(*record.Footer) error       { return nil }
