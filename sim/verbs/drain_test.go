package verbs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/verbs"
)

// drained is a cluster under a drain: pods of Deployment "web" that take 2 s to stop, and a budget that is
// counted anew every 100 ms.
type drained struct {
	t       *testing.T
	engine  *sim.Engine
	api     *apiserver.Server
	errs    []string
	notes   []string
	slow    float64
	next    sim.Time
	process verbs.Process
	// asked is when each pod was asked to go, left when it was gone.
	asked, left map[string]time.Duration
	minimum     int32
	ended       sim.Time
}

func newDrained(t *testing.T, seed uint64, minimum int32, pods ...*model.Pod) *drained {
	d := &drained{t: t, engine: sim.NewEngine(seed), next: sim.Never, asked: map[string]time.Duration{}, left: map[string]time.Duration{}, minimum: minimum}
	d.api = apiserver.New(d.engine)
	d.api.Observe(func(c apiserver.Change) {
		if p, ok := c.Object().(*model.Pod); ok {
			if _, seen := d.asked[p.Name]; p.Deleting && !seen {
				d.asked[p.Name] = time.Duration(d.engine.Now())
			}
			if c.Type == apiserver.Deleted {
				d.left[p.Name] = time.Duration(d.engine.Now())
			}
		}
	})
	d.load(&model.Node{ObjectMeta: model.ObjectMeta{Name: "n-0"}})
	d.load(&model.DaemonSet{ObjectMeta: model.ObjectMeta{Name: "agent", Namespace: "default"}})
	d.load(&model.PodDisruptionBudget{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "default", Generation: 1},
		Selector: &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{"web"}}}}})
	for _, p := range pods {
		d.load(p)
	}
	d.count()
	return d
}

func (d *drained) load(o model.Object) {
	d.t.Helper()
	if _, err := d.api.Load(o); err != nil {
		d.t.Fatal(err)
	}
}

// running is a ready pod of an owner on node n-0.
func running(name, ownerKind, owner string) *model.Pod {
	p := &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"app": owner}}, NodeName: "n-0",
		Spec:   &model.PodSpec{TerminationGracePeriodSeconds: 30, Containers: []model.Container{{Name: "c"}}},
		Status: model.PodStatus{Phase: model.PodRunning, Conditions: []model.PodCondition{{Type: model.PodReady, Status: "True"}}}}
	if ownerKind != "" {
		p.Owners = []model.OwnerReference{{Kind: ownerKind, Name: owner, Controller: true}}
	}
	return p
}

// count is the disruption controller: replaced pods are ready elsewhere once one is gone, and one that was let go
// counts no more, though it be not deleted yet.
func (d *drained) count() {
	b, _ := d.api.PodDisruptionBudgets.Get("default", "web")
	healthy := int32(len(d.left))
	for p := range d.api.Pods.All() {
		if b.Selector.Matches(p.Labels) && !p.Deleting && !slices.Contains(b.Status.DisruptedPods, p.Name) {
			healthy++
		}
	}
	changed := apiserver.Copy(b).(*model.PodDisruptionBudget)
	changed.Status = model.DisruptionBudgetStatus{ObservedGeneration: 1, CurrentHealthy: healthy, DesiredHealthy: d.minimum,
		DisruptionsAllowed: max(0, healthy-d.minimum), ExpectedPods: healthy}
	if changed.Status.DisruptionsAllowed != b.Status.DisruptionsAllowed || b.Status.ObservedGeneration == 0 {
		if err := d.api.Update(changed); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *drained) env() *verbs.Env {
	return &verbs.Env{Now: d.engine.Now(), Seed: d.engine.Seed(), API: d.api, Place: "test",
		Slow:  d.slow,
		Note:  func(text string) { d.notes = append(d.notes, text) },
		Start: func(p verbs.Process) { d.process, d.next = p, d.engine.Now() }}
}

func (d *drained) run(v *verbs.Drain, until time.Duration) {
	d.t.Helper()
	if err := v.Do(d.env()); err != nil {
		d.t.Fatal(err)
	}
	counted := sim.Time(0)
	for d.engine.Now() < sim.At(until) && d.next != sim.Never {
		at := min(d.next, counted.Add(100*time.Millisecond))
		d.engine.RunUntil(at)
		if at == d.next {
			var err error
			if d.next, err = d.process.Step(d.env()); err != nil {
				d.errs = append(d.errs, err.Error())
			}
			continue
		}
		counted = at
		for name, asked := range d.asked {
			if _, gone := d.left[name]; !gone && time.Duration(at) >= asked+2*time.Second {
				none := int64(0)
				if err := d.api.Delete(model.KindPod, "default", name, apiserver.DeleteOptions{GraceSeconds: &none}); err != nil {
					d.t.Fatal(err)
				}
			}
		}
		d.count()
	}
	d.ended = d.engine.Now()
}

func TestADrainAsksTheBudgetAndTriesAgain(t *testing.T) {
	conflicts := 0
	for seed := range uint64(50) {
		d := newDrained(t, seed, 2, running("web-0", "ReplicaSet", "web"), running("web-1", "ReplicaSet", "web"),
			running("web-2", "ReplicaSet", "web"), running("agent-0", "DaemonSet", "agent"))
		d.run(&verbs.Drain{Target: node("n-0"), IgnoreDaemonSets: true}, time.Minute)
		var asked []time.Duration
		for _, at := range d.asked {
			asked = append(asked, at)
		}
		slices.Sort(asked)
		if len(asked) != 3 || len(d.errs) > 0 {
			t.Fatalf("seed %d: %d pods were asked to go, errors %v", seed, len(asked), d.errs)
		}
		// One may go at once: a few requests of 3 to 10 ms. The others are refused; one that met the first one's
		// write only after 500 to 550 ms. Both try again 5 s later, when one is let go, and once more.
		if asked[0] > 60*time.Millisecond {
			t.Errorf("seed %d: the first was asked at %v", seed, asked[0])
		}
		for i := 1; i < 3; i++ {
			gap := asked[i] - asked[i-1]
			if gap < 4900*time.Millisecond || gap > 6200*time.Millisecond {
				t.Errorf("seed %d: asked at %v", seed, asked)
			}
			if gap > 5300*time.Millisecond {
				conflicts++
			}
		}
		if n, _ := d.api.Nodes.Get("", "n-0"); !n.Unschedulable {
			t.Errorf("seed %d: the node is not cordoned", seed)
		}
		if _, there := d.api.Pods.Get("default", "agent-0"); !there {
			t.Errorf("seed %d: the DaemonSet's pod went", seed)
		}
	}
	if conflicts == 0 {
		t.Error("no two evictions ever met")
	}
}

func TestADrainLeavesWhatItMustNotTake(t *testing.T) {
	local := running("local", "ReplicaSet", "other")
	local.Spec.Volumes = []model.Volume{{Name: "data", Kind: "emptyDir"}}
	for _, test := range []struct {
		name  string
		pod   *model.Pod
		drain verbs.Drain
		want  string // of the error; "" when the pod goes
	}{
		{"a pod of a DaemonSet", running("a", "DaemonSet", "agent"), verbs.Drain{}, "DaemonSet-managed"},
		{"a pod that nothing replaces", running("a", "", "x"), verbs.Drain{}, "declare no controller"},
		{"such a pod by force", running("a", "", "x"), verbs.Drain{Force: true}, ""},
		{"a pod with data of its own", local, verbs.Drain{}, "local storage"},
		{"such a pod when that is said", local, verbs.Drain{DeleteEmptyDirData: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDrained(t, 1, 0, test.pod)
			drain := test.drain
			drain.Target = node("n-0")
			d.run(&drain, time.Minute)
			_, asked := d.asked[test.pod.Name]
			if asked != (test.want == "") {
				t.Errorf("asked to go: %v, errors %v", asked, d.errs)
			}
			if test.want != "" && (len(d.errs) != 1 || !strings.Contains(d.errs[0], test.want) || !strings.Contains(d.errs[0], `unable to drain node "n-0"`)) {
				t.Errorf("errors %v, want one with %q", d.errs, test.want)
			}
		})
	}
}

func TestWhatFailsForOnePodLeavesTheOthersOfADrainAlone(t *testing.T) {
	torn := running("torn-0", "ReplicaSet", "torn")
	d := newDrained(t, 1, 0, torn, running("web-0", "ReplicaSet", "web"), running("web-1", "ReplicaSet", "web"))
	for _, name := range []string{"one", "two"} {
		d.load(&model.PodDisruptionBudget{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default"},
			Selector: &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{"torn"}}}}})
	}
	d.run(&verbs.Drain{Target: node("n-0")}, time.Minute)
	want := `error when evicting pods/"torn-0" -n "default": This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.`
	if len(d.errs) != 1 || d.errs[0] != want {
		t.Errorf("errors %v, want %s", d.errs, want)
	}
	if _, asked := d.asked["torn-0"]; asked || len(d.left) != 2 {
		t.Errorf("asked to go: %v, gone: %v", d.asked, d.left)
	}
}

func TestADrainGivesUpWhenItsTimeIsOver(t *testing.T) {
	d := newDrained(t, 1, 5, running("web-0", "ReplicaSet", "web")) // the budget can never be met
	d.run(&verbs.Drain{Target: node("n-0"), Timeout: 12 * time.Second}, time.Minute)
	want := `error when draining node "n-0": drain did not complete within 12s`
	// The third refusal comes after some 10 s; kubectl looks at the clock when it has slept for 5 s more.
	if len(d.errs) != 1 || d.errs[0] != want || d.ended < sim.At(15*time.Second) || d.ended > sim.At(15500*time.Millisecond) {
		t.Errorf("errors %v at %v", d.errs, d.ended)
	}
	if len(d.asked) > 0 {
		t.Error(fmt.Sprint("asked: ", d.asked))
	}
	// Refused at once, and after a little over 5 s and 10 s.
	want = "drain of n-0: PodDisruptionBudget default/web refused an eviction, will retry after 5s: " +
		"Cannot evict pod as it would violate the pod's disruption budget."
	if len(d.notes) != 3 || d.notes[0] != want || d.notes[2] != want {
		t.Errorf("noted %q", d.notes)
	}
}

func TestADrainNamesAllPodsThatHinderItOnce(t *testing.T) {
	d := newDrained(t, 1, 0, running("agent-0", "DaemonSet", "agent"), running("agent-1", "DaemonSet", "agent"), running("bare", "", "x"),
		running("web-0", "ReplicaSet", "web"))
	d.run(&verbs.Drain{Target: node("n-0")}, time.Minute)
	want := `unable to drain node "n-0" due to error: [cannot delete DaemonSet-managed Pods (use ignoreDaemonSets to ignore): ` +
		`default/agent-0, default/agent-1, cannot delete Pods that declare no controller (use force to override): default/bare]`
	if len(d.errs) != 1 || d.errs[0] != want || len(d.asked) > 0 {
		t.Errorf("errors %q, asked %v", d.errs, d.asked)
	}
	if n, _ := d.api.Nodes.Get("", "n-0"); !n.Unschedulable {
		t.Error("the node is not cordoned")
	}
}

// To cordon and to list take 3 ms to 10 ms each, and the eviction at least as long: a hundred times that is 0.9 s and more.
func TestADrainIsAsSlowAsTheAPIServer(t *testing.T) {
	d := newDrained(t, 1, 0, running("web-0", "ReplicaSet", "web"))
	d.slow = 100
	d.run(&verbs.Drain{Target: node("n-0")}, time.Minute)
	if asked := d.asked["web-0"]; asked < 900*time.Millisecond || asked > 6*time.Second || len(d.errs) > 0 {
		t.Errorf("asked to go at %v, errors %v", asked, d.errs)
	}
}
