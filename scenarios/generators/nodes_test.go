package generators

import (
	"strings"
	"testing"

	"towtank.dev/towtank/model"
)

func TestPatternsNameByNumber(t *testing.T) {
	for _, c := range []struct {
		name, pattern string
		index         int
		want          string
	}{
		{"a number", "node-{index}", 12, "node-12"},
		{"a number in three digits", "node-{index:03}", 12, "node-012"},
		{"a number of more digits than asked for", "n{index:02}", 1234, "n1234"},
		{"a number in the middle and at the end", "r{index}-{index:02}", 7, "r7-07"},
		{"no number", "control-plane", 0, "control-plane"},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := p.Name(c.index); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if p.Indexed() != strings.Contains(c.pattern, "{") {
			t.Errorf("%s: indexed is %v", c.name, p.Indexed())
		}
	}
}

func TestPatternsWithOtherBracesAreRefused(t *testing.T) {
	for pattern, want := range map[string]string{
		"node-{i}":          "{i}: is not known, want {index} or {index:03}",
		"node-{index:3}":    "{index:3}: want a number of digits after the colon",
		"node-{index:099}":  "{index:099}: want a number of digits",
		"node-{index:-1}":   "{index:-1}: want a number of digits",
		"node-{index":       "a brace without its partner",
		"node-}{index}x":    "a brace without its partner",
		"node-{index:0x00}": "want a number of digits",
	} {
		if _, err := ParsePattern(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
	}
}

func template() *model.Node {
	n := &model.Node{}
	n.Labels = map[string]string{"pool": "web", model.LabelHostname: "template"}
	n.Status.Allocatable = model.ResourceList{}.With(model.ResourceCPU, model.WholeQuantity(8))
	return n
}

func TestNodesTakeZonesInTurnAndKeepTheTemplatesLabels(t *testing.T) {
	p, _ := ParsePattern("n-{index}")
	g := &Nodes{Name: p, Count: 5, Zones: []string{"a", "b"}, Labels: map[string]string{"pool": "other", "rack": "r1"}, Template: template()}
	nodes := g.Make()
	for i, zone := range []string{"a", "b", "a", "b", "a"} {
		n := nodes[i]
		if n.Labels[model.LabelZone] != zone || n.Labels["pool"] != "web" || n.Labels["rack"] != "r1" || n.Labels[model.LabelHostname] != n.Name {
			t.Errorf("node %s has labels %v, want zone %s, pool web, rack r1 and its own host name", n.Name, n.Labels, zone)
		}
	}
	if g.Template.Labels[model.LabelHostname] != "template" {
		t.Error("the template was written to")
	}
}

func TestNodesAreMadeWholeAsAKubeletWould(t *testing.T) {
	p, _ := ParsePattern("n-{index}")
	n := (&Nodes{Name: p, Count: 1, Template: template()}).Make()[0]
	if pods, _ := n.Status.Allocatable.Get(model.ResourcePods); pods.Value() != 110 {
		t.Errorf("takes %v pods, want the kubelet's 110", pods)
	}
	if cpu, _ := n.Status.Capacity.Get(model.ResourceCPU); cpu.Value() != 8 {
		t.Errorf("capacity %v, want what is allocatable", n.Status.Capacity)
	}
	if c := n.Status.Condition("Ready"); c == nil || c.Status != "True" {
		t.Errorf("conditions %v, want Ready", n.Status.Conditions)
	}
	sick := template()
	sick.Status.Conditions = []model.NodeCondition{{Type: "Ready", Status: "False"}}
	if c := (&Nodes{Name: p, Count: 1, Template: sick}).Make()[0].Status.Condition("Ready"); c.Status != "False" {
		t.Error("a template that is not ready makes nodes that are")
	}
}
