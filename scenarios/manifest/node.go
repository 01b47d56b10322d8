package manifest

import (
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/model"
)

func (c clock) node(n *v1.Node) *model.Node {
	out := &model.Node{
		ObjectMeta: c.meta(&n.ObjectMeta), Unschedulable: n.Spec.Unschedulable,
		ProviderID: n.Spec.ProviderID, PodCIDR: n.Spec.PodCIDR, Taints: taints(n.Spec.Taints),
		Status: model.NodeStatus{
			Capacity: resources(n.Status.Capacity), Allocatable: resources(n.Status.Allocatable),
			Conditions: c.nodeConditions(n.Status.Conditions), DeclaredFeatures: n.Status.DeclaredFeatures,
		},
	}
	out.Source = n
	for i := range n.Status.Images {
		out.Status.Images = append(out.Status.Images, model.ContainerImage{Names: n.Status.Images[i].Names, SizeBytes: n.Status.Images[i].SizeBytes})
	}
	for i := range n.Status.Addresses {
		out.Status.Addresses = append(out.Status.Addresses, model.NodeAddress{Type: string(n.Status.Addresses[i].Type), Address: n.Status.Addresses[i].Address})
	}
	return out
}

func taints(list []v1.Taint) []model.Taint {
	var out []model.Taint
	for i := range list {
		t := model.Taint{Key: list[i].Key, Value: list[i].Value, Effect: model.Effect(list[i].Effect)}
		if list[i].TimeAdded != nil {
			t.TimeAdded = list[i].TimeAdded.UTC().Format(time.RFC3339)
		}
		out = append(out, t)
	}
	return out
}

func (c clock) nodeConditions(list []v1.NodeCondition) []model.NodeCondition {
	var out []model.NodeCondition
	for i := range list {
		n := &list[i]
		out = append(out, model.NodeCondition{
			Type: string(n.Type), Status: string(n.Status), Reason: n.Reason, Message: n.Message,
			LastHeartbeat: c.at(n.LastHeartbeatTime), LastTransition: c.at(n.LastTransitionTime),
		})
	}
	return out
}

// toNode turns a node back: what it was read from, with what the model knows over it.
func (c clock) toNode(n *model.Node) *v1.Node {
	out := &v1.Node{}
	if source, ok := n.Source.(*v1.Node); ok {
		*out = *source
	}
	out.TypeMeta = typeMeta(model.KindNode)
	out.ObjectMeta = c.toMeta(&n.ObjectMeta)
	out.Spec.Unschedulable, out.Spec.ProviderID = n.Unschedulable, n.ProviderID
	if out.Spec.PodCIDR != n.PodCIDR {
		out.Spec.PodCIDR, out.Spec.PodCIDRs = n.PodCIDR, nil
	}
	out.Spec.Taints = toTaints(n.Taints)
	out.Status.Capacity = toResources(n.Status.Capacity, out.Status.Capacity)
	out.Status.Allocatable = toResources(n.Status.Allocatable, out.Status.Allocatable)
	out.Status.Conditions = c.toNodeConditions(n.Status.Conditions)
	out.Status.DeclaredFeatures = n.Status.DeclaredFeatures
	out.Status.Images = nil
	for i := range n.Status.Images {
		out.Status.Images = append(out.Status.Images, v1.ContainerImage{Names: n.Status.Images[i].Names, SizeBytes: n.Status.Images[i].SizeBytes})
	}
	out.Status.Addresses = nil
	for i := range n.Status.Addresses {
		out.Status.Addresses = append(out.Status.Addresses, v1.NodeAddress{Type: v1.NodeAddressType(n.Status.Addresses[i].Type), Address: n.Status.Addresses[i].Address})
	}
	return out
}

func toTaints(list []model.Taint) []v1.Taint {
	var out []v1.Taint
	for i := range list {
		t := v1.Taint{Key: list[i].Key, Value: list[i].Value, Effect: v1.TaintEffect(list[i].Effect)}
		if added, err := time.Parse(time.RFC3339, list[i].TimeAdded); err == nil {
			t.TimeAdded = &metav1.Time{Time: added}
		}
		out = append(out, t)
	}
	return out
}

func (c clock) toNodeConditions(list []model.NodeCondition) []v1.NodeCondition {
	var out []v1.NodeCondition
	for i := range list {
		n := &list[i]
		out = append(out, v1.NodeCondition{
			Type: v1.NodeConditionType(n.Type), Status: v1.ConditionStatus(n.Status), Reason: n.Reason, Message: n.Message,
			LastHeartbeatTime: c.wall(n.LastHeartbeat), LastTransitionTime: c.wall(n.LastTransition),
		})
	}
	return out
}
