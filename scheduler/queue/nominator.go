package queue

import (
	"slices"

	"towtank.dev/towtank/model"
)

// Nominator knows which pods without a node are to run where, once room has been made for them.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/nominator.go.
type Nominator struct {
	pods  map[string][]*model.Pod // by node, in the order of nomination
	nodes map[string]string       // by pod's identity
}

func newNominator() Nominator {
	return Nominator{pods: map[string][]*model.Pod{}, nodes: map[string]string{}}
}

// Nominations counts the nominated pods, so that the usual case of none costs nothing.
func (n *Nominator) Nominations() int { return len(n.nodes) }

// NominatedPods are the pods nominated to the node, in the order of nomination; not to be written to,
// and good only until the next nomination.
func (n *Nominator) NominatedPods(node string) []*model.Pod {
	if len(n.nodes) == 0 {
		return nil
	}
	return n.pods[node]
}

// NominatedNode is the node to which the pod is nominated, "" when there is none.
func (n *Nominator) NominatedNode(pod *model.Pod) string {
	if len(n.nodes) == 0 {
		return ""
	}
	return n.nodes[identity(pod)]
}

// Nominate nominates the pod to the node and nowhere else; "" clears its nomination. The pod must be
// alive and without a node, which upstream looks up and this cannot.
func (n *Nominator) Nominate(pod *model.Pod, node string) {
	n.ClearNomination(pod)
	if node != "" {
		n.nodes[identity(pod)] = node
		n.pods[node] = append(n.pods[node], pod)
	}
}

// NominateAsStatus nominates the pod to the node that its status names, or nowhere.
func (n *Nominator) NominateAsStatus(pod *model.Pod) { n.Nominate(pod, pod.Status.NominatedNodeName) }

// ClearNomination takes the pod's nomination away.
func (n *Nominator) ClearNomination(pod *model.Pod) {
	node := n.NominatedNode(pod)
	if node == "" {
		return
	}
	id := identity(pod)
	delete(n.nodes, id)
	pods := slices.DeleteFunc(n.pods[node], func(p *model.Pod) bool { return identity(p) == id })
	if n.pods[node] = pods; len(pods) == 0 {
		delete(n.pods, node)
	}
}

// updateNomination puts the new object in the place of the old. A nomination that neither of the two
// mentions stays: the update may have been on its way when the pod was nominated.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/nominator.go UpdateNominatedPod.
func (n *Nominator) updateNomination(old, new *model.Pod) {
	node := new.Status.NominatedNodeName
	if node == "" && old.Status.NominatedNodeName == "" {
		node = n.NominatedNode(old)
	}
	n.ClearNomination(old)
	n.Nominate(new, node)
}
