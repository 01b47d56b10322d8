package world_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// shut shuts n-1 down, or starts it again.
type shut struct{ boot bool }

func (s shut) Do(env *verbs.Env) error {
	if s.boot {
		env.Machines.Boot(env.Now, "n-1")
	} else {
		env.Machines.Shutdown(env.Now, "n-1")
	}
	return nil
}

// TestPodsStopGroupByGroupWhenTheirNodeIsShutDown shuts a node down at 10 s; times count from there.
func TestPodsStopGroupByGroupWhenTheirNodeIsShutDown(t *testing.T) {
	for _, c := range []struct {
		name    string
		periods []kubelet.ShutdownPeriod
		stop    map[string]float64 // seconds from SIGTERM; others ignore it
		want    string             // when containers ended, and when the node was off
	}{
		// 60 s, of which the critical have 20 s. plain ends at 3, brief at its own grace of 10 s. The kubelet looks
		// every 0.3 s: at 10.2. From there critical needs 5 s: 15.2; the next look is at 15.3.
		{"those of less priority first", kubelet.ShutdownPeriods(time.Minute, 20*time.Second),
			map[string]float64{"plain": 3, "critical": 5}, "plain 3, brief 10, critical 15.2, off 15.3"},
		// plain has 30 s of grace and the group 12 s: killed at 12. critical is killed at 12 + 4.
		{"a group has its time only", kubelet.ShutdownPeriods(16*time.Second, 4*time.Second), nil,
			"brief 10, plain 12, critical 16, off 16"},
		// What the group gets is not enough for SIGTERM's floor of 2 s: at 1 s the turn goes on, and the power at 2 s
		// takes critical along before its 2 s are over.
		{"power goes without regard", kubelet.ShutdownPeriods(2*time.Second, time.Second), nil, "brief 2, plain 2, off 2"},
		{"by priority", []kubelet.ShutdownPeriod{{Priority: 0, Seconds: 5}, {Priority: 100, Seconds: 7}, {Priority: 1000, Seconds: 2}}, nil,
			"plain 5, brief 12, critical 14, off 14"},
		{"a kubelet that is not set for it does not notice", nil, nil, "off 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := shutdownCluster(c.stop)
			timers := *cfg.Kubelet
			timers.Shutdown = c.periods
			cfg.Kubelet = &timers
			if got := endsOf(t, cfg); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// shutdownCluster has a pod of each of three priorities on n-1, which is shut down at 10 s.
func shutdownCluster(stop map[string]float64) *world.Config {
	n := node("n-1", 16)
	n.Status.Conditions = []model.NodeCondition{{Type: "Ready", Status: "True", Reason: "KubeletReady"}}
	cfg := config(n)
	cfg.UntilIdle, cfg.Duration = false, 10*time.Minute
	cfg.Behaviours = nil
	for _, p := range []struct {
		name            string
		priority, grace int64
	}{{"plain", 0, 30}, {"brief", 100, 10}, {"critical", kubelet.CriticalPriority, 30}} {
		o := pod(p.name)
		o.Spec.PriorityClassName, o.Spec.TerminationGracePeriodSeconds, o.Spec.RestartPolicy = p.name, p.grace, model.RestartAlways
		class := &model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: p.name}, Value: int32(p.priority)}
		cfg.Objects = append(cfg.Objects, class, o)
		b := kubelet.Behaviour{Place: p.name, Match: behaviour.Match{Pod: p.name}, Stop: &behaviour.StopTime{Ignore: true}}
		if s, stops := stop[p.name]; stops {
			b.Stop = &behaviour.StopTime{Dist: sim.Constant(s)}
		}
		cfg.Behaviours = append(cfg.Behaviours, b)
	}
	cfg.Timeline = []world.Entry{at(10*time.Second, shut{})}
	return cfg
}

// endsOf tells when pods failed and when n-1 was off.
func endsOf(t *testing.T, cfg *world.Config) string {
	t.Helper()
	var lines []string
	s, err := world.Open(cfg, world.RunOptions{Watch: func(now sim.Time, stream, kind string, o model.Object) {
		if p, ok := o.(*model.Pod); ok && p.Terminal() && kind == "MODIFIED" && !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, p.Name) }) {
			c := p.Status.Condition(model.DisruptionTarget)
			if p.Status.Phase != model.PodFailed || p.Status.Reason != "Terminated" || c == nil || c.Reason != "TerminationByKubelet" {
				t.Errorf("%s: %s %s %+v", p.Name, p.Status.Phase, p.Status.Reason, c)
			}
			lines = append(lines, fmt.Sprintf("%s %v", p.Name, now.Sub(sim.At(10*time.Second)).Seconds()))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for now := 10 * time.Second; now < time.Minute; now += 100 * time.Millisecond {
		s.RunUntil(sim.At(now))
		if !s.Kubelets().ShuttingDown("n-1") {
			lines = append(lines, fmt.Sprintf("off %v", (now-10*time.Second).Seconds()))
			break
		}
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, ", ")
}

func TestANodeThatIsShutDownTakesNoPodsUntilItIsBack(t *testing.T) {
	cfg := shutdownCluster(nil)
	timers := *cfg.Kubelet
	timers.Shutdown = kubelet.ShutdownPeriods(time.Minute, 0)
	cfg.Kubelet = &timers
	bound := pod("late") // as an assignment that was under way
	bound.NodeName = "n-1"
	after := pod("after")
	after.NodeName = "n-1"
	cfg.Timeline = append(cfg.Timeline, at(15*time.Second, &verbs.Create{Template: bound}),
		at(20*time.Second, shut{boot: true}), at(2*time.Minute, &verbs.Create{Template: after}))
	var ready []string
	last := "True "
	pods := map[string]*model.Pod{}
	s, err := world.Open(cfg, world.RunOptions{Watch: func(now sim.Time, stream, kind string, o model.Object) {
		switch o := o.(type) {
		case *model.Node:
			for _, c := range o.Status.Conditions {
				if text := c.Status + " " + c.Message; c.Type == "Ready" && text != last {
					last = text
					ready = append(ready, fmt.Sprintf("%v %s", now.Seconds(), text))
				}
			}
		case *model.Pod:
			pods[o.Name] = o
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.RunUntil(sim.At(3 * time.Minute))
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if p := pods["late"]; p.Status.Phase != model.PodFailed || p.Status.Reason != "NodeShutdown" ||
		p.Status.Message != "Pod was rejected: Pod was rejected as the node is shutting down." {
		t.Errorf("late: %s %s %q", p.Status.Phase, p.Status.Reason, p.Status.Message)
	}
	if p := pods["after"]; p.Status.Phase != model.PodRunning {
		t.Errorf("after: %s %s", p.Status.Phase, p.Status.Reason)
	}
	// It is asked to boot at 20 s; it is off at 40 s, when the last of its pods has had its grace of 30 s, and the
	// kubelet looks at 40 s: a multiple of 0.3 s.
	if got, want := strings.Join(ready, ", "), "10 False node is shutting down, 40 True kubelet is posting ready status"; got != want {
		t.Errorf("ready: %s, want %s", got, want)
	}
}
