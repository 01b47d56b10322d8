package apiserver

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// Bind writes the binding of a pod to a node. It fails when the pod is gone or another of its name has
// come, when a denial is about it, when it is being deleted, bound already or gated, and when the node is
// gone.
//
// Differs from upstream: the API server does not look whether the node exists; such a pod waits for
// pod garbage collection, which is not modelled, so the write fails here.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/storage/storage.go BindingREST.setPodNodeAndMetadata.
func (s *Server) Bind(namespace, name, uid, node string) error {
	if err := s.unavailable(); err != nil {
		return err
	}
	pod, ok := s.Pods.Get(namespace, name)
	if !ok {
		return notFound(s.Pods.resource, name)
	}
	if err := s.denied(pod); err != nil {
		return err
	}
	if err := s.bindable(pod, uid); err != nil {
		return err
	}
	to, ok := s.Nodes.Get("", node)
	if !ok {
		return notFound(s.Nodes.resource, node)
	}
	bound := copyOf(pod)
	bound.NodeName = node
	bound.Labels = s.topology.copied(pod.Labels, to.Labels)
	bound.Status.NominatedNodeName = ""
	bound.Status.Conditions = pod.Status.WithCondition(model.PodCondition{
		Type: model.PodScheduled, Status: "True", LastTransition: s.engine.Now()})
	s.put(s.Pods, Change{Type: Modified, Old: pod, New: bound})
	return nil
}

func (s *Server) bindable(pod *model.Pod, uid string) error {
	switch {
	case uid != pod.UID:
		return conflict("pods/binding", pod.Name, fmt.Sprintf(
			"precondition failed: UID in precondition: %s, UID in object meta: %s", uid, pod.UID))
	case pod.Deleting:
		return conflict("pods/binding", pod.Name,
			fmt.Sprintf("pod %s is being deleted, cannot be assigned to a host", pod.Name))
	case pod.NodeName != "":
		return conflict("pods/binding", pod.Name,
			fmt.Sprintf("pod %s is already assigned to node %q", pod.Name, pod.NodeName))
	case len(pod.Spec.SchedulingGates) > 0:
		return conflict("pods/binding", pod.Name,
			fmt.Sprintf("pod %s has non-empty .spec.schedulingGates", pod.Name))
	}
	return nil
}
