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

// history is when the containers of a pod started and ended, as its status tells.
type history struct {
	starts, ends map[string][]sim.Time // by container
	gone         sim.Time              // when the object was removed
}

// historyOf runs one pod until an instant. It is scheduled in no time; what is told in whole seconds below
// counts from its creation at 0.
func historyOf(t *testing.T, cfg *world.Config, until time.Duration) *history {
	t.Helper()
	h := &history{starts: map[string][]sim.Time{}, ends: map[string][]sim.Time{}, gone: sim.Never}
	note := func(in map[string][]sim.Time, name string, at sim.Time) {
		if !slices.Contains(in[name], at) {
			in[name] = append(in[name], at)
		}
	}
	see := func(now sim.Time, stream, kind string, o model.Object) {
		pod, ok := o.(*model.Pod)
		if !ok {
			return
		}
		if kind == "DELETED" {
			h.gone = now
		}
		for _, list := range [2][]model.ContainerStatus{pod.Status.InitContainers, pod.Status.Containers} {
			for i := range list {
				for _, s := range [2]*model.ContainerState{&list[i].Last, &list[i].State} {
					if s.Kind == model.ContainerTerminated {
						note(h.ends, list[i].Name, s.Finished)
					}
					if s.Kind != "" && s.Kind != model.ContainerWaiting {
						note(h.starts, list[i].Name, s.Started)
					}
				}
			}
		}
	}
	cfg.UntilIdle, cfg.Duration = false, until
	cfg.Scheduler.DecisionLatency, cfg.Scheduler.BindLatency = sim.Constant(0), sim.Constant(0)
	if _, err := world.Run(cfg, world.RunOptions{Watch: see}); err != nil {
		t.Fatal(err)
	}
	return h
}

// oneLife is a cluster of one node with one pod that is always restarted.
func oneLife(change func(p *model.PodSpec), b ...kubelet.Behaviour) *world.Config {
	p := pod("p")
	p.Spec.RestartPolicy = model.RestartAlways
	if change != nil {
		change(p.Spec)
	}
	n := node("n-1", 16)
	n.Created = sim.At(-time.Hour) // a kubelet that has begun just now would spread the first calls of probes
	cfg := config(n, p)
	for i := range b {
		b[i].Place = fmt.Sprint("test:", i)
	}
	cfg.Behaviours = b
	return cfg
}

func deletePod(grace *int64) *verbs.Delete {
	return &verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Namespace: "default", Name: "p"}, GracePeriod: grace}
}

// A container that crashes after 1 s waits 0, 10, 20, 40, 80, 160, 300, 300 s from its end, and is looked at
// again at up to 1.5 times what is left of that, 90 s at most, at a tick of 1 s, after a relist of 1 s.
func TestACrashingContainerWaitsByTheLadder(t *testing.T) {
	least := []int{0, 10, 20, 40, 80, 160, 300, 300}
	for seed := range uint64(20) {
		cfg := oneLife(nil, kubelet.Behaviour{Run: &behaviour.RunTime{Dist: sim.Constant(1)}, Exit: sim.Constant(1)})
		cfg.Seed, cfg.Kubelet = seed, nil
		h := historyOf(t, cfg, 25*time.Minute)
		starts, ends := h.starts["c"], h.ends["c"]
		if len(starts) <= len(least) {
			t.Fatalf("seed %d: %d starts", seed, len(starts))
		}
		for i, seconds := range least {
			wait := time.Duration(seconds) * time.Second
			got := starts[i+1].Sub(ends[i])
			// Half of what is left, of one minute at most, is added; a tick and a relist.
			if late := min(wait, time.Minute)/2 + 2*time.Second + 2*time.Millisecond; got < wait || got > wait+late {
				t.Errorf("seed %d: restart %d after %v, want %v and at most %v more", seed, i+1, got, wait, late)
			}
		}
	}
}

// The ladder begins anew after a life of more than 600 s: 0 and then 10 s. A life of 600 s is none.
func TestTheLadderBeginsAnewAfterTenMinutes(t *testing.T) {
	lives := func(third float64) kubelet.Behaviour {
		b := kubelet.Behaviour{Exit: sim.Constant(1)}
		for _, run := range []float64{1, 1, third, 1, 1} {
			b.Restarts = append(b.Restarts, behaviour.Start{Run: &behaviour.RunTime{Dist: sim.Constant(run)}})
		}
		return b
	}
	for _, c := range []struct {
		name  string
		third float64
		waits []int // at least, in seconds
	}{
		{"601 s: the third wait is none, the fourth 10 s", 601, []int{0, 10, 0, 10}},
		// 20 s are still waited for at its end; by the start, 620 s after the entry was raised, it has been
		// cleaned up, and the next wait is 10 s.
		{"600 s: the third wait is 20 s, the fourth 10 s", 600, []int{0, 10, 20, 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := historyOf(t, oneLife(nil, lives(c.third)), 15*time.Minute)
			for i, seconds := range c.waits {
				wait := time.Duration(seconds) * time.Second
				if got := h.starts["c"][i+1].Sub(h.ends["c"][i]); got < wait || got > wait*3/2+time.Second {
					t.Errorf("restart %d after %v, want %v to half as much again and a second", i+1, got, wait)
				}
			}
		})
	}
}

// TestThePodsGraceIsSharedByAllThatStopsIt deletes a pod at 10 s and tells when its containers have ended,
// counted from there.
func TestThePodsGraceIsSharedByAllThatStopsIt(t *testing.T) {
	s := func(seconds int64) *int64 { return &seconds }
	stops := func(container string, seconds float64) kubelet.Behaviour {
		return kubelet.Behaviour{Match: behaviour.Match{Container: container}, Stop: &behaviour.StopTime{Dist: sim.Constant(seconds)}}
	}
	ignores := kubelet.Behaviour{Stop: &behaviour.StopTime{Ignore: true}}
	preStop := func(seconds float64) kubelet.Behaviour {
		return kubelet.Behaviour{PreStop: &behaviour.Hook{Takes: sim.Constant(seconds)}}
	}
	hook := func(p *model.PodSpec) {
		p.Containers[0].PreStop = &model.Handler{Kind: "exec", Command: []string{"drain"}}
	}
	sidecars := func(p *model.PodSpec) {
		p.InitContainers = []model.Container{{Name: "s0", Image: "app:1", RestartPolicy: model.RestartAlways},
			{Name: "s1", Image: "app:1", RestartPolicy: model.RestartAlways}}
	}
	short := func(seconds int64) func(p *model.PodSpec) {
		return func(p *model.PodSpec) { sidecars(p); p.TerminationGracePeriodSeconds = seconds }
	}
	for _, c := range []struct {
		name   string
		change func(p *model.PodSpec)
		b      []kubelet.Behaviour
		grace  *int64
		want   string
	}{
		{"it stops by itself", nil, []kubelet.Behaviour{stops("c", 3)}, nil, "c 3"},
		{"it ignores SIGTERM: SIGKILL at 30", nil, []kubelet.Behaviour{ignores}, nil, "c 30"},
		{"it needs as long as it is given", nil, []kubelet.Behaviour{stops("c", 30)}, nil, "c 30"},
		// The API's floor is 1 s; the kill's is 2 s.
		{"grace 1", nil, []kubelet.Behaviour{ignores}, s(1), "c 2"},
		{"grace 2", nil, []kubelet.Behaviour{ignores}, s(2), "c 2"},
		{"grace 3", nil, []kubelet.Behaviour{ignores}, s(3), "c 3"},
		// preStop 20 s, 30 - 20 = 10 s are left: SIGKILL at 30.
		{"preStop takes its part", hook, []kubelet.Behaviour{preStop(20), ignores}, nil, "c 30"},
		// 25.5 s count as 25: 5 s are left from 25.5 on.
		{"whole seconds of preStop count", hook, []kubelet.Behaviour{preStop(25.5), ignores}, nil, "c 30.5"},
		// 29.9 s count as 29; the 1 s that is left is 2 s by the floor.
		{"preStop almost as long as the grace", hook, []kubelet.Behaviour{preStop(29.9), ignores}, nil, "c 31.9"},
		// preStop is given up at 30; then SIGTERM and 2 s.
		{"preStop longer than the grace", hook, []kubelet.Behaviour{preStop(40), ignores}, nil, "c 32"},
		// c ends at 5, then s1 takes 2 s, then s0 1 s.
		{"sidecars stop behind the regular ones, the last first", sidecars,
			[]kubelet.Behaviour{stops("c", 5), stops("s1", 2), stops("s0", 1)}, nil, "c 5, s0 8, s1 7"},
		// c ends at 5, s1 is killed at 30 with the 25 s that are left; for s0 nothing is: SIGTERM at 30, and 2 s.
		{"sidecars share one grace", sidecars, []kubelet.Behaviour{stops("c", 5), ignores}, nil, "c 5, s0 32, s1 30"},
		// c is killed at 10; the sidecars have waited for as long, and stop at once, at the same time.
		{"when the grace has run out sidecars do not wait for each other", short(10),
			[]kubelet.Behaviour{stops("s0", 1), stops("s1", 1), ignores}, nil, "c 10, s0 11, s1 11"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := oneLife(c.change, c.b...)
			cfg.Timeline = []world.Entry{at(10*time.Second, deletePod(c.grace))}
			h := historyOf(t, cfg, time.Minute)
			var got []string
			last := sim.Time(0)
			for _, name := range []string{"c", "s0", "s1"} {
				for _, end := range h.ends[name] {
					got = append(got, fmt.Sprintf("%s %v", name, end.Sub(sim.At(10*time.Second)).Seconds()))
					last = max(last, end)
				}
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("ended at %s, want %s", text, c.want)
			}
			if h.gone != last {
				t.Errorf("the object went at %v, the last container at %v", h.gone, last)
			}
		})
	}
}

// A force deletion removes the object at once; the container still gets SIGTERM and 2 s.
func TestAForceDeletedPodRunsTwoSecondsOn(t *testing.T) {
	none := int64(0)
	cfg := oneLife(nil, kubelet.Behaviour{Stop: &behaviour.StopTime{Ignore: true}})
	cfg.Timeline = []world.Entry{at(10*time.Second, deletePod(&none))}
	cfg.UntilIdle, cfg.Duration = false, time.Minute
	s, err := world.Open(cfg, world.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at              time.Duration
		objects, looked int
	}{{9999 * time.Millisecond, 1, 1}, {10 * time.Second, 0, 1}, {11999 * time.Millisecond, 0, 1}, {12 * time.Second, 0, 0}} {
		s.RunUntil(sim.At(step.at))
		if objects, looked := s.API().Pods.Len(), s.Kubelets().Pods(); objects != step.objects || looked != step.looked {
			t.Errorf("at %v: %d objects and %d pods on nodes, want %d and %d", step.at, objects, looked, step.objects, step.looked)
		}
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestALivenessProbeKillsAndStartsInOneSync has a container that fails from 15 s of its life on, with a probe
// every 10 s from the pod's first sync on, three failures of which kill it.
func TestALivenessProbeKillsAndStartsInOneSync(t *testing.T) {
	five := int64(5)
	failing := func(stop *behaviour.StopTime) kubelet.Behaviour {
		return kubelet.Behaviour{Stop: stop, Answers: []behaviour.Answers{{Says: []behaviour.Says{
			{From: 15 * time.Second, Reply: &behaviour.Reply{Fails: true}}}}}}
	}
	probe := func(grace *int64) func(p *model.PodSpec) {
		return func(p *model.PodSpec) {
			p.Containers[0].LivenessProbe = &model.Probe{Handler: model.Handler{Kind: "exec", Command: []string{"check"}}, PeriodSeconds: 10,
				TimeoutSeconds: 1, SuccessThreshold: 1, FailureThreshold: 3, TerminationGracePeriodSeconds: grace}
		}
	}
	for _, c := range []struct {
		name   string
		grace  *int64
		stop   *behaviour.StopTime
		deaths []int // seconds; the next start is in the same instant
	}{
		// Calls at 20, 30 and 40 fail; it stops in 2 s. Started at 42 it fails from 57 on: calls at 60, 70, 80;
		// and so on. The back-off looks at the instance that had ended before the kill: of the third kill's wait of
		// 10 s, from 82, and of the fourth's of 20 s, from 122, nothing is left.
		{"four restarts without a wait", nil, &behaviour.StopTime{Dist: sim.Constant(2)}, []int{42, 82, 122, 162}},
		// Killed at 40 + 30 = 70; calls at 90, 100, 110 fail (from 85 on): 140; then from 155: 160, 170, 180: 210.
		{"the pod's grace", nil, &behaviour.StopTime{Ignore: true}, []int{70, 140, 210}},
		// Killed at 40 + 5 = 45; from 60 on: 60, 70, 80: 85; from 100 on: 100, 110, 120: 125.
		{"a grace of the probe's own", &five, &behaviour.StopTime{Ignore: true}, []int{45, 85, 125}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := historyOf(t, oneLife(probe(c.grace), failing(c.stop)), 5*time.Minute)
			for i, seconds := range c.deaths {
				want := sim.At(time.Duration(seconds) * time.Second)
				if h.ends["c"][i] != want || h.starts["c"][i+1] != want {
					t.Errorf("death %d at %v and start at %v, want both at %v", i+1, h.ends["c"][i], h.starts["c"][i+1], want)
				}
			}
		})
	}
}
