package manifest

import (
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"towtank.dev/towtank/model"
)

func (c clock) statefulSet(s *appsv1.StatefulSet) *model.StatefulSet {
	t := &s.Status
	out := &model.StatefulSet{
		ObjectMeta: c.meta(&s.ObjectMeta), Selector: selector(s.Spec.Selector), Replicas: *s.Spec.Replicas, Template: revised(&s.Spec.Template),
		ClaimTemplates: each(s.Spec.VolumeClaimTemplates, claimTemplate), ServiceName: s.Spec.ServiceName,
		PodManagementPolicy: string(s.Spec.PodManagementPolicy), UpdateStrategy: model.StatefulSetStrategy{Type: string(s.Spec.UpdateStrategy.Type)},
		RevisionHistoryLimit: s.Spec.RevisionHistoryLimit, MinReadySeconds: s.Spec.MinReadySeconds,
		Status: model.StatefulSetStatus{ObservedGeneration: t.ObservedGeneration, Replicas: t.Replicas, ReadyReplicas: t.ReadyReplicas,
			CurrentReplicas: t.CurrentReplicas, UpdatedReplicas: t.UpdatedReplicas, AvailableReplicas: t.AvailableReplicas,
			CurrentRevision: t.CurrentRevision, UpdateRevision: t.UpdateRevision, CollisionCount: t.CollisionCount,
			Conditions: each(t.Conditions, c.statefulSetCondition)},
	}
	if u := s.Spec.UpdateStrategy.RollingUpdate; u != nil {
		out.UpdateStrategy.MaxUnavailable = intOrPercent(u.MaxUnavailable)
		if u.Partition != nil {
			out.UpdateStrategy.Partition = *u.Partition
		}
	}
	if p := s.Spec.PersistentVolumeClaimRetentionPolicy; p != nil {
		out.WhenDeleted, out.WhenScaled = string(p.WhenDeleted), string(p.WhenScaled)
	}
	if s.Spec.Ordinals != nil {
		out.OrdinalsStart = s.Spec.Ordinals.Start
	}
	out.Source = s
	return out
}

func claimTemplate(t *v1.PersistentVolumeClaim) model.ClaimTemplate {
	return model.ClaimTemplate{Name: t.Name, Labels: t.Labels, Annotations: t.Annotations, Spec: claimSpec(&t.Spec)}
}

func toClaimTemplate(t *model.ClaimTemplate) v1.PersistentVolumeClaim {
	return v1.PersistentVolumeClaim{
		TypeMeta:   typeMeta(model.KindPersistentVolumeClaim),
		ObjectMeta: metav1.ObjectMeta{Name: t.Name, Labels: t.Labels, Annotations: t.Annotations},
		Spec:       toClaimSpec(&t.Spec, nil),
		Status:     v1.PersistentVolumeClaimStatus{Phase: v1.ClaimPending},
	}
}

func (c clock) toStatefulSet(s *model.StatefulSet) *appsv1.StatefulSet {
	out := &appsv1.StatefulSet{}
	if source, ok := s.Source.(*appsv1.StatefulSet); ok {
		*out = *source
	} else {
		out.Spec.Selector = toSelector(s.Selector)
		out.Spec.VolumeClaimTemplates = each(s.ClaimTemplates, toClaimTemplate)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindStatefulSet), c.toMeta(&s.ObjectMeta)
	spec := &out.Spec
	spec.Replicas, spec.Template, spec.ServiceName = &s.Replicas, toTemplate(s.Template), s.ServiceName
	spec.PodManagementPolicy, spec.RevisionHistoryLimit = appsv1.PodManagementPolicyType(s.PodManagementPolicy), s.RevisionHistoryLimit
	spec.MinReadySeconds, spec.UpdateStrategy = s.MinReadySeconds, toStatefulSetStrategy(&s.UpdateStrategy)
	spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
		WhenDeleted: appsv1.PersistentVolumeClaimRetentionPolicyType(s.WhenDeleted),
		WhenScaled:  appsv1.PersistentVolumeClaimRetentionPolicyType(s.WhenScaled),
	}
	spec.Ordinals = nil
	if s.OrdinalsStart != 0 {
		spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: s.OrdinalsStart}
	}
	t := &s.Status
	out.Status = appsv1.StatefulSetStatus{ObservedGeneration: t.ObservedGeneration, Replicas: t.Replicas, ReadyReplicas: t.ReadyReplicas,
		CurrentReplicas: t.CurrentReplicas, UpdatedReplicas: t.UpdatedReplicas, AvailableReplicas: t.AvailableReplicas,
		CurrentRevision: t.CurrentRevision, UpdateRevision: t.UpdateRevision, CollisionCount: t.CollisionCount,
		Conditions: each(t.Conditions, c.toStatefulSetCondition)}
	return out
}

func toStatefulSetStrategy(s *model.StatefulSetStrategy) appsv1.StatefulSetUpdateStrategy {
	out := appsv1.StatefulSetUpdateStrategy{Type: appsv1.StatefulSetUpdateStrategyType(s.Type)}
	if s.Type == model.RollingUpdate {
		out.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: &s.Partition, MaxUnavailable: toIntOrString(s.MaxUnavailable)}
	}
	return out
}

// controllerRevision keeps the template that a revision puts in the place of another; data of another form
// makes none.
func (c clock) controllerRevision(r *appsv1.ControllerRevision) *model.ControllerRevision {
	out := &model.ControllerRevision{ObjectMeta: c.meta(&r.ObjectMeta), Revision: r.Revision}
	var data struct {
		Spec struct {
			Template *v1.PodTemplateSpec `json:"template"`
		} `json:"spec"`
	}
	if json.Unmarshal(r.Data.Raw, &data) == nil && data.Spec.Template != nil {
		completeTemplate(data.Spec.Template)
		out.Template = revised(data.Spec.Template)
	}
	out.Source = r
	return out
}

func (c clock) toControllerRevision(r *model.ControllerRevision) *appsv1.ControllerRevision {
	out := &appsv1.ControllerRevision{}
	if source, ok := r.Source.(*appsv1.ControllerRevision); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta, out.Revision = typeMeta(model.KindControllerRevision), c.toMeta(&r.ObjectMeta), r.Revision
	if r.Template != nil {
		t := toTemplate(r.Template)
		out.Data = runtime.RawExtension{Raw: revisionData(&t)}
	}
	return out
}
