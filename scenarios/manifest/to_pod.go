package manifest

import (
	"reflect"
	"slices"

	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

// podAlone turns a completed pod into the model's with a spec of its own.
func (c clock) podAlone(p *v1.Pod) *model.Pod { return c.pod(p, podSpec(&p.Spec)) }

// toPod turns a pod back: the spec it was read from, with what the run has filled in.
func (c clock) toPod(p *model.Pod) *v1.Pod {
	return &v1.Pod{
		TypeMeta: typeMeta(model.KindPod), ObjectMeta: c.toMeta(&p.ObjectMeta),
		Spec: toPodSpec(p.Spec, p.NodeName), Status: c.toPodStatus(p),
	}
}

// toPodSpec turns a spec back. Admission changes priority, tolerations, the account and amounts; controllers
// give the pods of one template affinity and volumes of their own; every other change of a spec makes a new
// source.
func toPodSpec(s *model.PodSpec, node string) v1.PodSpec {
	var out v1.PodSpec
	if source, ok := s.Source.(*v1.PodSpec); ok {
		out = *source
		out.Volumes = sourceVolumes(s.Volumes, source.Volumes)
		out.Containers = sourceContainers(s.Containers, source.Containers)
		out.InitContainers = sourceContainers(s.InitContainers, source.InitContainers)
		if !reflect.DeepEqual(s.Affinity, affinity(source.Affinity)) {
			out.Affinity = toAffinity(s.Affinity)
		}
	} else {
		out = builtPodSpec(s)
	}
	out.ServiceAccountName, out.DeprecatedServiceAccount = s.ServiceAccountName, s.ServiceAccountName
	out.NodeName, out.PriorityClassName = node, s.PriorityClassName
	out.Priority, out.PreemptionPolicy = nil, pointer[v1.PreemptionPolicy](s.PreemptionPolicy)
	if s.HasPriority {
		out.Priority = &s.Priority
	}
	out.Tolerations = toTolerations(s.Tolerations)
	return out
}

// sourceVolumes are the volumes as they were written, where they have not changed.
func sourceVolumes(list []model.Volume, source []v1.Volume) []v1.Volume {
	if reflect.DeepEqual(list, volumes(source)) {
		return source
	}
	return each(list, func(v *model.Volume) v1.Volume {
		for i := range source {
			if source[i].Name == v.Name && reflect.DeepEqual(volume(&source[i]), *v) {
				return source[i]
			}
		}
		return toVolume(v)
	})
}

// sourceContainers are the containers as they were written, with the amounts of today.
func sourceContainers(list []model.Container, source []v1.Container) []v1.Container {
	if len(list) != len(source) {
		return toContainers(list)
	}
	out := source
	for i := range list {
		r := &source[i].Resources
		if slices.Equal(list[i].Requests, resources(r.Requests)) && slices.Equal(list[i].Limits, resources(r.Limits)) {
			continue
		}
		if &out[0] == &source[0] {
			out = slices.Clone(source)
		}
		out[i].Resources.Requests, out[i].Resources.Limits = toResources(list[i].Requests, r.Requests), toResources(list[i].Limits, r.Limits)
	}
	return out
}

func toTolerations(list []model.Toleration) []v1.Toleration {
	var out []v1.Toleration
	for i := range list {
		t := &list[i]
		out = append(out, v1.Toleration{
			Key: t.Key, Operator: v1.TolerationOperator(t.Operator), Value: t.Value,
			Effect: v1.TaintEffect(t.Effect), TolerationSeconds: t.Seconds,
		})
	}
	return out
}

// builtPodSpec is the spec of a pod that was never a manifest: one of a trace or a generator.
func builtPodSpec(s *model.PodSpec) v1.PodSpec {
	out := v1.PodSpec{
		SchedulerName: s.SchedulerName, NodeSelector: s.NodeSelector, Affinity: toAffinity(s.Affinity),
		TopologySpreadConstraints: toSpreadTerms(s.SpreadTerms),
		InitContainers:            toContainers(s.InitContainers), Containers: toContainers(s.Containers),
		Overhead: toResources(s.Overhead, nil), HostNetwork: s.HostNetwork, HostUsers: s.HostUsers,
		RestartPolicy: v1.RestartPolicy(s.RestartPolicy), TerminationGracePeriodSeconds: &s.TerminationGracePeriodSeconds,
		ActiveDeadlineSeconds: s.ActiveDeadlineSeconds,
		RuntimeClassName:      pointer[string](s.RuntimeClassName),
	}
	if s.PodRequests != nil || s.PodLimits != nil {
		out.Resources = &v1.ResourceRequirements{Requests: toResources(s.PodRequests, nil), Limits: toResources(s.PodLimits, nil)}
	}
	for i := range s.Volumes {
		out.Volumes = append(out.Volumes, toVolume(&s.Volumes[i]))
	}
	for _, name := range s.SchedulingGates {
		out.SchedulingGates = append(out.SchedulingGates, v1.PodSchedulingGate{Name: name})
	}
	for _, name := range s.ReadinessGates {
		out.ReadinessGates = append(out.ReadinessGates, v1.PodReadinessGate{ConditionType: v1.PodConditionType(name)})
	}
	for _, name := range s.ImagePullSecrets {
		out.ImagePullSecrets = append(out.ImagePullSecrets, v1.LocalObjectReference{Name: name})
	}
	for _, name := range s.ResourceClaims {
		out.ResourceClaims = append(out.ResourceClaims, v1.PodResourceClaim{Name: name})
	}
	return out
}

// kubeletsOwn are the conditions that kubelets set, all of them by one generation of the pod.
// Source: kubernetes v1.37.2 pkg/kubelet/types/pod_status.go PodConditionsByKubelet.
var kubeletsOwn = map[string]bool{model.PodScheduled: true, model.PodReady: true, model.PodInitialized: true, model.ContainersReady: true,
	model.PodReadyToStartContainers: true, "AllContainersRestarting": true}

func (c clock) toPodStatus(p *model.Pod) v1.PodStatus {
	s := &p.Status
	out := v1.PodStatus{ObservedGeneration: s.ObservedGeneration,
		Phase: v1.PodPhase(s.Phase), Reason: s.Reason, Message: s.Message, NominatedNodeName: s.NominatedNodeName,
		HostIP: s.HostIP, PodIP: s.PodIP, QOSClass: v1.PodQOSClass(s.QOSClass),
		InitContainerStatuses: c.toContainerStatuses(s.InitContainers, s.Resize),
		ContainerStatuses:     c.toContainerStatuses(s.Containers, s.Resize),
	}
	if s.HostIP != "" {
		out.HostIPs = []v1.HostIP{{IP: s.HostIP}}
	}
	if s.PodIP != "" {
		out.PodIPs = []v1.PodIP{{IP: s.PodIP}}
	}
	if s.HasStarted {
		started := c.wall(s.Started)
		out.StartTime = &started
	}
	for i := range s.Conditions {
		p := &s.Conditions[i]
		out.Conditions = append(out.Conditions, v1.PodCondition{
			Type: v1.PodConditionType(p.Type), Status: v1.ConditionStatus(p.Status), Reason: p.Reason, Message: p.Message,
			LastTransitionTime: c.wall(p.LastTransition),
		})
		if kubeletsOwn[p.Type] {
			out.Conditions[i].ObservedGeneration = s.ObservedGeneration
		}
	}
	if r := s.Resize; r != nil {
		out.AllocatedResources = toResources(r.PodAllocated, nil)
		if r.PodActuated != nil {
			out.Resources = &v1.ResourceRequirements{Requests: toResources(r.PodActuated, nil)}
		}
		infeasible := func(c v1.PodCondition) bool { return c.Type == v1.PodResizePending }
		if r.Infeasible && !slices.ContainsFunc(out.Conditions, infeasible) {
			out.Conditions = append(out.Conditions, v1.PodCondition{
				Type: v1.PodResizePending, Status: v1.ConditionTrue, Reason: v1.PodReasonInfeasible,
			})
		}
	}
	return out
}

func (c clock) toContainerStatuses(list []model.ContainerStatus, resize *model.ResizeStatus) []v1.ContainerStatus {
	var out []v1.ContainerStatus
	for i := range list {
		s := &list[i]
		status := v1.ContainerStatus{
			Name: s.Name, State: c.toState(&s.State), LastTerminationState: c.toState(&s.Last), Ready: s.Ready,
			Started: &s.Started, RestartCount: s.RestartCount, Image: s.Image, ImageID: s.ImageID, ContainerID: s.ContainerID,
		}
		if resize != nil {
			status.AllocatedResources = toResources(resize.Allocated[s.Name], nil)
			if actuated := resize.Actuated[s.Name]; actuated != nil {
				status.Resources = &v1.ResourceRequirements{Requests: toResources(actuated, nil)}
			}
		}
		out = append(out, status)
	}
	return out
}

func (c clock) toState(s *model.ContainerState) v1.ContainerState {
	switch s.Kind {
	case model.ContainerRunning:
		return v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: c.wall(s.Started)}}
	case model.ContainerTerminated:
		return v1.ContainerState{Terminated: &v1.ContainerStateTerminated{
			ExitCode: s.ExitCode, Reason: s.Reason, Message: s.Message,
			StartedAt: c.wall(s.Started), FinishedAt: c.wall(s.Finished),
		}}
	case model.ContainerWaiting:
		return v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: s.Reason, Message: s.Message}}
	}
	return v1.ContainerState{}
}
