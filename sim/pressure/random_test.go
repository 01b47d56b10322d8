package pressure_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// TestRandomPodsKeepWhatHolds has random pods leak, breathe and write on one node. What is asked of it is
// worked out from the curves alone.
func TestRandomPodsKeepWhatHolds(t *testing.T) {
	killed, evicted := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 1 + r.IntN(8)
		curves := map[string][2]float64{} // MiB, MiB a second
		limits := map[string]float64{}
		var list []behaviour.Behaviour
		for i := range n {
			name := fmt.Sprintf("p%d", i)
			curves[name] = [2]float64{float64(r.IntN(300)), float64(r.IntN(5)) * r.Float64()}
			list = append(list, holds(name, curves[name][0], curves[name][1]))
		}
		b := newBed(t, 1024, 4, 100, nil, list...)
		for i := range n {
			name := fmt.Sprintf("p%d", i)
			limit := int64(r.IntN(3)) * int64(100+r.IntN(400))
			limits[name] = float64(limit)
			b.pod(name, min(int64(r.IntN(128)), max(limit, 1)), limit, of([]string{"", "low", "high"}[r.IntN(3)]))
		}
		for now := time.Second; now < 10*time.Minute; now += time.Duration(1+r.IntN(9000)) * time.Millisecond {
			b.run(now)
			total := 0.0
			for name, curve := range curves {
				s := b.status(name)
				if s.Phase == model.PodFailed {
					continue
				}
				c := s.Containers[0]
				if c.State.Kind != model.ContainerRunning {
					continue
				}
				held := curve[0] + curve[1]*sim.At(now).Sub(c.State.Started).Seconds()
				// The kubelet sees an end at its next relist, 1.001 s later at most.
				if limit := limits[name]; limit > 0 && held > limit+1.1*curve[1]+0.01 && b.lasted(c, 1100*time.Millisecond) {
					t.Fatalf("seed %d at %v: %s holds %v MiB of %v", seed, now, name, held, limit)
				}
				if limit := limits[name]; limit > 0 {
					held = min(held, limit)
				}
				if b.lasted(c, 1100*time.Millisecond) {
					total += held - 1.1*curve[1]
				}
			}
			if total > 1024 {
				t.Fatalf("seed %d at %v: %v MiB of 1024 are held", seed, now, total)
			}
		}
		for name := range curves {
			s := b.status(name)
			if len(s.Containers) > 0 && s.Containers[0].Last.Reason == "OOMKilled" {
				killed++
			}
			if s.Reason != "Evicted" {
				continue
			}
			evicted++
			if s.Phase != model.PodFailed || len(s.Containers) > 0 && s.Containers[0].State.Kind == model.ContainerRunning || !b.fleet.Stopped(b.uid(name)) {
				t.Fatalf("seed %d: %s is evicted and %s, %+v", seed, name, s.Phase, s.Containers)
			}
		}
	}
	if killed < 50 || evicted < 50 {
		t.Errorf("%d containers killed and %d pods evicted: the cases are too tame", killed, evicted)
	}
}

// lasted says whether a container runs for so long.
func (b *bed) lasted(c model.ContainerStatus, d time.Duration) bool {
	return b.engine.Now().Sub(c.State.Started) > d
}

func (b *bed) uid(name string) string {
	p, _ := b.api.Pods.Get("default", name)
	return p.UID
}
