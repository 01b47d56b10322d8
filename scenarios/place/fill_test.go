package place

import (
	"maps"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
)

// read makes objects of manifests.
func read(t *testing.T, text string) []manifest.Object {
	t.Helper()
	r := manifest.NewReader(manifest.Options{Start: Origin, Twice: true})
	r.Read("test.yaml", strings.NewReader(text))
	if errs := r.Errors(manifest.Broken); len(errs) > 0 {
		t.Fatal(errs)
	}
	return r.Objects()
}

func pod(t *testing.T, spec string) *model.Pod {
	t.Helper()
	return read(t, "apiVersion: v1\nkind: Pod\nmetadata: {name: template}\nspec: "+spec)[0].Object.(*model.Pod)
}

const twoNodes = `
apiVersion: v1
kind: Node
metadata: {name: a}
status: {allocatable: {cpu: 2, memory: 4Gi, pods: 3}}
---
apiVersion: v1
kind: Node
metadata: {name: b}
status: {allocatable: {cpu: 8, memory: 4Gi, pods: 3}}
---
apiVersion: v1
kind: Pod
metadata: {name: low}
spec: {nodeName: b, priority: -5, containers: [{name: c, resources: {requests: {cpu: 1}}}]}
`

func TestFill(t *testing.T) {
	for _, c := range []struct {
		name, spec, extra string
		count             int
		placed            int
		on                map[string]int
		result, message   string
	}{
		// a: 2 of 2 cores in two pods; b: 3 pods, of which one is there already.
		{"as many as fit", "{containers: [{name: c, resources: {requests: {cpu: 1}}}]}", "", 0,
			4, map[string]int{"a": 2, "b": 2}, "unschedulable", "0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods."},
		{"so many and no more", "{containers: [{name: c, resources: {requests: {cpu: 1}}}]}", "", 2,
			2, map[string]int{"b": 2}, "", ""},
		// The fit would take low's place on b, which is not counted.
		{"pods that would evict others do not count", "{priority: 9, containers: [{name: c, resources: {requests: {cpu: 8}}}]}", "", 0,
			0, map[string]int{}, "unschedulable", "preemption: found a potential placement for pod on node b"},
		{"the snapshot's own pending pod comes first", "{containers: [{name: c, resources: {requests: {cpu: 1}}}]}",
			"---\napiVersion: v1\nkind: Pod\nmetadata: {name: first}\nspec: {containers: [{name: c, resources: {requests: {cpu: 2}}}]}\n", 0,
			3, nil, "unschedulable", "Too many pods"},
		{"a gated template", "{schedulingGates: [{name: x.io/wait}], containers: [{name: c}]}", "", 5,
			0, map[string]int{}, Gated, "waiting for scheduling gates: [x.io/wait]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Fill(Snapshot(read(t, twoNodes+c.extra)), pod(t, c.spec), c.count, nil, Options{Running: Running})
			if err != nil {
				t.Fatal(err)
			}
			if got.Placed != c.placed || c.on != nil && !maps.Equal(got.On, c.on) || got.Endless {
				t.Errorf("%d placed on %v, want %d on %v", got.Placed, got.On, c.placed, c.on)
			}
			var next Pod
			if got.Next != nil {
				next = *got.Next
			}
			if next.Result != c.result || !strings.Contains(next.Message, c.message) {
				t.Errorf("next: %q %q, want %q %q", next.Result, next.Message, c.result, c.message)
			}
			if (got.Stop != nil) != (c.result == "unschedulable") || got.Stop != nil && got.Stop.Detail == nil {
				t.Errorf("stop: %+v", got.Stop)
			}
		})
	}
}

func TestFillRefusesATemplateThatIsOnANode(t *testing.T) {
	if _, err := Fill(nil, pod(t, "{nodeName: a, containers: [{name: c}]}"), 1, nil, Options{}); err == nil {
		t.Error("it was taken")
	}
}

func TestPlaceKeepsAttemptsOnlyWhereAsked(t *testing.T) {
	objects := Snapshot(read(t, cluster))
	all, err := Place(objects, nil, Options{Running: Running})
	if err != nil {
		t.Fatal(err)
	}
	some, err := Place(objects, nil, Options{Running: Running, Explain: func(p *model.Pod) bool { return p.Name == "urgent" }})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range some.Pods {
		if p.Node != all.Pods[i].Node || p.Message != all.Pods[i].Message {
			t.Errorf("%+v, and with every attempt kept %+v", p, all.Pods[i])
		}
		if kept := len(p.Attempts) > 0; kept != (p.Pod == "default/urgent") {
			t.Errorf("%s: %d attempts", p.Pod, len(p.Attempts))
		}
	}
}

func TestContradictions(t *testing.T) {
	for _, c := range []struct{ name, add, want string }{
		{"nothing is wrong", "", ""},
		{"a node that is not here", "apiVersion: v1\nkind: Pod\nmetadata: {name: lost}\nspec: {nodeName: gone, containers: [{name: c}]}",
			`test.yaml:17:1: spec.nodeName: Pod default/lost is on node "gone", which is not here: it takes nothing from any node`},
		{"a pod that has ended is nowhere", "apiVersion: v1\nkind: Pod\nmetadata: {name: lost}\nspec: {nodeName: gone, containers: [{name: c}]}\nstatus: {phase: Failed}", ""},
		// 1 core and 8 of 8; 4Gi and 1 byte more.
		{"more than there is", "apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec: {nodeName: b, containers: [{name: c, resources: {requests: {cpu: 8, memory: 4294967297}}}]}",
			"test.yaml:7:1: status.allocatable: the pods on Node b request more than it has: cpu, memory"},
		{"all that there is", "apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec: {nodeName: b, containers: [{name: c, resources: {requests: {cpu: 7, memory: 4Gi}}}]}", ""},
		{"a volume that is not here", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {volumeName: gone, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}",
			`test.yaml:17:1: spec.volumeName: PersistentVolumeClaim default/data is bound to PersistentVolume "gone", which is not here`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(Contradictions(read(t, twoNodes+"---\n"+c.add)), "\n")
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
