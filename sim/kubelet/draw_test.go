package kubelet

import (
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

func fleet(t *testing.T, behaviours ...Behaviour) *Fleet {
	t.Helper()
	e := sim.NewEngine(1)
	return New(e, apiserver.New(e), Options{Behaviours: behaviours})
}

func workerOf(f *Fleet, names ...string) *worker {
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web"}},
		Spec: &model.PodSpec{InitContainers: []model.Container{{Name: names[0]}}}}
	for _, name := range names[1:] {
		pod.Spec.Containers = append(pod.Spec.Containers, model.Container{Name: name})
	}
	w := &worker{pod: pod}
	for i, name := range names {
		w.containers = append(w.containers, container{spec: &model.Container{Name: name}, init: i == 0})
	}
	f.resolve(w)
	return w
}

func ends(d float64) *RunTime { return &RunTime{Dist: sim.Constant(d)} }

func TestTheFirstBehaviourThatMatchesAndSetsAFieldDecidesIt(t *testing.T) {
	app := Match{Labels: map[string]string{"app": "web"}}
	f := fleet(t,
		Behaviour{Place: "1", Match: Match{Labels: map[string]string{"app": "db"}}, Run: ends(1), Startup: sim.Constant(1)},
		Behaviour{Place: "2", Match: app, Run: ends(2)},
		Behaviour{Place: "3", Match: app, Run: ends(3), Startup: sim.Constant(3)},
		Behaviour{Place: "4", Match: Match{Container: "init"}, Run: ends(4), Exit: sim.Constant(4)},
	)
	w := workerOf(f, "init", "app")
	in, c := &w.containers[0], &w.containers[1]
	check := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	d, _ := f.runFor(w, c)
	check("run, from the second", d, 2*time.Second)
	check("startup, which the second does not set", f.startup(w, c), 3*time.Second)
	check("ready, which nobody sets", f.readyAfter(w, c), time.Duration(0))
	check("exit, which nobody sets for it", f.exitCode(w, c), int32(0))
	d, _ = f.runFor(w, in)
	check("run of an init container, from the one that names it", d, 4*time.Second)
	check("its exit code", f.exitCode(w, in), int32(4))
	check("its startup, from one that names no container", f.startup(w, in), 3*time.Second)

	w.lives = f.behaviours.For(w.pod, []Behaviour{{Run: &RunTime{Forever: true}}})
	_, over := f.runFor(w, c)
	check("annotations come first", over, false)
	seconds := 7.5
	w.fixed = &seconds
	d, _ = f.runFor(w, c)
	check("a fixed time comes before them", d, 7500*time.Millisecond)
	seconds = math.Inf(1)
	_, over = f.runFor(w, c)
	check("a fixed time of for ever", over, false)
}

func TestWhatNothingSaysTakesNoTime(t *testing.T) {
	f := fleet(t)
	w := workerOf(f, "init", "app")
	in, c := &w.containers[0], &w.containers[1]
	if d, over := f.runFor(w, in); d != 0 || !over {
		t.Errorf("an init container runs for %v, ends %v", d, over)
	}
	if _, over := f.runFor(w, c); over {
		t.Error("a container ends by itself")
	}
	if d, stops := f.stopFor(w, c); d != 0 || !stops {
		t.Errorf("it stops after %v, stops %v", d, stops)
	}
	c.cause = byTerm
	if code := f.exitCode(w, c); code != 143 {
		t.Errorf("ended by SIGTERM with %d", code)
	}
	c.cause = byKill
	if code := f.exitCode(w, c); code != 137 {
		t.Errorf("killed with %d", code)
	}
}

func TestDrawsAreKeyedByPodContainerAndRestart(t *testing.T) {
	uniform, _ := sim.Distribution("uniform")
	dist, err := uniform.New(map[string]float64{"min": 0, "max": 1000})
	if err != nil {
		t.Fatal(err)
	}
	f := fleet(t, Behaviour{Place: "f:1:1", Run: &RunTime{Dist: dist}})
	w := workerOf(f, "init", "a", "b")
	a, b := &w.containers[1], &w.containers[2]
	first, _ := f.runFor(w, a)
	other, _ := f.runFor(w, b)
	again, _ := f.runFor(w, a)
	a.restarts = 1
	next, _ := f.runFor(w, a)
	w.pod.Name = "web-2"
	a.restarts = 0
	elsewhere, _ := f.runFor(w, a)
	if again != first {
		t.Errorf("the same draw gave %v and %v", first, again)
	}
	if other == first || next == first || elsewhere == first {
		t.Errorf("draws of %v, another container %v, the next restart %v, another pod %v", first, other, next, elsewhere)
	}
}

func TestRestartRulesComeBeforeThePolicies(t *testing.T) {
	rule := []model.RestartRule{{Action: "Restart", Operator: "In", Codes: []int32{42}}}
	for _, c := range []struct {
		what      string
		pod       model.RestartPolicy
		container model.Container
		init      bool
		exit      int32
		want      bool
	}{
		{"Always restarts what succeeded", model.RestartAlways, model.Container{}, false, 0, true},
		{"OnFailure does not", model.RestartOnFailure, model.Container{}, false, 0, false},
		{"OnFailure restarts what failed", model.RestartOnFailure, model.Container{}, false, 1, true},
		{"Never does not", model.RestartNever, model.Container{}, false, 1, false},
		{"a container's own policy comes first", model.RestartNever, model.Container{RestartPolicy: model.RestartOnFailure}, false, 1, true},
		{"a rule comes before that", model.RestartAlways, model.Container{RestartPolicy: model.RestartNever, RestartRules: rule}, false, 42, true},
		{"a rule that does not match leaves it to the policy", model.RestartAlways, model.Container{RestartPolicy: model.RestartNever, RestartRules: rule}, false, 1, false},
		{"an init container that succeeded is done", model.RestartAlways, model.Container{}, true, 0, false},
		{"one that failed is tried again", model.RestartAlways, model.Container{}, true, 1, true},
	} {
		k := container{spec: &c.container, init: c.init, exit: c.exit}
		if got := k.restartable(c.pod); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
