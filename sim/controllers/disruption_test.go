package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// budgeted is a cluster with a Deployment's ReplicaSet "web" of so many replicas, of whose pods some are
// ready, and a budget over them.
func budgeted(t *testing.T, replicas int32, pods, readyPods int, b *model.PodDisruptionBudget) *cluster {
	c := &cluster{t: t, engine: sim.NewEngine(1)}
	c.Server = apiserver.New(c.engine)
	t.Cleanup(Start(c.engine, c.Server, Options{Disabled: []string{"replicaset", "deployment"}}).Close)
	load := func(o model.Object) {
		t.Helper()
		if _, err := c.Load(o); err != nil {
			t.Fatal(err)
		}
	}
	owner := func(api, kind, name string) []model.OwnerReference {
		return []model.OwnerReference{{APIVersion: api, Kind: kind, Name: name, UID: "uid-" + kind, Controller: true}}
	}
	load(&model.Deployment{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "default", UID: "uid-Deployment"}, Replicas: replicas})
	// While a rollout is under way the ReplicaSet may want more or less; the Deployment's number counts.
	load(&model.ReplicaSet{ObjectMeta: model.ObjectMeta{Name: "web-1", Namespace: "default", UID: "uid-ReplicaSet",
		Owners: owner("apps/v1", "Deployment", "web")}, Replicas: replicas + 3})
	for i := range pods {
		status := model.ConditionFalse
		if i < readyPods {
			status = model.ConditionTrue
		}
		load(&model.Pod{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("web-1-%d", i), Namespace: "default",
			Labels: map[string]string{"app": "web"}, Owners: owner("apps/v1", "ReplicaSet", "web-1")}, NodeName: "n",
			Spec:   &model.PodSpec{TerminationGracePeriodSeconds: 30, Containers: []model.Container{{Name: "c"}}},
			Status: model.PodStatus{Phase: model.PodRunning, Conditions: []model.PodCondition{{Type: model.PodReady, Status: status}}}})
	}
	b.ObjectMeta = model.ObjectMeta{Name: "web", Namespace: "default", Generation: 1}
	b.Selector = &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{"web"}}}}
	load(b)
	return c
}

func (c *cluster) budget() model.DisruptionBudgetStatus {
	c.engine.RunUntil(c.engine.Now().Add(time.Second))
	b, _ := c.PodDisruptionBudgets.Get("default", "web")
	return b.Status
}

func TestBudgetsCountWhatMayBeDisrupted(t *testing.T) {
	number := func(n int32) *model.IntOrPercent { return &model.IntOrPercent{Value: n} }
	percent := func(n int32) *model.IntOrPercent { return &model.IntOrPercent{Value: n, Percent: true} }
	for _, test := range []struct {
		name                       string
		replicas                   int32
		pods, ready                int
		budget                     model.PodDisruptionBudget
		expected, desired, allowed int32
	}{
		{"a minimum is of the pods there are", 8, 9, 8, model.PodDisruptionBudget{MinAvailable: number(7)}, 9, 7, 1},
		// 50 % of 7 replicas is 3.5, rounded up 4; 6 − 4 = 2
		{"a minimal share is of the Deployment's replicas, rounded up", 7, 6, 6, model.PodDisruptionBudget{MinAvailable: percent(50)}, 7, 4, 2},
		// 30 % of 7 is 2.1, rounded up 3: 7 − 3 = 4 must be healthy; 7 − 4 = 3
		{"a maximal share is rounded up too", 7, 7, 7, model.PodDisruptionBudget{MaxUnavailable: percent(30)}, 7, 4, 3},
		// 7 − 1 = 6 must be healthy and 5 are
		{"pods that are not ready use the budget up", 7, 7, 5, model.PodDisruptionBudget{MaxUnavailable: number(1)}, 7, 6, 0},
		{"a maximum above the replicas wants none healthy", 3, 3, 3, model.PodDisruptionBudget{MaxUnavailable: number(9)}, 3, 0, 3},
		{"a budget that can never be met allows nothing", 3, 3, 3, model.PodDisruptionBudget{MinAvailable: number(5)}, 3, 5, 0},
		{"without pods nothing is allowed", 0, 0, 0, model.PodDisruptionBudget{MaxUnavailable: number(1)}, 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := budgeted(t, test.replicas, test.pods, test.ready, &test.budget).budget()
			if got.ExpectedPods != test.expected || got.DesiredHealthy != test.desired ||
				got.DisruptionsAllowed != test.allowed || got.CurrentHealthy != int32(test.ready) || got.ObservedGeneration != 1 {
				t.Errorf("got %+v, want expected %d desired %d allowed %d", got, test.expected, test.desired, test.allowed)
			}
			want := "InsufficientPods"
			if test.allowed > 0 {
				want = "SufficientPods"
			}
			if c := model.FindCondition(got.Conditions, disruptionAllowed); c == nil || c.Reason != want {
				t.Errorf("condition %+v, want %s", c, want)
			}
		})
	}
}

func TestAPodThatWasLetGoCountsAsGoneForTwoMinutes(t *testing.T) {
	c := budgeted(t, 3, 3, 3, &model.PodDisruptionBudget{MinAvailable: &model.IntOrPercent{Value: 2}})
	if got := c.budget(); got.DisruptionsAllowed != 1 {
		t.Fatalf("at first %+v", got)
	}
	b, _ := c.PodDisruptionBudgets.Get("default", "web")
	evicting := apiserver.Copy(b).(*model.PodDisruptionBudget)
	evicting.Status.DisruptionsAllowed = 0
	evicting.Status.DisruptedPods, evicting.Status.DisruptedAt = []string{"web-1-0"}, []sim.Time{c.engine.Now()}
	if err := c.Update(evicting); err != nil {
		t.Fatal(err)
	}
	if got := c.budget(); got.DisruptionsAllowed != 0 || got.CurrentHealthy != 2 {
		t.Errorf("while its eviction is expected: %+v", got)
	}
	told := ""
	c.Events.Observe(func(_ apiserver.ChangeType, e *model.Event) { told += e.Reason + " " })
	c.engine.RunUntil(sim.At(3 * time.Minute))
	if got := c.budget(); got.DisruptionsAllowed != 1 || got.CurrentHealthy != 3 || len(got.DisruptedPods) != 0 {
		t.Errorf("after two minutes: %+v", got)
	}
	if !strings.Contains(told, "NotDeleted") {
		t.Errorf("events: %s", told)
	}
}

func TestABudgetThatCannotBeCountedIsWrittenOnce(t *testing.T) {
	c := budgeted(t, 3, 3, 3, &model.PodDisruptionBudget{MaxUnavailable: &model.IntOrPercent{Value: 1}})
	if _, err := c.Load(&model.Pod{ObjectMeta: model.ObjectMeta{Name: "agent", Namespace: "default", Labels: map[string]string{"app": "web"},
		Owners: []model.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: "agent", UID: "uid-agent", Controller: true}}},
		NodeName: "n", Spec: &model.PodSpec{Containers: []model.Container{{Name: "c"}}}}); err != nil {
		t.Fatal(err)
	}
	writes := 0
	c.Observe(func(change apiserver.Change) {
		if _, ok := change.New.(*model.PodDisruptionBudget); ok && change.Type == apiserver.Modified {
			writes++
		}
	})
	c.engine.RunUntil(sim.At(10 * time.Minute))
	b, _ := c.PodDisruptionBudgets.Get("default", "web")
	allowed := model.FindCondition(b.Status.Conditions, disruptionAllowed)
	// Once when the budget is seen first, and once at most for a pod that comes later.
	if writes < 1 || writes > 2 || allowed == nil || allowed.Reason != syncFailed {
		t.Errorf("%d writes, %+v", writes, b.Status)
	}
}
