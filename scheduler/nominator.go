package scheduler

import (
	"slices"

	"towtank.dev/towtank/scheduler/framework"
)

// nominator knows which pending pods are nominated to which node.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/nominator.go.
type nominator struct {
	pods  map[string][]*framework.PodInfo // by node, in order of nomination
	nodes map[*framework.PodInfo]string
}

func (n *nominator) init() {
	n.pods, n.nodes = map[string][]*framework.PodInfo{}, map[*framework.PodInfo]string{}
}

func (n *nominator) add(pod *framework.PodInfo, node string) {
	n.pods[node] = append(n.pods[node], pod)
	n.nodes[pod] = node
}

func (n *nominator) remove(pod *framework.PodInfo) {
	node, has := n.nodes[pod]
	if !has {
		return
	}
	delete(n.nodes, pod)
	rest := slices.DeleteFunc(n.pods[node], func(p *framework.PodInfo) bool { return p == pod })
	if len(rest) == 0 {
		delete(n.pods, node)
	} else {
		n.pods[node] = rest
	}
}

// on lists the pods nominated to a node.
func (n *nominator) on(node string) []*framework.PodInfo {
	if len(n.pods) == 0 {
		return nil
	}
	return n.pods[node]
}
