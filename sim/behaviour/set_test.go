package behaviour

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// web is a pod with an init container, a sidecar and a regular container.
func web() *model.Pod {
	return &model.Pod{
		ObjectMeta: model.ObjectMeta{Namespace: "shop", Name: "web-1", Labels: map[string]string{"app": "web"},
			Owners: []model.OwnerReference{{Kind: "ReplicaSet", Name: "web", Controller: true}}},
		Spec: &model.PodSpec{
			InitContainers: []model.Container{{Name: "init"}, {Name: "side", RestartPolicy: model.RestartAlways}},
			Containers:     []model.Container{{Name: "app", Ports: []model.ContainerPort{{Name: "http", ContainerPort: 8080}}}},
		},
	}
}

// The containers of web by index.
const (
	initContainer = iota
	sidecar
	app
)

func lifeOf(index int, restart int32, list ...Behaviour) *Life {
	pod := web()
	life := NewSet(1, list).For(pod, nil).Life(pod, index, restart)
	return &life
}

func runs(seconds float64) *RunTime { return &RunTime{Dist: sim.Constant(seconds)} }

func TestTheFirstBehaviourThatMatchesAndSetsAFieldDecidesIt(t *testing.T) {
	app1 := Match{Labels: map[string]string{"app": "web"}}
	pod := web()
	set := NewSet(1, []Behaviour{
		{Place: "1", Match: Match{Labels: map[string]string{"app": "db"}}, Run: runs(1), Startup: sim.Constant(1)},
		{Place: "2", Match: app1, Run: runs(2)},
		{Place: "3", Match: app1, Run: runs(3), Startup: sim.Constant(3)},
		{Place: "4", Match: Match{Container: "init"}, Run: runs(4), Exit: sim.Constant(4)},
	})
	lives := set.For(pod, nil)
	check := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	life, in, side := lives.Life(pod, app, 0), lives.Life(pod, initContainer, 0), lives.Life(pod, sidecar, 0)
	d, _ := life.Run()
	check("run, from the second", d, 2*time.Second)
	check("startup, which the second does not set", life.Startup(), 3*time.Second)
	_, said := life.Ready()
	check("ready, which nobody sets", said, false)
	check("exit, which nobody sets for it", life.Exit(), int32(0))
	d, _ = in.Run()
	check("run of an init container, from the one that names it", d, 4*time.Second)
	check("its exit code", in.Exit(), int32(4))
	check("its startup, from one that names no container", in.Startup(), 3*time.Second)
	_, ends := side.Run()
	check("a sidecar's run, of which only those speak that name it", ends, false)

	life = set.For(pod, []Behaviour{{Run: &RunTime{Forever: true}}}).Life(pod, app, 0)
	_, ends = life.Run()
	check("annotations come first", ends, false)
	check("what they leave out comes from the others", life.Startup(), 3*time.Second)
}

func TestOfAPodThatNobodySpeaksOfNothingIsKept(t *testing.T) {
	pod := web()
	set := NewSet(1, []Behaviour{{Match: Match{Namespace: "other"}, Run: runs(1)}})
	lives := set.For(pod, nil)
	if lives != nil {
		t.Errorf("got %+v", lives)
	}
	life := lives.Life(pod, app, 0)
	if _, ends := life.Run(); ends || life.Exit() != 0 || life.Reason(0) != "Completed" || life.Reason(1) != "Error" {
		t.Error("a regular container runs for ever unless said")
	}
	life = lives.Life(pod, initContainer, 0)
	if d, ends := life.Run(); d != 0 || !ends {
		t.Error("an init container ends at once unless said")
	}
	if d, code, stops := life.Stop(); d != 0 || code != 143 || !stops {
		t.Errorf("stops after %v with %d", d, code)
	}
	if n := testing.AllocsPerRun(100, func() { set.For(pod, nil) }); n != 0 {
		t.Errorf("resolving allocates %v times", n)
	}
}

func TestPodsOfATemplateShareTheirPlan(t *testing.T) {
	set := NewSet(1, []Behaviour{{Place: "a", Run: runs(1)}, {Place: "b", Match: Match{Pod: "web-9"}, Run: runs(9)}})
	one, other, special := web(), web(), web()
	other.Name, special.Name = "web-2", "web-9"
	plans := map[*plan]bool{}
	for _, pod := range []*model.Pod{one, other, special} {
		plans[set.For(pod, nil).plans[app]] = true
	}
	if len(plans) != 1 { // a comes first, for web-9 too
		t.Errorf("%d plans, want 1", len(plans))
	}
	if n := testing.AllocsPerRun(100, func() { set.For(one, nil) }); n > 2 {
		t.Errorf("resolving allocates %v times, want the lives and their list", n)
	}
}

func TestRestartsSayStartByStart(t *testing.T) {
	b := Behaviour{Place: "p", Exit: sim.Constant(7), Restarts: []Start{
		{Run: runs(5), Exit: sim.Constant(1)},
		{Run: runs(6), Reason: "OOMKilled", Exit: sim.Constant(137)},
		{Run: &RunTime{Forever: true}}}}
	for _, c := range []struct {
		restart int32
		run     time.Duration
		ends    bool
		exit    int32
		reason  string
	}{
		{0, 5 * time.Second, true, 1, "Error"},
		{1, 6 * time.Second, true, 137, "OOMKilled"},
		{2, 0, false, 7, "Error"},
		{9, 0, false, 7, "Error"}, // the last for all that follow; the exit it leaves out is the behaviour's
	} {
		l := lifeOf(app, c.restart, b)
		run, ends := l.Run()
		if exit := l.Exit(); run != c.run || ends != c.ends || exit != c.exit || l.Reason(exit) != c.reason {
			t.Errorf("restart %d: runs %v (%v), exit %d %s", c.restart, run, ends, exit, l.Reason(exit))
		}
	}
	if code := lifeOf(app, 0, Behaviour{Run: runs(1), Reason: "OOMKilled"}).Exit(); code != 137 {
		t.Errorf("OOMKilled without a code ends with %d", code)
	}
}

func TestDrawsAreOfTheStartAndNotOfTheAsking(t *testing.T) {
	d, err := sim.NewEmpirical([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := Behaviour{Place: "p", Run: &RunTime{Dist: d}}
	differ := 0
	for restart := range int32(20) {
		l := lifeOf(app, restart, b)
		l.Startup()
		one, _ := l.Run()
		again, _ := lifeOf(app, restart, b).Run()
		next, _ := lifeOf(app, restart+1, b).Run()
		if one != again {
			t.Errorf("restart %d runs %v, then %v", restart, one, again)
		}
		if one != next {
			differ++
		}
	}
	if differ < 10 { // 8 of 9 on average
		t.Errorf("only %d of 20 restarts differ from the next", differ)
	}
}

func TestHooksAndPulls(t *testing.T) {
	pod := web()
	pod.Spec.Containers[0].PostStart = &model.Handler{Kind: "exec", Command: []string{"warm"}}
	pod.Spec.Containers[0].PreStop = &model.Handler{Kind: "sleep", Seconds: 3}
	life := func(list ...Behaviour) Life { return NewSet(1, list).For(pod, nil).Life(pod, app, 0) }
	l := life(Behaviour{PostStart: &Hook{Takes: sim.Constant(5), Exit: 2, Output: "no"}})
	if a := l.PostStart(0); a.Takes != 5*time.Second || a.Exit != 2 || a.Output != "no" {
		t.Errorf("postStart: %+v", a)
	}
	if a := l.PreStop(0); a.Takes != 3*time.Second || a.Exit != 0 {
		t.Errorf("preStop that sleeps: %+v", a)
	}
	l = life(Behaviour{Answers: []Answers{{Kind: "exec", Word: "warm", Says: []Says{{Takes: sim.Constant(9)}, {Reply: &Reply{Exit: 1}}}}}})
	if a := l.PostStart(0); a.Takes != 9*time.Second || a.Exit != 1 {
		t.Errorf("a hook of which only answers speak: %+v", a)
	}
	l = life(Behaviour{Pull: []Pull{{Takes: sim.Constant(2), Error: "not found"}, {From: 25 * time.Second, Takes: sim.Constant(4)}, {Image: "other:1", Error: "no"}}})
	for _, c := range []struct {
		image  string
		since  time.Duration
		takes  time.Duration
		failed string
	}{{"app:1", 0, 2 * time.Second, "not found"}, {"app:1", 24 * time.Second, 2 * time.Second, "not found"}, {"app:1", 25 * time.Second, 4 * time.Second, ""}, {"other:1", 0, 0, "no"}} {
		if takes, said, failed := l.Pull(c.image, c.since); takes != c.takes || !said || failed != c.failed {
			t.Errorf("%s after %v: %v %v %q", c.image, c.since, takes, said, failed)
		}
	}
}
