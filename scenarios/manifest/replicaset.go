package manifest

import (
	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

func (c clock) replicationController(r *v1.ReplicationController) *model.ReplicationController {
	s := &r.Status
	out := &model.ReplicationController{
		ObjectMeta: c.meta(&r.ObjectMeta), Selector: r.Spec.Selector, Replicas: *r.Spec.Replicas, MinReadySeconds: r.Spec.MinReadySeconds,
		Status: model.ReplicaSetStatus{Replicas: s.Replicas, FullyLabeledReplicas: s.FullyLabeledReplicas, ReadyReplicas: s.ReadyReplicas,
			AvailableReplicas: s.AvailableReplicas, ObservedGeneration: s.ObservedGeneration, Conditions: each(s.Conditions, c.controllerCondition)},
	}
	if r.Spec.Template != nil {
		out.Template = template(r.Spec.Template)
	}
	out.Source = r
	return out
}

func (c clock) toReplicationController(r *model.ReplicationController) *v1.ReplicationController {
	out := &v1.ReplicationController{}
	if source, ok := r.Source.(*v1.ReplicationController); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindReplicationController), c.toMeta(&r.ObjectMeta)
	out.Spec.Selector, out.Spec.Replicas, out.Spec.MinReadySeconds = r.Selector, &r.Replicas, r.MinReadySeconds
	if r.Template != nil {
		t := toTemplate(r.Template)
		out.Spec.Template = &t
	}
	s := &r.Status
	out.Status = v1.ReplicationControllerStatus{Replicas: s.Replicas, FullyLabeledReplicas: s.FullyLabeledReplicas, ReadyReplicas: s.ReadyReplicas,
		AvailableReplicas: s.AvailableReplicas, ObservedGeneration: s.ObservedGeneration, Conditions: each(s.Conditions, c.toControllerCondition)}
	return out
}

func (c clock) replicaSet(r *appsv1.ReplicaSet) *model.ReplicaSet {
	s := &r.Status
	out := &model.ReplicaSet{
		ObjectMeta: c.meta(&r.ObjectMeta), Selector: selector(r.Spec.Selector), Replicas: *r.Spec.Replicas, MinReadySeconds: r.Spec.MinReadySeconds,
		Template: template(&r.Spec.Template),
		Status: model.ReplicaSetStatus{Replicas: s.Replicas, FullyLabeledReplicas: s.FullyLabeledReplicas, ReadyReplicas: s.ReadyReplicas,
			AvailableReplicas: s.AvailableReplicas, TerminatingReplicas: s.TerminatingReplicas, ObservedGeneration: s.ObservedGeneration,
			Conditions: each(s.Conditions, c.replicaSetCondition)},
	}
	out.Source = r
	return out
}

func (c clock) toReplicaSet(r *model.ReplicaSet) *appsv1.ReplicaSet {
	out := &appsv1.ReplicaSet{}
	if source, ok := r.Source.(*appsv1.ReplicaSet); ok {
		*out = *source
	} else {
		out.Spec.Selector = toSelector(r.Selector)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindReplicaSet), c.toMeta(&r.ObjectMeta)
	out.Spec.Replicas, out.Spec.MinReadySeconds, out.Spec.Template = &r.Replicas, r.MinReadySeconds, toTemplate(r.Template)
	s := &r.Status
	out.Status = appsv1.ReplicaSetStatus{Replicas: s.Replicas, FullyLabeledReplicas: s.FullyLabeledReplicas, ReadyReplicas: s.ReadyReplicas,
		AvailableReplicas: s.AvailableReplicas, TerminatingReplicas: s.TerminatingReplicas, ObservedGeneration: s.ObservedGeneration,
		Conditions: each(s.Conditions, c.toReplicaSetCondition)}
	return out
}
