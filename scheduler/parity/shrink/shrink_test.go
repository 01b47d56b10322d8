package shrink_test

import (
	"testing"

	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/shrink"
)

func node(name string, taints ...any) generate.Object {
	return generate.Object{"apiVersion": "v1", "kind": "Node", "metadata": generate.Object{"name": name, "labels": generate.Object{"a": "1"}},
		"spec": generate.Object{"taints": taints, "unschedulable": true}}
}

// The case holds while some node has a taint with key x: of five nodes one stays, of its
// two taints one, and of all fields the key alone.
func TestOnlyWhatMattersStays(t *testing.T) {
	x := generate.Object{"key": "x", "effect": "NoSchedule"}
	y := generate.Object{"key": "y", "effect": "NoSchedule"}
	c := &generate.Case{Queue: true, Config: generate.Object{"kind": "KubeSchedulerConfiguration"},
		Objects: []generate.Object{node("a"), node("b", y), node("c", y, x), node("d"), node("e")}}
	got := shrink.Case(c, hasX)
	if len(got.Objects) != 1 || got.Config != nil || got.Queue {
		t.Fatalf("the case shrank to %v", got)
	}
	spec := got.Objects[0]["spec"].(generate.Object)
	if len(spec) != 1 || len(spec["taints"].([]any)) != 1 || len(spec["taints"].([]any)[0].(generate.Object)) != 1 {
		t.Errorf("the node shrank to %v", got.Objects[0])
	}
	if labels := got.Objects[0]["metadata"].(generate.Object)["labels"]; labels != nil {
		t.Errorf("labels stayed: %v", labels)
	}
	if len(c.Objects) != 5 || !c.Queue || len(c.Objects[2]["spec"].(generate.Object)["taints"].([]any)) != 2 {
		t.Errorf("the case given was changed to %v", c)
	}
}

func hasX(c *generate.Case) bool {
	for _, o := range c.Objects {
		spec, _ := o["spec"].(generate.Object)
		taints, _ := spec["taints"].([]any)
		for _, taint := range taints {
			if taint.(generate.Object)["key"] == "x" {
				return true
			}
		}
	}
	return false
}
