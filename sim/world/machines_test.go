package world_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/faults"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// lone is a run with one node and one pod on it, whose container runs for ever, and a fault of that node from
// 100 s on, for so many seconds.
func lone(t *testing.T, seed uint64, fault string, lasts float64, restart model.RestartPolicy) (*world.Session, *[]string) {
	t.Helper()
	info, _ := faults.Lookup(fault)
	f := info.New().(*faults.NodeFault)
	f.Target = verbs.Target{Kind: model.KindNode, Name: "n"}
	f.For = sim.Constant(lasts)
	grace := int64(30)
	cfg := &world.Config{Seed: seed, Duration: time.Hour, Timeline: []world.Entry{{At: sim.At(100 * time.Second), Place: "test", Verb: f}},
		Scheduler: world.Scheduler{TieBreak: "upstream", DecisionLatency: sim.Constant(0), BindLatency: sim.Constant(0)},
		Objects: []model.Object{
			&model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}, Status: model.NodeStatus{
				Allocatable: model.ResourceList{}.With("cpu", model.MilliQuantity(4000)).With("memory", model.WholeQuantity(8<<30)).With("pods", model.WholeQuantity(110)),
				Conditions:  []model.NodeCondition{{Type: "Ready", Status: model.ConditionTrue}}}},
			&model.Pod{ObjectMeta: model.ObjectMeta{Name: "p", Namespace: "default"}, Spec: &model.PodSpec{SchedulerName: "default-scheduler",
				RestartPolicy: restart, TerminationGracePeriodSeconds: grace, Containers: []model.Container{{Name: "c", Image: "i:1"}}}},
		}}
	var lines []string
	s, err := world.Open(cfg, world.RunOptions{Watch: func(at sim.Time, stream, kind string, o model.Object) {
		p, ok := o.(*model.Pod)
		if !ok || at < sim.At(50*time.Second) {
			return
		}
		words := []string{fmt.Sprintf("%.0fs", at.Seconds()), string(p.Status.Phase)}
		if c := p.Status.Condition(model.PodReady); c != nil {
			words = append(words, "ready="+c.Status)
		}
		for _, c := range p.Status.Containers {
			words = append(words, fmt.Sprintf("%s restarts=%d", c.State.Kind, c.RestartCount))
			if c.Last.Kind != "" {
				words = append(words, fmt.Sprintf("last=%d/%s", c.Last.ExitCode, c.Last.Reason))
			}
		}
		if p.Deleting {
			words = append(words, "deleting")
		}
		lines = append(lines, strings.Join(words, " "))
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return s, &lines
}

func (c caseOf) run(t *testing.T) {
	t.Helper()
	s, lines := lone(t, 1, c.fault, c.lasts, model.RestartAlways)
	s.RunUntil(sim.At(c.until))
	got := strings.Join(*lines, "\n")
	for _, want := range c.want {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, never := range c.never {
		if strings.Contains(got, never) {
			t.Errorf("%q in\n%s", never, got)
		}
	}
}

type caseOf struct {
	name        string
	fault       string
	lasts       float64
	until       time.Duration
	want, never []string
}

func TestPodsLiveThroughWhatHappensToTheirNode(t *testing.T) {
	for _, c := range []caseOf{
		// A reboot shorter than the node monitor's patience: the container is found dead and started again.
		{"a short reboot", "crash", 20, 5 * time.Minute,
			[]string{"120s Running ready=True running restarts=1 last=255/Unknown"}, []string{"deleting", "ready=False waiting restarts=1"}},
		// Given up after about 50 s, its pods are marked; it comes back before they are evicted.
		{"a long crash", "crash", 200, 10 * time.Minute,
			[]string{"ready=False running restarts=0", "300s Running ready=True running restarts=1 last=255/Unknown"}, []string{"deleting"}},
		// The container ran on: nothing is restarted, and the kubelet says again that it is ready.
		{"a partition", "partition", 200, 10 * time.Minute,
			[]string{"ready=False running restarts=0", "s Running ready=True running restarts=0"}, []string{"deleting", "restarts=1"}},
		{"a kubelet that is away", "kubelet-stop", 200, 10 * time.Minute,
			[]string{"ready=False running restarts=0", "s Running ready=True running restarts=0"}, []string{"deleting", "restarts=1"}},
		// It is the only node of the cluster: when all are lost nobody is evicted.
		{"a long partition of the only node", "partition", 1000, 25 * time.Minute,
			[]string{"s Running ready=True running restarts=0"}, []string{"deleting", "restarts=1"}},
	} {
		t.Run(c.name, c.run)
	}
}
