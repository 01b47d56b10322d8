package manifest

import (
	"strconv"

	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

func number(i int32) string { return strconv.FormatInt(int64(i), 10) }

// pod puts a pod together from its parts; the spec is already the model's, and may be shared.
func (c clock) pod(p *v1.Pod, spec *model.PodSpec) *model.Pod {
	out := &model.Pod{ObjectMeta: c.meta(&p.ObjectMeta), Spec: spec, NodeName: p.Spec.NodeName, Status: c.podStatus(&p.Status)}
	if p.DeletionTimestamp != nil && p.DeletionGracePeriodSeconds == nil {
		out.DeletionGracePeriodSeconds = spec.TerminationGracePeriodSeconds
	}
	return out
}

// podSpec turns a completed spec into the model's. The v1 spec is kept as its source, without what is
// the single pod's.
func podSpec(s *v1.PodSpec) *model.PodSpec {
	source := *s
	source.NodeName = ""
	out := &model.PodSpec{
		SchedulerName: s.SchedulerName, PriorityClassName: s.PriorityClassName,
		NodeSelector: s.NodeSelector, Affinity: affinity(s.Affinity), Tolerations: tolerations(s.Tolerations),
		SpreadTerms:    spreadTerms(s.TopologySpreadConstraints),
		InitContainers: containers(s.InitContainers), Containers: containers(s.Containers),
		Overhead: resources(s.Overhead), Volumes: volumes(s.Volumes),
		HostNetwork: s.HostNetwork, HostUsers: s.HostUsers, RestartPolicy: model.RestartPolicy(s.RestartPolicy),
		ActiveDeadlineSeconds: s.ActiveDeadlineSeconds, ServiceAccountName: s.ServiceAccountName,
		Source: &source,
	}
	if s.Priority != nil {
		out.Priority, out.HasPriority = *s.Priority, true
	}
	if s.PreemptionPolicy != nil {
		out.PreemptionPolicy = string(*s.PreemptionPolicy)
	}
	if s.Resources != nil {
		out.PodRequests, out.PodLimits = resources(s.Resources.Requests), resources(s.Resources.Limits)
	}
	if s.TerminationGracePeriodSeconds != nil {
		out.TerminationGracePeriodSeconds = *s.TerminationGracePeriodSeconds
	}
	if s.RuntimeClassName != nil {
		out.RuntimeClassName = *s.RuntimeClassName
	}
	for i := range s.SchedulingGates {
		out.SchedulingGates = append(out.SchedulingGates, s.SchedulingGates[i].Name)
	}
	for i := range s.ReadinessGates {
		out.ReadinessGates = append(out.ReadinessGates, string(s.ReadinessGates[i].ConditionType))
	}
	for i := range s.ImagePullSecrets {
		out.ImagePullSecrets = append(out.ImagePullSecrets, s.ImagePullSecrets[i].Name)
	}
	for i := range s.ResourceClaims {
		out.ResourceClaims = append(out.ResourceClaims, s.ResourceClaims[i].Name)
	}
	return out
}

func tolerations(list []v1.Toleration) []model.Toleration {
	var out []model.Toleration
	for i := range list {
		t := &list[i]
		out = append(out, model.Toleration{
			Key: t.Key, Operator: string(t.Operator), Value: t.Value, Effect: model.Effect(t.Effect), Seconds: t.TolerationSeconds,
		})
	}
	return out
}
