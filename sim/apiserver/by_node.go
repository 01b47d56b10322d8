package apiserver

import (
	"slices"

	"towtank.dev/towtank/model"
)

// podsByNode lists the pods that are bound to each node, in the order of their binding. Most runs never
// ask, and pay nothing: the lists are made at the first question and followed from then on.
type podsByNode struct {
	lists map[string][]*model.Pod
}

// PodsOn returns the pods that are bound to a node, ended ones included; the slice must not be written to
// and is valid until the next write.
func (s *Server) PodsOn(node string) []*model.Pod {
	if s.byNode == nil {
		s.byNode = &podsByNode{lists: map[string][]*model.Pod{}}
		for pod := range s.Pods.All() {
			s.byNode.add(pod)
		}
	}
	return s.byNode.lists[node]
}

// follow takes a change of a pod into the lists.
func (b *podsByNode) follow(c Change) {
	was, _ := c.Old.(*model.Pod)
	is, _ := c.New.(*model.Pod)
	switch {
	case was == nil && is == nil:
	case was == nil || was.NodeName == "":
		if is != nil {
			b.add(is)
		}
	case is == nil:
		b.remove(was)
	default:
		list := b.lists[was.NodeName]
		if i := b.find(was); i >= 0 {
			list[i] = is
		}
	}
}

func (b *podsByNode) add(pod *model.Pod) {
	if pod.NodeName != "" {
		b.lists[pod.NodeName] = append(b.lists[pod.NodeName], pod)
	}
}

func (b *podsByNode) remove(pod *model.Pod) {
	i := b.find(pod)
	if i < 0 {
		return
	}
	list := slices.Delete(b.lists[pod.NodeName], i, i+1)
	if len(list) == 0 {
		delete(b.lists, pod.NodeName)
		return
	}
	b.lists[pod.NodeName] = list
}

func (b *podsByNode) find(pod *model.Pod) int {
	return slices.IndexFunc(b.lists[pod.NodeName], func(p *model.Pod) bool { return p.UID == pod.UID })
}
