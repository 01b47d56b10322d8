package manifest

import (
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
)

// patch makes a patch of text that nothing is wrong with.
func patch(t *testing.T, of model.Kind, as PatchType, text string) *Patch {
	t.Helper()
	var problems decode.Problems
	p := ReadPatch("p.yaml", node(t, text), "patch", of, as, start, &problems)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

const patchedPod = `
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop, labels: {app: web, tier: front}}
spec:
  schedulingGates: [{name: wait}, {name: more}]
  tolerations: [{key: a, operator: Exists}]
  nodeSelector: {disk: ssd}
  containers: [{name: c, image: "app:1", resources: {requests: {cpu: 1}}}]
status: {phase: Pending}
`

const patchedNode = `
apiVersion: v1
kind: Node
metadata: {name: node-1, labels: {disk: ssd}}
spec: {taints: [{key: a, effect: NoSchedule}, {key: b, effect: NoExecute}]}
status:
  capacity: {cpu: 4, memory: 16Gi, pods: 110}
  conditions: [{type: Ready, status: "True"}]
`

func TestPatchesChangeNodes(t *testing.T) {
	for _, c := range []struct {
		name  string
		as    PatchType
		patch string
		check func(n *model.Node) bool
	}{
		{"labels are set and removed by a merge", MergePatch, `metadata: {labels: {disk: null, zone: a}}`,
			func(n *model.Node) bool { return len(n.Labels) == 1 && n.Labels["zone"] == "a" }},
		{"a merge replaces lists", MergePatch, `spec: {taints: [{key: c, effect: NoSchedule}]}`,
			func(n *model.Node) bool { return len(n.Taints) == 1 && n.Taints[0].Key == "c" }},
		{"a strategic patch merges conditions by type", StrategicPatch, `status: {conditions: [{type: DiskPressure, status: "False"}]}`,
			func(n *model.Node) bool { return len(n.Status.Conditions) == 2 }},
		{"a strategic patch reaches the status", StrategicPatch, `status: {allocatable: {cpu: 3}}`,
			func(n *model.Node) bool {
				q, _ := n.Status.Allocatable.Get("cpu")
				m, _ := n.Status.Allocatable.Get("memory")
				return q == model.WholeQuantity(3) && m == model.WholeQuantity(16<<30)
			}},
		{"a directive replaces a list", StrategicPatch, `{spec: {taints: null}, metadata: {labels: {$patch: replace, only: this}}}`,
			func(n *model.Node) bool {
				return len(n.Taints) == 0 && len(n.Labels) == 1 && n.Labels["only"] == "this"
			}},
		{"operations of a JSON patch", JSONPatch, `[{op: remove, path: /spec/taints/0}, {op: add, path: /spec/unschedulable, value: true}]`,
			func(n *model.Node) bool { return len(n.Taints) == 1 && n.Taints[0].Key == "b" && n.Unschedulable }},
	} {
		t.Run(c.name, func(t *testing.T) {
			old := one[*model.Node](t, patchedNode)
			old.ResourceVersion, old.UID = 7, "u"
			old.Created = sim.At(1500 * time.Millisecond)
			changed, err := patch(t, model.KindNode, c.as, c.patch).Merge(old)
			if err != nil {
				t.Fatal(err)
			}
			n := changed.(*model.Node)
			if !c.check(n) {
				t.Errorf("%+v", n)
			}
			if n.Created != old.Created || n.ResourceVersion != 7 || n.UID != "u" {
				t.Errorf("identity changed: %+v", n.ObjectMeta)
			}
			if len(old.Labels) != 1 || len(old.Taints) != 2 || old.Unschedulable {
				t.Errorf("the old node was written to: %+v", old)
			}
		})
	}
}

func TestPatchesOfPodsChangeWhatMayChange(t *testing.T) {
	for _, c := range []struct{ name, patch, refusal string }{
		{"labels", `metadata: {labels: {app: db}}`, ""},
		{"an image", `spec: {containers: [{name: c, image: "app:2"}]}`, ""},
		{"a gate is lifted", `spec: {schedulingGates: [{$patch: delete, name: wait}]}`, ""},
		{"a toleration is added", `spec: {tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists}]}`, ""},
		{"a gated pod's node selector is narrowed", `spec: {nodeSelector: {zone: a}}`, ""},
		{"the status", `status: {phase: Running}`, ""},
		{"requests", `spec: {containers: [{name: c, resources: {requests: {cpu: 2}}}]}`, "spec: Forbidden: pod updates may not change fields other than"},
		{"another container", `spec: {containers: [{name: d, image: x}]}`, "spec.containers: Forbidden: pod updates may not add or remove containers"},
		{"a gate is added", `spec: {schedulingGates: [{name: new}]}`, "only deletion is allowed, but found new scheduling gate 'new'"},
		{"a toleration is removed", `spec: {tolerations: null}`, "existing toleration can not be modified except its tolerationSeconds"},
		{"a gated pod's node selector is widened", `spec: {nodeSelector: {disk: null}}`, "only additions to spec.nodeSelector are allowed"},
		{"the name", `metadata: {name: q}`, "field is immutable"},
		{"an invalid label", `metadata: {labels: {app: "?"}}`, "a valid label must be"},
	} {
		t.Run(c.name, func(t *testing.T) {
			old := one[*model.Pod](t, patchedPod)
			changed, err := patch(t, model.KindPod, StrategicPatch, c.patch).Merge(old)
			if c.refusal != "" {
				if err == nil || !strings.Contains(err.Error(), c.refusal) || !strings.HasPrefix(err.Error(), `Pod "p" is invalid: `) {
					t.Fatalf("%v, want %q", err, c.refusal)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			pod := changed.(*model.Pod)
			if inSpec := strings.HasPrefix(c.patch, "spec"); inSpec == (pod.Spec == old.Spec) {
				t.Errorf("the spec is shared: %v", !inSpec)
			}
		})
	}
}

// A patch that says nothing of a pod's spec leaves it shared, and its instants as fine as they were.
func TestPatchesKeepWhatTheyDoNotTouch(t *testing.T) {
	old := one[*model.Pod](t, patchedPod)
	old.NodeName = "node-1"
	spec := *old.Spec
	spec.SchedulingGates, spec.Source = nil, nil // as a trace makes it: without a manifest
	old.Spec = &spec
	old.Status.Conditions = []model.PodCondition{{Type: "Ready", Status: "True", LastTransition: sim.At(12345 * time.Microsecond)}}
	changed, err := patch(t, model.KindPod, MergePatch, `metadata: {annotations: {a: b}}`).Merge(old)
	if err != nil {
		t.Fatal(err)
	}
	pod := changed.(*model.Pod)
	if pod.Spec != old.Spec || pod.Status.Conditions[0].LastTransition != sim.At(12345*time.Microsecond) || pod.NodeName != "node-1" || pod.Annotations["a"] != "b" {
		t.Errorf("%+v", pod)
	}
}

func TestPatchesAreCheckedWhenRead(t *testing.T) {
	for _, c := range []struct {
		of    model.Kind
		as    PatchType
		patch string
		want  string
	}{
		{model.KindNode, StrategicPatch, "spec: {unschedulabel: true}", "p.yaml:1:8: patch.spec.unschedulabel: unknown field, did you mean unschedulable?"},
		{model.KindNode, MergePatch, "status: {allocatable: {cpu: lots}}", `p.yaml:1:29: patch.status.allocatable.cpu: "lots" is not a quantity, want e.g. 500m or 2`},
		{model.KindNode, JSONPatch, "{}", "p.yaml:1:1: patch: a map, want a list of operations"},
		{model.KindNode, "json-merge", "{}", `p.yaml:1:1: patch: "json-merge" is not a type of patch, want strategic, merge or json`},
		{"Ingress", MergePatch, "{}", "p.yaml:1:1: patch: objects of kind Ingress are not modelled, want one of"},
	} {
		var problems decode.Problems
		p := ReadPatch("p.yaml", node(t, c.patch), "patch", c.of, c.as, start, &problems)
		if err := problems.Err(); p != nil || err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.patch, err, c.want)
		}
	}
}

// kubectl apply takes away what was applied before and is no longer there, and leaves what others have set.
func TestApplyMergesThreeWays(t *testing.T) {
	apply := func(text string) *Object {
		r := NewReader(Options{Start: start, Apply: true})
		r.Read("a.yaml", strings.NewReader(text))
		if len(r.Findings()) > 0 {
			t.Fatal(r.Findings())
		}
		return &r.Objects()[0]
	}
	first := apply("apiVersion: v1\nkind: Node\nmetadata: {name: node-1, labels: {a: \"1\", b: \"1\"}}\nstatus: {capacity: {cpu: 4}}\n")
	running := *first.Object.(*model.Node)
	running.Labels = map[string]string{"a": "1", "b": "1", "mine": "x"}
	running.Taints = []model.Taint{{Key: "t", Effect: model.NoSchedule}}
	second := apply("apiVersion: v1\nkind: Node\nmetadata: {name: node-1, labels: {b: \"2\"}}\n")
	changed, err := Apply(second, start).Merge(&running)
	if err != nil {
		t.Fatal(err)
	}
	n := changed.(*model.Node)
	if len(n.Labels) != 2 || n.Labels["b"] != "2" || n.Labels["mine"] != "x" {
		t.Errorf("labels %v, want b=2 and mine=x", n.Labels)
	}
	if len(n.Taints) != 1 {
		t.Errorf("taints %v: apply does not touch what it never set", n.Taints)
	}
	if q, _ := n.Status.Allocatable.Get("cpu"); q != model.WholeQuantity(4) {
		t.Errorf("allocatable %v", n.Status.Allocatable)
	}
	if !strings.Contains(n.Annotations[lastApplied], `"b":"2"`) || strings.Contains(n.Annotations[lastApplied], `"a"`) {
		t.Errorf("annotation %s", n.Annotations[lastApplied])
	}
}
