package scheduler

import (
	"fmt"
	"testing"

	"towtank.dev/towtank/model"
)

// TestExplainOnlyKeepsDetailAndChangesNothing has every third pod explained: those have their detail, and all
// go where they go when nobody asks.
func TestExplainOnlyKeepsDetailAndChangesNothing(t *testing.T) {
	third := func(pod *model.Pod) bool { return len(pod.Name)%3 == 0 }
	place := func(o Options) (nodes []string, detailed int) {
		c, err := NewCore(o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 150 {
			c.SetNode(plainNode(i))
		}
		name := "p"
		for i := range 60 {
			name += "x"
			pod := &model.Pod{ObjectMeta: model.ObjectMeta{Namespace: "default", Name: name, UID: fmt.Sprint(i)},
				Spec: &model.PodSpec{SchedulerName: "default-scheduler", Containers: []model.Container{{Name: "c",
					Requests: model.ResourceList{{Name: model.ResourceCPU, Quantity: model.MilliQuantity(int64(100 + i%4*300))}}}}}}
			info := c.Pod(pod)
			cy := c.Schedule(0, info)
			if cy.Node == "" {
				t.Fatal(cy.Message)
			}
			if explained := cy.Detail != nil; explained != (o.ExplainOnly != nil && third(pod)) {
				t.Fatalf("%s: explained: %v", pod.Name, explained)
			}
			if cy.Detail != nil {
				detailed++
				if d := cy.Detail; len(d.Feasible) != cy.Feasible || len(d.Totals) != cy.Feasible || d.Nodes != 150 || d.UpstreamChoice != cy.Node {
					t.Fatalf("%s: %d feasible nodes, of %d in the detail %+v", pod.Name, cy.Feasible, len(d.Feasible), d)
				}
			}
			nodes = append(nodes, cy.Node)
			on := *pod
			on.NodeName = cy.Node
			c.Release(info)
			c.AddPod(c.Pod(&on))
		}
		return nodes, detailed
	}
	want, _ := place(Options{})
	got, detailed := place(Options{ExplainOnly: third})
	if detailed != 20 {
		t.Errorf("%d pods explained, want 20 of 60", detailed)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("pod %d: on %s when pods are explained, else on %s", i, got[i], want[i])
		}
	}
}
