package place

import (
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/scheduler"
)

const cluster = `
apiVersion: v1
kind: Node
metadata: {name: b}
status: {allocatable: {cpu: 2, memory: 4Gi, pods: 10}}
---
apiVersion: v1
kind: Node
metadata: {name: a}
status: {allocatable: {cpu: 2, memory: 4Gi, pods: 10}}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 100
preemptionPolicy: Never
---
apiVersion: v1
kind: Pod
metadata: {name: ended}
spec: {nodeName: a, containers: [{name: c, resources: {requests: {cpu: 2}}}]}
status: {phase: Succeeded}
---
apiVersion: v1
kind: Pod
metadata: {name: first}
spec: {containers: [{name: c, resources: {requests: {cpu: 2}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: urgent}
spec: {priorityClassName: high, containers: [{name: c, resources: {requests: {cpu: 2}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: late}
spec: {containers: [{name: c, resources: {requests: {cpu: 1}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: gated}
spec: {schedulingGates: [{name: x.io/wait}], containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: foreign}
spec: {schedulerName: other, containers: [{name: c}]}
`

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		name, order string
		want        []string // pod, result, node
	}{
		{"as given: the tie falls to the smaller name", OrderGiven, []string{
			"default/first scheduled a", "default/urgent scheduled b", "default/late unschedulable ", "default/gated gated ", "default/foreign skipped "}},
		{"by priority: the urgent pod comes first", OrderQueue, []string{
			"default/urgent scheduled a", "default/first scheduled b", "default/late unschedulable ", "default/gated gated ", "default/foreign skipped "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := manifest.NewReader(manifest.Options{Start: Origin})
			r.Read("cluster.yaml", strings.NewReader(cluster))
			if errs := r.Errors(manifest.Broken); len(errs) > 0 {
				t.Fatal(errs)
			}
			got, err := Place(Snapshot(r.Objects()), nil, Options{Order: c.order, TieBreak: scheduler.TieName, Running: Running})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Pods) != len(c.want) {
				t.Fatalf("%d pods, want %d", len(got.Pods), len(c.want))
			}
			for i, p := range got.Pods {
				if line := p.Pod + " " + p.Result + " " + p.Node; line != c.want[i] {
					t.Errorf("got %q, want %q (%s)", line, c.want[i], p.Message)
				}
			}
			if got.PercentageOfNodesToScore["default-scheduler"] != 100 {
				t.Error("all nodes are scored unless the configuration says otherwise")
			}
			if strings.Join(got.NodeOrder, " ") != "b a" {
				t.Errorf("nodes are searched in order %v, want b a", got.NodeOrder)
			}
		})
	}
}

func TestPlaceRefusesAnUnknownOrder(t *testing.T) {
	if _, err := Place(nil, nil, Options{Order: "random"}); err == nil || !strings.Contains(err.Error(), "want given or queue") {
		t.Errorf("got %v", err)
	}
}
