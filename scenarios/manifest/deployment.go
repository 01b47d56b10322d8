package manifest

import (
	appsv1 "k8s.io/api/apps/v1"

	"towtank.dev/towtank/model"
)

func (c clock) deployment(d *appsv1.Deployment) *model.Deployment {
	s := &d.Status
	out := &model.Deployment{
		ObjectMeta: c.meta(&d.ObjectMeta), Selector: selector(d.Spec.Selector), Replicas: *d.Spec.Replicas, Template: template(&d.Spec.Template),
		Strategy: model.DeploymentStrategy{Type: string(d.Spec.Strategy.Type)}, MinReadySeconds: d.Spec.MinReadySeconds,
		RevisionHistoryLimit: d.Spec.RevisionHistoryLimit, Paused: d.Spec.Paused, ProgressDeadlineSeconds: d.Spec.ProgressDeadlineSeconds,
		Status: model.DeploymentStatus{ObservedGeneration: s.ObservedGeneration, Replicas: s.Replicas, UpdatedReplicas: s.UpdatedReplicas,
			ReadyReplicas: s.ReadyReplicas, AvailableReplicas: s.AvailableReplicas, UnavailableReplicas: s.UnavailableReplicas,
			TerminatingReplicas: s.TerminatingReplicas, CollisionCount: s.CollisionCount, Conditions: each(s.Conditions, c.deploymentCondition)},
	}
	if u := d.Spec.Strategy.RollingUpdate; u != nil {
		out.Strategy.MaxSurge, out.Strategy.MaxUnavailable = share(u.MaxSurge), share(u.MaxUnavailable)
	}
	out.Source = d
	return out
}

func (c clock) toDeployment(d *model.Deployment) *appsv1.Deployment {
	out := &appsv1.Deployment{}
	if source, ok := d.Source.(*appsv1.Deployment); ok {
		*out = *source
	} else {
		out.Spec.Selector = toSelector(d.Selector)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindDeployment), c.toMeta(&d.ObjectMeta)
	out.Spec.Replicas, out.Spec.Template, out.Spec.MinReadySeconds = &d.Replicas, toTemplate(d.Template), d.MinReadySeconds
	out.Spec.RevisionHistoryLimit, out.Spec.Paused, out.Spec.ProgressDeadlineSeconds = d.RevisionHistoryLimit, d.Paused, d.ProgressDeadlineSeconds
	out.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.DeploymentStrategyType(d.Strategy.Type)}
	if d.Strategy.Type == model.RollingUpdate {
		out.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{
			MaxSurge: toIntOrString(&d.Strategy.MaxSurge), MaxUnavailable: toIntOrString(&d.Strategy.MaxUnavailable)}
	}
	s := &d.Status
	out.Status = appsv1.DeploymentStatus{ObservedGeneration: s.ObservedGeneration, Replicas: s.Replicas, UpdatedReplicas: s.UpdatedReplicas,
		ReadyReplicas: s.ReadyReplicas, AvailableReplicas: s.AvailableReplicas, UnavailableReplicas: s.UnavailableReplicas,
		TerminatingReplicas: s.TerminatingReplicas, CollisionCount: s.CollisionCount, Conditions: each(s.Conditions, c.toDeploymentCondition)}
	return out
}
