package pressure_test

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/pressure"
)

func TestPodsAreEvictedInOrderAndOneAtATime(t *testing.T) {
	// 4,096 MiB, of which 100 must be available: 3,996 may be used.
	b := newBed(t, 4096, 4, 100, nil,
		holds("keeps", 900, 0), holds("over", 900, 0), holds("more", 1100, 0), holds("low", 700, 0), holds("last", 390, 2))
	b.pod("keeps", 1024, 0)           // uses less than it requests
	b.pod("over", 100, 0)             // 800 more than it requests
	b.pod("more", 100, 0)             // 1,000 more
	b.pod("low", 600, 0, of("low"))   // 100 more, and of low priority
	b.pod("last", 500, 0, of("high")) // less at first, and then more
	// 900 + 900 + 1100 + 700 + 390 = 3,990: after 3 s there are 3,996 MiB, and within 10 s the first one goes.
	b.run(14 * time.Second)
	if got := b.evicted(); got != "low" {
		t.Fatalf("evicted %q, want low", got)
	}
	if b.condition("MemoryPressure") != "" && b.condition("MemoryPressure") != model.ConditionTrue {
		t.Errorf("MemoryPressure %q", b.condition("MemoryPressure"))
	}
	// 700 MiB are filled after 350 s; then goes what is most above its request among those of priority 0, and
	// that gives 1,100 MiB, for 550 s; and then the other one, for 450 s, though last uses far more by then.
	b.run(370 * time.Second)
	if got := b.evicted(); got != "low more" {
		t.Fatalf("evicted %q, want more next", got)
	}
	b.run(930 * time.Second)
	if got := b.evicted(); got != "low more over" {
		t.Fatalf("evicted %q, want over next", got)
	}
	b.run(1390 * time.Second)
	if got := b.evicted(); got != "low more over last" {
		t.Fatalf("evicted %q, want last at last: keeps uses what it requests", got)
	}
	s := b.status("more")
	// 1,100 MiB are 1126400Ki
	if s.Phase != model.PodFailed || s.Reason != "Evicted" || !strings.HasPrefix(s.Message, "The node was low on resource: memory. Threshold quantity: 100Mi, available: ") ||
		!strings.HasSuffix(s.Message, "Ki. Container c was using 1100Mi, request is 100Mi, has larger consumption of memory. ") {
		t.Errorf("status %s %s %q", s.Phase, s.Reason, s.Message)
	}
	if c := s.Condition(model.DisruptionTarget); c == nil || c.Reason != "TerminationByKubelet" {
		t.Errorf("condition %+v", c)
	}
}

func TestConditionsStayForTheTransitionPeriod(t *testing.T) {
	b := newBed(t, 1024, 4, 100, nil, holds("big", 1000, 0), holds("small", 10, 0))
	b.pod("small", 64, 0)
	b.pod("big", 100, 0)
	// Seen within 10 s, written within 10 s more; gone after the eviction; 5 min after it was last seen, and up to
	// 20 s for the loop and the status.
	b.run(21 * time.Second)
	if b.evicted() != "big" || b.condition("MemoryPressure") != model.ConditionTrue {
		t.Fatalf("evicted %q, MemoryPressure %q", b.evicted(), b.condition("MemoryPressure"))
	}
	b.pod("effortless", 0, 0)
	b.pod("tolerant", 0, 0, func(p *model.Pod) {
		p.Spec.Tolerations = []model.Toleration{{Key: "node.kubernetes.io/memory-pressure", Operator: "Exists"}}
	})
	b.pod("burstable", 10, 0)
	b.run(299 * time.Second)
	if b.condition("MemoryPressure") != model.ConditionTrue {
		t.Error("no MemoryPressure any more before 5 min are over")
	}
	if s := b.status("effortless"); s.Reason != "Evicted" || s.Message != "Pod was rejected: The node had condition: [MemoryPressure]. " {
		t.Errorf("a best effort pod under pressure: %s %q", s.Reason, s.Message)
	}
	for _, name := range []string{"tolerant", "burstable"} {
		if s := b.status(name); s.Phase != model.PodRunning {
			t.Errorf("%s is %s", name, s.Phase)
		}
	}
	b.run(331 * time.Second)
	if b.condition("MemoryPressure") != model.ConditionFalse || b.count("NodeHasSufficientMemory n") != 1 {
		t.Errorf("MemoryPressure %q after 5 min and 31 s", b.condition("MemoryPressure"))
	}
	before := b.engine.Processed()
	b.run(24 * time.Hour)
	if more := b.engine.Processed() - before; more != 0 {
		t.Errorf("%d events in the rest of the day, want none", more)
	}
}

func TestSoftThresholdsHaveAGrace(t *testing.T) {
	soft := pressure.Config{Transition: time.Minute, MaxGrace: 20,
		Thresholds: []pressure.Threshold{{Signal: pressure.MemoryAvailable, Bytes: 500 * mebi, Grace: 90 * time.Second}}}
	b := newBed(t, 1024, 4, 100, &soft, holds("big", 600, 0), behaviour.Behaviour{Place: "test:stop", Stop: &behaviour.StopTime{Ignore: true}})
	b.pod("big", 100, 0)
	b.run(89 * time.Second)
	if b.evicted() != "" || b.condition("MemoryPressure") != model.ConditionTrue {
		t.Fatalf("after 89 s: evicted %q, MemoryPressure %q", b.evicted(), b.condition("MemoryPressure"))
	}
	// First seen within 10 s, so that 90 s later is a pass at 100 s at the latest. Its own grace is 30 s, 20 s are
	// the most; it ignores SIGTERM.
	b.run(101 * time.Second)
	if b.evicted() != "big" {
		t.Fatalf("not evicted after 101 s")
	}
	b.run(3 * time.Minute)
	lived := b.status("big").Containers[0].State
	if lived.ExitCode != 137 || lived.Finished < sim.At(110*time.Second) || lived.Finished > sim.At(121*time.Second) {
		t.Errorf("ended at %v with %d, want 20 s after the eviction, with 137", lived.Finished, lived.ExitCode)
	}
}

func TestCriticalPodsAreNeverEvicted(t *testing.T) {
	b := newBed(t, 1024, 4, 100, nil, holds("critical", 960, 0))
	b.pod("critical", 10, 0, of("system-cluster-critical"))
	b.run(5 * time.Minute)
	if b.evicted() != "" || b.condition("MemoryPressure") != model.ConditionTrue {
		t.Errorf("evicted %q, MemoryPressure %q", b.evicted(), b.condition("MemoryPressure"))
	}
}

// writes has a pod write so many MiB a second into its layer and into its volume.
func writes(pod string, layer, volume float64) behaviour.Behaviour {
	return behaviour.Behaviour{Place: "test:" + pod, Match: behaviour.Match{Pod: pod}, Usage: &behaviour.Usage{
		WritableLayer: layer * mebi, EmptyDirs: []behaviour.Growth{{Volume: "v", BytesPerSecond: volume * mebi}}}}
}

func volume(limit int64) func(*model.Pod) {
	return func(p *model.Pod) {
		p.Spec.Volumes = []model.Volume{{Name: "v", Kind: "emptyDir", SizeLimit: model.WholeQuantity(limit * mebi)}}
	}
}

func TestWhoWritesMoreThanItMayIsEvicted(t *testing.T) {
	b := newBed(t, 8192, 4, 100, nil, writes("volume", 0, 1), writes("layer", 1, 0), writes("both", 1, 1), writes("free", 1, 1))
	limited := func(p *model.Pod) {
		p.Spec.Containers[0].Limits = model.ResourceList{{Name: "ephemeral-storage", Quantity: model.WholeQuantity(100 * mebi)}}
	}
	b.pod("volume", 10, 0, volume(60))          // passed after 60 s
	b.pod("layer", 10, 0, limited)              // after 100 s
	b.pod("both", 10, 0, limited, volume(1000)) // the pod's 100 MiB after 50 s
	b.pod("free", 10, 0, volume(0))             // never
	b.run(49 * time.Second)
	if b.evicted() != "" {
		t.Fatalf("evicted %q after 49 s", b.evicted())
	}
	b.run(125 * time.Second)
	for name, message := range map[string]string{
		"volume": `Usage of EmptyDir volume "v" exceeds the limit "60Mi". `,
		"layer":  `Pod ephemeral local storage usage exceeds the total limit of containers 100Mi. `,
		"both":   `Pod ephemeral local storage usage exceeds the total limit of containers 100Mi. `,
	} {
		if s := b.status(name); s.Reason != "Evicted" || s.Message != message {
			t.Errorf("%s: %s %q", name, s.Reason, s.Message)
		}
		if c := b.status(name).Condition(model.DisruptionTarget); c != nil {
			t.Errorf("%s has been disrupted, it says, by what it has written itself: %+v", name, c)
		}
	}
	if s := b.status("free"); s.Phase != model.PodRunning {
		t.Errorf("free is %s", s.Phase)
	}
}

func TestAFullDiskEvictsWhoHasWrittenTheMost(t *testing.T) {
	// 10 GiB are 10,240 MiB; under 15 % free are 8,704 written. 30 + 10 MiB a second are that after 218 s.
	b := newBed(t, 8192, 4, 10, nil, writes("much", 30, 0), writes("little", 10, 0))
	b.pod("little", 10, 0)
	b.pod("much", 10, 0)
	b.run(217 * time.Second)
	if b.evicted() != "" {
		t.Fatalf("evicted %q after 217 s", b.evicted())
	}
	b.run(240 * time.Second)
	if b.evicted() != "much" || b.condition("DiskPressure") != model.ConditionTrue {
		t.Fatalf("evicted %q, DiskPressure %q", b.evicted(), b.condition("DiskPressure"))
	}
	// Any pod is turned away meanwhile.
	b.pod("new", 10, 0)
	b.run(245 * time.Second)
	if s := b.status("new"); s.Reason != "Evicted" || s.Message != "Pod was rejected: The node had condition: [DiskPressure]. " {
		t.Errorf("new: %s %q", s.Reason, s.Message)
	}
}
