package manifest

import (
	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

func (c clock) podStatus(s *v1.PodStatus) model.PodStatus {
	out := model.PodStatus{ObservedGeneration: s.ObservedGeneration,
		Phase: model.Phase(s.Phase), Reason: s.Reason, Message: s.Message, NominatedNodeName: s.NominatedNodeName,
		HostIP: s.HostIP, PodIP: s.PodIP, QOSClass: string(s.QOSClass),
		InitContainers: c.containerStatuses(s.InitContainerStatuses), Containers: c.containerStatuses(s.ContainerStatuses),
		Resize: resize(s),
	}
	if out.PodIP == "" && len(s.PodIPs) > 0 {
		out.PodIP = s.PodIPs[0].IP
	}
	out.Started, out.HasStarted = c.pointer(s.StartTime)
	for i := range s.Conditions {
		p := &s.Conditions[i]
		out.Conditions = append(out.Conditions, model.PodCondition{
			Type: string(p.Type), Status: string(p.Status), Reason: p.Reason, Message: p.Message, LastTransition: c.at(p.LastTransitionTime),
		})
	}
	return out
}

func (c clock) containerStatuses(list []v1.ContainerStatus) []model.ContainerStatus {
	var out []model.ContainerStatus
	for i := range list {
		s := &list[i]
		out = append(out, model.ContainerStatus{
			Name: s.Name, State: c.state(&s.State), Last: c.state(&s.LastTerminationState), Ready: s.Ready,
			Started: s.Started != nil && *s.Started, RestartCount: s.RestartCount,
			Image: s.Image, ImageID: s.ImageID, ContainerID: s.ContainerID,
		})
	}
	return out
}

func (c clock) state(s *v1.ContainerState) model.ContainerState {
	switch {
	case s.Running != nil:
		return model.ContainerState{Kind: model.ContainerRunning, Started: c.at(s.Running.StartedAt)}
	case s.Terminated != nil:
		t := s.Terminated
		return model.ContainerState{
			Kind: model.ContainerTerminated, Reason: t.Reason, Message: t.Message, ExitCode: t.ExitCode,
			Started: c.at(t.StartedAt), Finished: c.at(t.FinishedAt),
		}
	case s.Waiting != nil:
		return model.ContainerState{Kind: model.ContainerWaiting, Reason: s.Waiting.Reason, Message: s.Waiting.Message}
	}
	return model.ContainerState{}
}

// resize keeps what in-place resizing has to say of resources; nil when the status is silent.
// Source: kubernetes v1.37.2 component-helpers resource/helpers.go PodRequests, IsPodResizeInfeasible.
func resize(s *v1.PodStatus) *model.ResizeStatus {
	out := model.ResizeStatus{PodAllocated: resources(s.AllocatedResources)}
	said := s.AllocatedResources != nil
	if s.Resources != nil && s.Resources.Requests != nil {
		out.PodActuated, said = resources(s.Resources.Requests), true
	}
	for i := range s.Conditions {
		p := &s.Conditions[i]
		if p.Type == v1.PodResizePending && p.Reason == v1.PodReasonInfeasible {
			out.Infeasible, said = true, true
		}
	}
	for _, list := range [][]v1.ContainerStatus{s.InitContainerStatuses, s.ContainerStatuses} {
		for i := range list {
			said = containerResize(&list[i], &out) || said
		}
	}
	if !said {
		return nil
	}
	return &out
}

func containerResize(s *v1.ContainerStatus, out *model.ResizeStatus) (said bool) {
	if s.AllocatedResources != nil {
		if out.Allocated == nil {
			out.Allocated = map[string]model.ResourceList{}
		}
		out.Allocated[s.Name], said = resources(s.AllocatedResources), true
	}
	if s.Resources != nil && s.Resources.Requests != nil {
		if out.Actuated == nil {
			out.Actuated = map[string]model.ResourceList{}
		}
		out.Actuated[s.Name], said = resources(s.Resources.Requests), true
	}
	return said
}
