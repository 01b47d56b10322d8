package world_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// ranked is a pod of a priority class of ranks.
func ranked(name, class string) *model.Pod {
	p := pod(name)
	p.Spec.PriorityClassName = class
	return p
}

// ranks are the classes "middle" of 50 and "high" of 100, and more objects.
func ranks(objects ...model.Object) []model.Object {
	class := func(name string, value int32) model.Object {
		return &model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: name}, Value: value}
	}
	return append([]model.Object{class("middle", 50), class("high", 100)}, objects...)
}

func TestAPodOfHigherPriorityGetsTheRoomOfALowerOne(t *testing.T) {
	cfg := config(ranks(node("n-1", 1), pod("low"))...)
	cfg.Timeline = []world.Entry{at(time.Minute, &verbs.Create{Template: ranked("high", "high")})}
	states := map[string]bool{}
	m := new(memory)
	_, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{m}, Watch: func(at sim.Time, _, _ string, o model.Object) {
		p, ok := o.(*model.Pod)
		if !ok {
			return
		}
		if c := p.Status.Condition(model.DisruptionTarget); c != nil {
			states[fmt.Sprintf("%s %s %s %s: %s", p.Name, c.Type, c.Status, c.Reason, c.Message)] = true
		}
		if p.Status.NominatedNodeName != "" {
			states[p.Name+" nominated to "+p.Status.NominatedNodeName] = true
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"low DisruptionTarget True PreemptionByScheduler: default-scheduler: preempting to accommodate a higher priority pod",
		"high nominated to n-1",
	} {
		if !states[want] {
			t.Errorf("no pod was ever seen as %q; seen: %v", want, states)
		}
	}
	low, high := m.pods[0], m.pods[1]
	if low.Name != "low" || low.Preemptions != 1 || high.Scheduled == sim.Never {
		t.Fatalf("pods %+v", m.pods)
	}
	// Decided 1 ms after the creation; the victim is deleted at that instant, and stops in its time.
	if low.Ended < sim.At(time.Minute+time.Millisecond) || high.Scheduled < low.Ended || high.Scheduled > low.Ended+sim.At(2*time.Second) {
		t.Errorf("the victim ended at %v, its successor was scheduled at %v", low.Ended, high.Scheduled)
	}
	found := "0/1 nodes are available: 1 Insufficient cpu. preemption: found a potential placement for pod on node n-1, preempting 1 victims"
	if a := m.attempts[1]; a.Pod != "high" || a.Result != "unschedulable" || a.Node != "n-1" || a.Message != found {
		t.Errorf("attempt %+v", a)
	}
	want := fmt.Sprintf("Preempted by pod %s on node n-1", high.UID)
	if got := messages(m, "low", "Preempted"); len(got) != 1 || got[0] != want {
		t.Errorf("events of the victim: %q, want %q", got, want)
	}
}

// messages are those of a pod's events for a reason.
func messages(m *memory, pod, reason string) []string {
	var out []string
	for _, e := range m.events {
		if e.Object == pod && e.Reason == reason {
			out = append(out, e.Message)
		}
	}
	return out
}

// TestALessImportantNominationGoesUnlessAllVictimsAreLeaving: while middle waits for low to stop, high
// comes. Low is terminating already, so that no API call is made and middle stays nominated until its
// own next failure.
func TestALessImportantNominationGoesUnlessAllVictimsAreLeaving(t *testing.T) {
	cfg := config(ranks(node("n-1", 1), pod("low"))...)
	cfg.Behaviours[0].Stop = &kubelet.StopTime{Dist: sim.Constant(10)}
	cfg.Timeline = []world.Entry{
		at(time.Minute, &verbs.Create{Template: ranked("middle", "middle")}),
		at(time.Minute+20*time.Millisecond, &verbs.Create{Template: ranked("high", "high")}),
	}
	m, nominations, last := new(memory), []string(nil), map[string]string{}
	_, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{m}, Watch: func(_ sim.Time, _, _ string, o model.Object) {
		if p, ok := o.(*model.Pod); ok && p.NodeName == "" && last[p.Name] != p.Status.NominatedNodeName {
			last[p.Name] = p.Status.NominatedNodeName
			nominations = append(nominations, p.Name+" to "+last[p.Name])
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"middle to n-1", "high to n-1", "middle to "}
	if !slices.Equal(nominations, want) {
		t.Errorf("nominations %q, want %q", nominations, want)
	}
	if got := messages(m, "low", "Preempted"); len(got) != 1 {
		t.Errorf("the victim was preempted %d times: %q", len(got), got)
	}
	rows := map[string]record.PodRow{}
	for _, row := range m.pods {
		rows[row.Name] = row
	}
	// Low stops after 10 s. High takes the room; middle gets it when high has ended, after 10 minutes.
	if high, middle := rows["high"], rows["middle"]; high.Scheduled == sim.Never || middle.Scheduled < high.Ended {
		t.Errorf("high scheduled at %v and ended at %v, middle scheduled at %v", high.Scheduled, high.Ended, middle.Scheduled)
	}
}
