package world_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// TestMemoryIsBoundedByWhatIsAlive runs pods that come and go, and looks at the heap after a third of
// them and at the end: what has ended must not be kept.
func TestMemoryIsBoundedByWhatIsAlive(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const pods = 45_000
	early, late := heapOver(t, pods, 500)
	t.Logf("heap %.1f MB after a third, %.1f MB at the end", early, late)
	if late > 1.3*early {
		t.Errorf("the heap grew from %.1f to %.1f MB", early, late)
	}
}

// TestAMillionPodsThroughAWeekTakeLessThanTwoGigabytes is the size that is promised.
func TestAMillionPodsThroughAWeekTakeLessThanTwoGigabytes(t *testing.T) {
	if !*long {
		t.Skip("run with -long")
	}
	_, late := heapOver(t, 1_000_000, 0)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("heap %.0f MB at the end, %d MB taken from the system", late, m.Sys>>20)
	if m.Sys > 2<<30 {
		t.Errorf("%d MB were taken from the system, want less than 2048", m.Sys>>20)
	}
}

// heapOver returns the live heap in megabytes after a third of so many pods and after nearly all of
// them. They come evenly over a week and run for an hour on 100 nodes.
func heapOver(t *testing.T, pods int64, terminated int) (early, late float64) {
	gap := 7 * 24 * 3600 / float64(pods)
	cfg := config()
	cfg.Behaviours = []kubelet.Behaviour{{Place: "p", Startup: sim.Constant(1), Run: &kubelet.RunTime{Dist: sim.Constant(600)}}}
	cfg.Sample = time.Hour
	cfg.TerminatedPods = terminated
	for i := range 100 {
		cfg.Objects = append(cfg.Objects, node(fmt.Sprintf("n-%d", i), 64))
	}
	cfg.Arrivals = []world.Arrivals{stream{count: pods, every: sim.Constant(gap), spec: spec()}}
	ended := &counter{}
	at := map[int64]*float64{pods / 3: &early, pods * 9 / 10: &late}
	f, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{ended}, Progress: func(sim.Time, uint64) {
		for n, to := range at {
			if ended.pods >= n && *to == 0 {
				*to = liveHeap()
			}
		}
	}})
	if err != nil || ended.pods != pods {
		t.Fatal(f, err, ended.pods)
	}
	return early, late
}

func liveHeap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// counter counts the pods that have ended well.
type counter struct {
	nowhere
	pods int64
}

func (c *counter) Pod(r *record.PodRow) {
	if r.Phase == string(model.PodSucceeded) {
		c.pods++
	}
}
