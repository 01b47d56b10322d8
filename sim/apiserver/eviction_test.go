package apiserver_test

import (
	"fmt"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// evictable is a cluster with running pods web-0, web-1, ... and a budget that allows so many disruptions.
func evictable(t *testing.T, pods int, status model.DisruptionBudgetStatus, policy string) *apiserver.Server {
	t.Helper()
	_, s := server(1)
	create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}})
	for i := range pods {
		p := podNamed(fmt.Sprintf("web-%d", i))
		p.Labels = map[string]string{"app": "web"}
		p.NodeName = "n"
		p.Status = model.PodStatus{Phase: model.PodRunning, Conditions: []model.PodCondition{{Type: model.PodReady, Status: "True"}}}
		if _, err := s.Load(p); err != nil {
			t.Fatal(err)
		}
	}
	budget(t, s, "web", status, policy)
	return s
}

func budget(t *testing.T, s *apiserver.Server, name string, status model.DisruptionBudgetStatus, policy string) {
	t.Helper()
	status.ObservedGeneration = 1
	b := &model.PodDisruptionBudget{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "shop", Generation: 1}, Status: status,
		UnhealthyPodEvictionPolicy: policy,
		Selector:                   &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{"web"}}}}}
	if _, err := s.Load(b); err != nil {
		t.Fatal(err)
	}
}

func unready(t *testing.T, s *apiserver.Server, name string, phase model.Phase) {
	t.Helper()
	p, _ := s.Pods.Get("shop", name)
	changed := apiserver.Copy(p).(*model.Pod)
	changed.Status = model.PodStatus{Phase: phase, Conditions: []model.PodCondition{{Type: model.PodReady, Status: "False"}}}
	if err := s.Update(changed); err != nil {
		t.Fatal(err)
	}
}

const violates = "Cannot evict pod as it would violate the pod's disruption budget."

func TestEvictionsAskTheBudget(t *testing.T) {
	s := evictable(t, 3, model.DisruptionBudgetStatus{DisruptionsAllowed: 1, CurrentHealthy: 3, DesiredHealthy: 2, ExpectedPods: 3}, "")
	if err := s.Evict("shop", "web-1", nil); err != nil {
		t.Fatal(err)
	}
	b, _ := s.PodDisruptionBudgets.Get("shop", "web")
	if b.Status.DisruptionsAllowed != 0 || len(b.Status.DisruptedPods) != 1 || b.Status.DisruptedPods[0] != "web-1" {
		t.Errorf("the budget says %+v", b.Status)
	}
	p, _ := s.Pods.Get("shop", "web-1")
	if c := p.Status.Condition(model.DisruptionTarget); !p.Deleting || c == nil || c.Reason != "EvictionByEvictionAPI" {
		t.Errorf("the pod: deleting %v, condition %+v", p.Deleting, c)
	}
	refused(t, s.Evict("shop", "web-0", nil), apiserver.TooManyRequests, violates)
	refused(t, s.Evict("shop", "web-9", nil), apiserver.NotFound, `pods "web-9" not found`)
	// One that is deleted already goes without being asked for.
	if err := s.Evict("shop", "web-1", nil); err != nil {
		t.Error(err)
	}
}

func TestPodsThatAreNoLossAreEvictedWithoutCounting(t *testing.T) {
	none := model.DisruptionBudgetStatus{CurrentHealthy: 2, DesiredHealthy: 2, ExpectedPods: 3}
	short := model.DisruptionBudgetStatus{CurrentHealthy: 1, DesiredHealthy: 2, ExpectedPods: 3}
	for _, test := range []struct {
		name   string
		status model.DisruptionBudgetStatus
		policy string
		phase  model.Phase
		goes   bool
	}{
		{"one that has not started", none, "", model.PodPending, true},
		{"one that has failed", none, "", model.PodFailed, true},
		{"one that is not ready while enough others are", none, "", model.PodRunning, true},
		{"not one that is not ready while too few others are", short, "", model.PodRunning, false},
		{"but then, too, where the budget says so", short, "AlwaysAllow", model.PodRunning, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := evictable(t, 3, test.status, test.policy)
			unready(t, s, "web-2", test.phase)
			err := s.Evict("shop", "web-2", nil)
			if !test.goes {
				refused(t, err, apiserver.TooManyRequests, violates)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := s.PodDisruptionBudgets.Get("shop", "web"); len(b.Status.DisruptedPods) != 0 {
				t.Errorf("it was counted: %+v", b.Status)
			}
		})
	}
}

func TestTwoEvictionsAtOnceConflict(t *testing.T) {
	s := evictable(t, 3, model.DisruptionBudgetStatus{DisruptionsAllowed: 1, CurrentHealthy: 3, DesiredHealthy: 2, ExpectedPods: 3}, "")
	first, err := s.ReviewEviction("shop", "web-0", nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.ReviewEviction("shop", "web-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Grant(); err != nil {
		t.Fatal(err)
	}
	if err := second.Grant(); !apiserver.Is(err, apiserver.Conflict) {
		t.Errorf("the second got %v, want a conflict", err)
	}
	_, err = s.ReviewEviction("shop", "web-1", nil)
	refused(t, err, apiserver.TooManyRequests, violates)
}

func TestAPodWithTwoBudgetsCannotBeEvicted(t *testing.T) {
	s := evictable(t, 1, model.DisruptionBudgetStatus{DisruptionsAllowed: 1}, "")
	budget(t, s, "other", model.DisruptionBudgetStatus{DisruptionsAllowed: 1}, "")
	refused(t, s.Evict("shop", "web-0", nil), apiserver.InternalError,
		"This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
}
