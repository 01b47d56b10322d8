package place

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
)

// Contradictions says where a snapshot contradicts itself, in the order of its objects. Placing takes it
// as the real scheduler would: what is wrong stays as it is.
func Contradictions(read []manifest.Object) []string {
	s := standing{nodes: map[string]*standingNode{}, volumes: map[string]bool{}}
	for i := range read {
		s.take(read[i].Object)
	}
	var out []string
	for i := range read {
		if text := s.contradiction(read[i].Object); text != "" {
			out = append(out, read[i].Place()+": "+text)
		}
	}
	return out
}

// standing is what others refer to.
type standing struct {
	nodes   map[string]*standingNode
	volumes map[string]bool
}

type standingNode struct {
	node      *model.Node // nil when only pods name it
	pods      int
	requested model.ResourceList
	told      bool
}

func (s *standing) node(name string) *standingNode {
	n := s.nodes[name]
	if n == nil {
		n = new(standingNode)
		s.nodes[name] = n
	}
	return n
}

func (s *standing) take(o model.Object) {
	switch o := o.(type) {
	case *model.Node:
		s.node(o.Name).node = o
	case *model.Pod:
		if o.NodeName != "" && !o.Terminal() {
			n := s.node(o.NodeName)
			n.pods++
			n.requested = n.requested.Plus(o.EffectiveRequests())
		}
	case *model.PersistentVolume:
		s.volumes[o.Name] = true
	}
}

func (s *standing) contradiction(o model.Object) string {
	switch o := o.(type) {
	case *model.Pod:
		if o.NodeName != "" && !o.Terminal() && s.nodes[o.NodeName].node == nil {
			return fmt.Sprintf("spec.nodeName: Pod %s is on node %q, which is not here: it takes nothing from any node", o.Key(), o.NodeName)
		}
	case *model.PersistentVolumeClaim:
		if v := o.Spec.VolumeName; v != "" && !s.volumes[v] {
			return fmt.Sprintf("spec.volumeName: PersistentVolumeClaim %s is bound to PersistentVolume %q, which is not here", o.Key(), v)
		}
	case *model.Node:
		n := s.nodes[o.Name]
		if over := n.overcommitted(); over != "" && !n.told {
			n.told = true
			return fmt.Sprintf("status.allocatable: the pods on Node %s request more than it has: %s", o.Name, over)
		}
	}
	return ""
}

// overcommitted names the resources of which the node's pods request more than there is.
func (n *standingNode) overcommitted() string {
	var over []string
	for _, r := range n.requested {
		if has, _ := n.node.Status.Allocatable.Get(r.Name); r.Quantity.Cmp(has) > 0 {
			over = append(over, r.Name)
		}
	}
	if has, _ := n.node.Status.Allocatable.Get(model.ResourcePods); int64(n.pods) > has.Value() {
		over = append(over, model.ResourcePods)
	}
	slices.Sort(over)
	return strings.Join(over, ", ")
}
