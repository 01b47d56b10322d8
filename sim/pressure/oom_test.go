package pressure_test

import (
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

func TestAContainerOverItsLimitIsKilledAndStartedAgain(t *testing.T) {
	b := newBed(t, 8192, 4, 100, nil, holds("leak", 50, 2))
	b.pod("leak", 64, 100)
	// 50 MiB and 2 MiB a second: 100 MiB are passed after 25 s.
	b.run(24 * time.Second)
	if s := b.status("leak"); s.Containers[0].RestartCount != 0 {
		t.Fatalf("restarted after 24 s: %+v", s.Containers[0])
	}
	b.run(45 * time.Second)
	c := b.status("leak").Containers[0]
	if c.Last.Reason != "OOMKilled" || c.Last.ExitCode != 137 || c.RestartCount != 1 {
		t.Fatalf("after 45 s: %+v", c)
	}
	if lived := c.Last.Finished.Sub(c.Last.Started); lived < 24*time.Second || lived > 26*time.Second {
		t.Errorf("lived %v, want 25 s", lived)
	}
	// The first restart is at once; the next ones wait 10 s and 20 s: 25 + 25 + 10 + 25 + 20 + 25 + 40 = 170 s.
	b.run(169 * time.Second)
	if got := b.status("leak").Containers[0].RestartCount; got != 3 {
		t.Errorf("%d restarts after 169 s, want 3", got)
	}
	if n := b.count("SystemOOM n"); n != 0 {
		t.Errorf("%d SystemOOM events, want none: the node has memory", n)
	}
}

func TestANodeWithoutMemoryHasTheKernelChoose(t *testing.T) {
	// Nobody evicts within 10 s: 1,000 MiB a second fill the node first.
	b := newBed(t, 4096, 4, 100, nil, holds("guaranteed", 1500, 0), holds("burstable", 200, 1000), holds("effortless", 500, 0))
	b.pod("guaranteed", 1500, 1500, func(p *podOf) {
		set := resources("cpu", 1, "memory", 1500*mebi)
		p.Spec.Containers[0].Requests, p.Spec.Containers[0].Limits = set, set
	})
	b.pod("burstable", 1024, 0)
	b.pod("effortless", 0, 0)
	b.run(4 * time.Second)
	// When 4,096 MiB are passed, burstable has 2,096. Its score is 2096 + (1000 − 250)/1000 × 4096 = 5,168 MiB,
	// that of effortless 500 + 4096 = 4,596, that of guaranteed 1500 − 997/1000 × 4096 < 0.
	if got := b.status("burstable").Containers[0]; got.Last.Reason != "OOMKilled" && got.State.Reason != "OOMKilled" {
		t.Errorf("burstable: %+v", got)
	}
	for _, name := range []string{"guaranteed", "effortless"} {
		if got := b.status(name).Containers[0]; got.RestartCount != 0 || got.State.Kind != "running" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if n := b.count("SystemOOM n"); n == 0 {
		t.Error("nobody told of it")
	}
}

func TestWhatIsNotMeasuredCostsNothing(t *testing.T) {
	b := newBed(t, 8192, 4, 100, nil)
	for _, name := range []string{"a", "b", "c"} {
		b.pod(name, 64, 0)
	}
	b.run(time.Minute)
	before := b.engine.Processed()
	b.run(24 * time.Hour)
	if more := b.engine.Processed() - before; more != 0 {
		t.Errorf("%d events in a day, want none", more)
	}
}

func TestAConstantUseCostsNothingAfterItsStart(t *testing.T) {
	b := newBed(t, 8192, 4, 100, nil, holds("a", 100, 0))
	b.pod("a", 64, 128)
	b.run(time.Minute)
	before := b.engine.Processed()
	b.engine.RunUntil(sim.At(24 * time.Hour))
	if more := b.engine.Processed() - before; more != 0 {
		t.Errorf("%d events in a day, want none", more)
	}
}
