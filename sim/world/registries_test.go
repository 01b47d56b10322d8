package world_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/faults"
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// TestRegistriesFailAndAreWellAgain has pods pull 100 MB at 10 MB/s after 4 round trips of 100 ms: 10.4 s when all
// is well. Each pod has an image of its own.
func TestRegistriesFailAndAreWellAgain(t *testing.T) {
	down := func(lasts float64) verbs.Verb {
		return &faults.RegistryDown{Registry: "r.example", For: sim.Constant(lasts)}
	}
	slow := func(times, lasts float64) verbs.Verb {
		return &faults.RegistrySlow{Registry: "r.example", Times: times, For: sim.Constant(lasts)}
	}
	healthy := [3][2]float64{{10.4, 10.4}, {110.4, 110.4}, {210.4, 210.4}} // seconds, from and to
	but := func(pod int, from, to float64) [3][2]float64 {
		out := healthy
		out[pod] = [2]float64{from, to}
		return out
	}
	for _, c := range []struct {
		name   string
		faults []world.Entry
		want   [3][2]float64 // when the pods that come at 0 s, 100 s and 200 s run
	}{
		{"all is well", nil, healthy},
		// The download breaks off at 5 s. It succeeds at the first try after 25 s: the back-off is 10 s and then 20 s, and
		// the next sync comes up to 15 s after it, so that the last try is at 65 s at the latest.
		{"down while one pulls", []world.Entry{at(5*time.Second, down(20))}, but(0, 35.4, 75.4)},
		// The second overlaps with the first: down from 5 s to 45 s. The back-off is then 40 s at most.
		{"down twice at once", []world.Entry{at(5*time.Second, down(20)), at(10*time.Second, down(35))}, but(0, 55.4, 110.4)},
		// 4 round trips of 200 ms and 100 MB at 5 MB/s: 20.8 s.
		{"slow", []world.Entry{at(90*time.Second, slow(2, 60))}, but(1, 120.8, 120.8)},
		// Twice and three times at once: 4 × 600 ms and 60 s, of which all is while it is slow.
		{"slow twice at once", []world.Entry{at(90*time.Second, slow(2, 100)), at(91*time.Second, slow(3, 99))}, but(1, 162.4, 162.4)},
		// Missing until 120 s.
		{"a tag that is missing", []world.Entry{at(90*time.Second, &faults.RegistryMissing{Image: "r.example/app:1", For: sim.Constant(30)})},
			but(1, 130.4, 170.4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config(node("n", 8))
			cfg.Behaviours, cfg.UntilIdle, cfg.Duration = nil, false, 10*time.Minute
			cfg.Images = &images.Config{Default: images.DefaultImage{Size: 100e6, Unpacked: 100e6},
				OtherRegistries: images.Registry{Bandwidth: 10e6, RoundTrip: sim.Constant(0.1)},
				Nodes:           []images.Node{{Bandwidth: math.Inf(1), Unpack: math.Inf(1), Kubelet: images.DefaultKubelet()}}}
			cfg.Timeline = c.faults
			for i := range 3 {
				p := &model.Pod{ObjectMeta: model.ObjectMeta{Name: fmt.Sprint("p-", i), Namespace: "default"}, Spec: &model.PodSpec{
					SchedulerName: "default-scheduler", RestartPolicy: model.RestartAlways,
					Containers: []model.Container{{Name: "c", Image: fmt.Sprintf("r.example/app:%d", i)}}}}
				cfg.Timeline = append(cfg.Timeline, at(time.Duration(i)*100*time.Second, &verbs.Create{Template: p}))
			}
			sortTimeline(cfg.Timeline)
			got := started(t, cfg)
			for i, want := range c.want {
				if s := got[i]; s < want[0]-0.05 || s > want[1]+0.05 {
					t.Errorf("p-%d runs at %.2f s, want from %v s to %v s", i, s, want[0], want[1])
				}
			}
		})
	}
}

// started is when each pod first runs, in seconds.
func started(t *testing.T, cfg *world.Config) (at [3]float64) {
	t.Helper()
	s, err := world.Open(cfg, world.RunOptions{Watch: func(now sim.Time, stream, kind string, o model.Object) {
		p, ok := o.(*model.Pod)
		if !ok || len(p.Status.Containers) == 0 || p.Status.Containers[0].State.Kind != model.ContainerRunning {
			return
		}
		if i := int(p.Name[len("p-")] - '0'); at[i] == 0 {
			at[i] = now.Seconds()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.RunUntil(sim.At(cfg.Duration))
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return at
}
