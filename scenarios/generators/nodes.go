package generators

import (
	"maps"

	"towtank.dev/towtank/model"
)

// DefaultMaxPods is how many pods a node takes that does not say.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/v1beta1/defaults.go SetDefaults_KubeletConfiguration.
const DefaultMaxPods = 110

// Labels that a kubelet gives its node beside its host name.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_node_status.go initialNode.
const (
	labelOS   = "kubernetes.io/os"
	labelArch = "kubernetes.io/arch"
)

// Nodes are many nodes of one template.
type Nodes struct {
	Name     *Pattern
	Count    int
	Zones    []string          // round robin; none: no zone label
	Labels   map[string]string // of each node, before those of the template
	Template *model.Node
}

// Make makes the nodes in the order of their numbers. Labels that the template sets stay; the host name is
// each node's own. A template that says nothing of its readiness makes nodes that are ready.
func (g *Nodes) Make() []*model.Node {
	status := g.status()
	nodes := make([]*model.Node, g.Count)
	for i := range nodes {
		n := *g.Template
		n.Name = g.Name.Name(i)
		n.Labels = g.labels(i, n.Name)
		n.Status = status
		nodes[i] = &n
	}
	return nodes
}

func (g *Nodes) labels(i int, name string) map[string]string {
	labels := map[string]string{labelOS: "linux", labelArch: "amd64"}
	if len(g.Zones) > 0 {
		labels[model.LabelZone] = g.Zones[i%len(g.Zones)]
	}
	maps.Copy(labels, g.Labels)
	maps.Copy(labels, g.Template.Labels)
	labels[model.LabelHostname] = name
	return labels
}

// status is the template's, made whole as a kubelet would.
func (g *Nodes) status() model.NodeStatus {
	s := g.Template.Status
	s.Allocatable = withPods(s.Allocatable)
	if len(s.Capacity) == 0 {
		s.Capacity = s.Allocatable
	}
	s.Capacity = withPods(s.Capacity)
	if s.Condition("Ready") == nil {
		ready := model.NodeCondition{Type: "Ready", Status: "True", Reason: "KubeletReady", Message: "kubelet is posting ready status"}
		s.Conditions = append(append([]model.NodeCondition(nil), s.Conditions...), ready)
	}
	return s
}

func withPods(list model.ResourceList) model.ResourceList {
	if _, ok := list.Get(model.ResourcePods); ok {
		return list
	}
	return list.With(model.ResourcePods, model.WholeQuantity(DefaultMaxPods))
}
