package world_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/faults"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// fault is the fault of that name that lasts so many seconds.
func fault(t *testing.T, name string, lasts float64) faults.Lasting {
	t.Helper()
	info, ok := faults.Lookup(name)
	if !ok {
		t.Fatalf("there is no fault %s", name)
	}
	f := info.New().(faults.Lasting)
	if lasts > 0 {
		f.Last(sim.Constant(lasts))
	}
	return f
}

// keeper is a ReplicaSet of three pods that run for ever.
func keeper() *model.ReplicaSet {
	labels := map[string]string{"app": "web"}
	s := spec()
	s.RestartPolicy = model.RestartAlways
	return &model.ReplicaSet{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "default"}, Replicas: 3,
		Template: &model.PodTemplate{Labels: labels, Spec: s, Hash: 7},
		Selector: &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{"web"}}}}}
}

// TestPartsOfTheControlPlaneEndAndComeBack deletes a pod of a set at 100 s, without grace: it is made anew at
// once, scheduled within a few milliseconds and runs 2 s later (config's start-up), unless what does that is not
// there.
func TestPartsOfTheControlPlaneEndAndComeBack(t *testing.T) {
	type span [2]float64
	for _, c := range []struct {
		name                 string
		fault                faults.Lasting
		from                 time.Duration
		created, bound, runs span // seconds, from and to
	}{
		{"all is well", nil, 0, span{100, 100.1}, span{100, 100.2}, span{102, 102.3}},
		{"no controllers", fault(t, "controller-manager-down", 60), 90 * time.Second, span{150, 150.1}, span{150, 150.2}, span{152, 152.3}},
		// Nobody says how long: another one leads after 15 s to 17 s.
		{"a change of the leader", fault(t, "controller-manager-down", 0), 99 * time.Second, span{114, 116.1}, span{114, 116.2}, span{116, 118.3}},
		{"no scheduler", fault(t, "scheduler-down", 60), 90 * time.Second, span{100, 100.1}, span{150, 150.1}, span{152, 152.3}},
		// The scheduler's process ends with what it is at: the decision takes 1 ms, the binding 10 ms.
		{"a scheduler that ends at work", fault(t, "scheduler-down", 60), 100*time.Second + 12*time.Millisecond, span{100, 100.1}, span{160.012, 160.1}, span{162, 162.3}},
		// People are refused at 100 s, and the pod stays.
		{"no API server", fault(t, "api-down", 60), 90 * time.Second, span{0, 0}, span{0, 0}, span{0, 0}},
		{"an etcd that takes no writes", fault(t, "etcd-slow", 60), 90 * time.Second, span{0, 0}, span{0, 0}, span{0, 0}},
		// Each of the controllers' requests takes 0.4 s instead of 4 ms; the binding takes 1 s instead of 10 ms.
		{"a slow API server", &faults.APISlow{Times: 100, For: sim.Constant(60)}, 90 * time.Second, span{100.4, 100.5}, span{101.4, 101.6}, span{103.4, 103.7}},
		// Each of three learns of it 5 s late: the controller of the deletion, the scheduler of the pod, the kubelet
		// of the binding.
		{"watches that lag", &faults.WatchDelay{By: sim.Constant(5), For: sim.Constant(60)}, 90 * time.Second, span{105, 105.1}, span{110, 110.2}, span{117, 117.3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config(node("n", 8), keeper())
			cfg.Behaviours = cfg.Behaviours[:1]
			cfg.Behaviours[0].Run = nil
			cfg.UntilIdle, cfg.Duration = false, 10*time.Minute
			cfg.ControlPlane.WriteLatency, cfg.ControlPlane.ClientQPS, cfg.ControlPlane.ClientBurst = sim.Constant(0.004), 1000, 1000
			var created, bound, runs float64
			s, err := world.Open(cfg, world.RunOptions{Watch: func(now sim.Time, stream, kind string, o model.Object) {
				p, ok := o.(*model.Pod)
				if !ok || now < sim.At(99*time.Second) || p.Created < sim.At(99*time.Second) {
					return
				}
				switch {
				case kind == "ADDED":
					created = now.Seconds()
				case bound == 0 && p.NodeName != "":
					bound = now.Seconds()
				case runs == 0 && p.Status.Phase == model.PodRunning:
					runs = now.Seconds()
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			begin := func() {
				if c.fault == nil {
					return
				}
				s.RunUntil(sim.At(c.from))
				if err := s.Do(c.fault, "fault"); err != nil {
					t.Fatal(err)
				}
			}
			if c.from < 100*time.Second {
				begin()
			}
			s.RunUntil(sim.At(100 * time.Second))
			err = s.Do(&verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Namespace: "default", Name: s.API().Pods.List()[0].Name}, GracePeriod: new(int64)}, "delete")
			if refused := err != nil && (strings.Contains(err.Error(), "was refused") || err.Error() == "etcdserver: request timed out"); refused != (c.created[1] == 0) {
				t.Errorf("the deletion says %v", err)
			}
			if c.from > 100*time.Second {
				begin()
			}
			s.RunUntil(sim.At(cfg.Duration))
			if _, err := s.Close(); err != nil {
				t.Fatal(err)
			}
			for i, got := range []float64{created, bound, runs} {
				if want := []span{c.created, c.bound, c.runs}[i]; got < want[0] || got > want[1] {
					t.Errorf("%s at %.3f s, want from %v s to %v s", []string{"created", "bound", "runs"}[i], got, want[0], want[1])
				}
			}
			if n := fmt.Sprint(s.API().Pods.Len()); n != "3" {
				t.Errorf("%s pods at the end", n)
			}
		})
	}
}

// TestNobodyWritesWhileEtcdTakesNoWrites has a container run for 130 s again and again, first from 2 s on, and etcd
// take no writes from 100 s to 400 s; from 200 s to 300 s the API server is down besides. The container is restarted
// at 132 s and 262 s at the earliest, which is told when writes succeed. Nobody calls the node NotReady, whose lease
// stands still for 300 s, six times the grace period: the one who could is not there, and listens anew from 400 s on.
func TestNobodyWritesWhileEtcdTakesNoWrites(t *testing.T) {
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "default"}, Spec: spec()}
	pod.Spec.RestartPolicy = model.RestartAlways
	cfg := config(node("n", 8), pod)
	cfg.Behaviours = cfg.Behaviours[:1]
	cfg.Behaviours[0].Run = &behaviour.RunTime{Dist: sim.Constant(130)}
	cfg.UntilIdle, cfg.Duration = false, 10*time.Minute
	var changed []float64
	s, err := world.Open(cfg, world.RunOptions{Watch: func(now sim.Time, _, _ string, o model.Object) {
		if n, ok := o.(*model.Node); ok && now > sim.At(time.Second) {
			if ready := n.Status.Condition("Ready"); ready != nil && ready.Status != model.ConditionTrue {
				t.Errorf("the node is called %s at %v", ready.Status, now)
			}
		}
		if now > sim.At(99*time.Second) && now < sim.At(420*time.Second) {
			changed = append(changed, now.Seconds())
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	restarts := func() int32 { return s.API().Pods.List()[0].Status.Containers[0].RestartCount }
	s.RunUntil(sim.At(100 * time.Second))
	if err := s.Do(fault(t, "etcd-slow", 300), "etcd"); err != nil {
		t.Fatal(err)
	}
	s.RunUntil(sim.At(200 * time.Second))
	if err := s.Do(fault(t, "api-down", 100), "api"); err != nil {
		t.Fatal(err)
	}
	s.RunUntil(sim.At(399 * time.Second))
	if n := restarts(); n != 0 || len(changed) > 0 {
		t.Errorf("%d restarts are known while nobody could write, changes at %v", n, changed)
	}
	s.RunUntil(sim.At(405 * time.Second))
	if n := restarts(); n != 2 {
		t.Errorf("%d restarts are told once writes succeed, want 2", n)
	}
	s.RunUntil(sim.At(cfg.Duration))
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
