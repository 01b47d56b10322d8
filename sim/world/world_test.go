package world_test

import (
	"reflect"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

func run(t *testing.T, cfg *world.Config) *memory {
	t.Helper()
	m := new(memory)
	if _, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{m}}); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAPodIsCreatedScheduledRunAndEnded(t *testing.T) {
	m := run(t, config(node("n-1", 4), pod("web")))
	if len(m.pods) != 1 {
		t.Fatalf("%d rows of pods, want 1", len(m.pods))
	}
	got := m.pods[0]
	ms := func(n int) sim.Time { return sim.At(time.Duration(n) * time.Millisecond) }
	// Created at 0, decided after 1 ms, bound 10 ms later, started 2 s after that, ready 1 s later, ended
	// 10 min after its start.
	want := record.PodRow{Namespace: "default", Name: "web", UID: got.UID, Scheduler: "default-scheduler", MilliCPU: 1000,
		Node: "n-1", Phase: "Succeeded", Created: 0, Tried: 0, Scheduled: ms(11), Started: ms(2011), Ready: ms(3011),
		Ended: ms(602011), Attempts: 1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !m.footer.Idle || m.footer.End != want.Ended {
		t.Errorf("the run ended at %v, idle %v; want at %v, idle", m.footer.End, m.footer.Idle, want.Ended)
	}
	// One core for 602 s on a node of four.
	cpu := m.footer.Totals[0]
	if cpu.Requested != 602 || cpu.Allocatable != 4*602.011 || cpu.PeakShare != 0.25 {
		t.Errorf("cpu totals %+v", cpu)
	}
}

func TestAPodThatFitsNowhereIsToldSoAndComesWhenThereIsRoom(t *testing.T) {
	cfg := config(node("n-1", 1), pod("first"), pod("second"))
	m := run(t, cfg)
	second := m.pods[1]
	if second.Name != "second" || second.Attempts < 2 || second.Message == "" {
		t.Fatalf("second pod: %+v", second)
	}
	first := m.pods[0]
	if second.Scheduled < first.Ended {
		t.Errorf("second was scheduled at %v, before the first had ended at %v", second.Scheduled, first.Ended)
	}
	if wait := second.Scheduled.Sub(first.Ended); wait > 2*time.Second {
		t.Errorf("second came %v after the first had ended", wait)
	}
}

func TestTwoRunsOfOneConfigLeaveTheSameRecord(t *testing.T) {
	cfg := config(node("n-1", 4), node("n-2", 4))
	cfg.Arrivals = []world.Arrivals{stream{count: 200, every: sim.Constant(7), spec: spec()}}
	one, two := run(t, cfg), run(t, cfg)
	if !reflect.DeepEqual(one, two) {
		t.Error("the records differ")
	}
	cfg.Seed = 2
	if other := run(t, cfg); other.footer.Fingerprint == one.footer.Fingerprint {
		t.Error("another seed has the same fingerprint")
	}
}

func TestALabelThatChangesAfterPlacementDisturbsNobody(t *testing.T) {
	n := node("n-1", 4)
	n.Labels = map[string]string{"disk": "ssd"}
	picky := func(name string) *model.Pod {
		p := pod(name)
		p.Spec.NodeSelector = map[string]string{"disk": "ssd"}
		return p
	}
	cfg := config(n, picky("early"))
	cfg.Timeline = []world.Entry{
		at(time.Minute, &verbs.Label{Target: verbs.Target{Kind: model.KindNode, Name: "n-1"}, Set: map[string]string{"disk": "hdd"}, Overwrite: true}),
		at(2*time.Minute, &verbs.Create{Template: picky("late")}),
	}
	m := run(t, cfg)
	if early := m.pods[0]; early.Name != "early" || early.Phase != "Succeeded" || early.Ended.Sub(early.Started) != 10*time.Minute {
		t.Errorf("the pod that was there did not run on: %+v", early)
	}
	if late := m.pods[1]; late.Name != "late" || late.Node != "" || late.Phase != "Pending" {
		t.Errorf("the pod that came later: %+v", late)
	}
}
