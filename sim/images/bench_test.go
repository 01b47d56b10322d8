package images

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// BenchmarkPresent is a start that finds its image, with and without a word about images.
func BenchmarkPresent(b *testing.B) {
	for _, known := range []bool{false, true} {
		b.Run(map[bool]string{false: "nothing is said", true: "preloaded"}[known], func(b *testing.B) {
			var c *Config
			if known {
				c = plain(entry("r.example/app:1", of("", 1)))
				c.Nodes[0].Preloaded = []string{"r.example/app:1"}
			}
			engine := sim.NewEngine(1)
			m := New(engine, apiserver.New(engine), Options{Config: c})
			r := Request{Node: "node-0", Pod: podOf("p"), Image: "r.example/app:1", Policy: PullIfNotPresent}
			b.ReportAllocs()
			for b.Loop() {
				if m.Ensure(0, r).State != Present {
					b.Fatal("absent")
				}
			}
		})
	}
}

// BenchmarkScaleOut has so many nodes pull one image of 500 MB from one registry of 100 Gbit/s, all within ten
// minutes, so that hundreds and thousands of downloads share its link.
func BenchmarkScaleOut(b *testing.B) {
	for _, nodes := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint(nodes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				scaleOut(b, nodes)
			}
			b.ReportMetric(float64(b.N*nodes)/b.Elapsed().Seconds(), "pulls/s")
		})
	}
}

type nobody struct{}

func (nobody) Handle(sim.Time, sim.Event) {}

func scaleOut(b *testing.B, nodes int) {
	c := plain(entry("r.example/app:1", of("", 300), of("", 200)))
	c.Registries = []Registry{{Host: "r.example", Bandwidth: 100 * gigabit, RoundTrip: sim.Constant(0.02)}}
	engine := sim.NewEngine(1)
	api := apiserver.New(engine)
	m := New(engine, api, Options{Config: c})
	done := sim.Event{Phase: sim.PhaseAct, Actor: engine.Register("nobody", nobody{})}
	for i := range nodes {
		if _, err := api.Load(&model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprint("node-", i)}}); err != nil {
			b.Fatal(err)
		}
	}
	for i := range nodes {
		engine.RunUntil(sim.At(time.Duration(i) * 10 * time.Minute / time.Duration(nodes)))
		m.Ensure(engine.Now(), Request{Node: fmt.Sprint("node-", i), Pod: podOf(fmt.Sprint(i)), Image: "r.example/app:1", Policy: PullIfNotPresent, Done: done})
	}
	engine.RunUntil(sim.At(time.Hour))
	if got := m.Stats("").Pulls; got != nodes {
		b.Fatalf("%d pulls, want %d", got, nodes)
	}
}
