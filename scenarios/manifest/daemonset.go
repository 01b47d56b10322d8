package manifest

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"

	"towtank.dev/towtank/model"
)

func (c clock) daemonSet(d *appsv1.DaemonSet) *model.DaemonSet {
	s := &d.Status
	out := &model.DaemonSet{
		ObjectMeta: c.meta(&d.ObjectMeta), Selector: selector(d.Spec.Selector), Template: revised(&d.Spec.Template),
		UpdateStrategy:  model.DaemonSetStrategy{Type: string(d.Spec.UpdateStrategy.Type)},
		MinReadySeconds: d.Spec.MinReadySeconds, RevisionHistoryLimit: d.Spec.RevisionHistoryLimit,
		Status: model.DaemonSetStatus{ObservedGeneration: s.ObservedGeneration, CurrentNumberScheduled: s.CurrentNumberScheduled,
			NumberMisscheduled: s.NumberMisscheduled, DesiredNumberScheduled: s.DesiredNumberScheduled, NumberReady: s.NumberReady,
			UpdatedNumberScheduled: s.UpdatedNumberScheduled, NumberAvailable: s.NumberAvailable, NumberUnavailable: s.NumberUnavailable,
			CollisionCount: s.CollisionCount, Conditions: each(s.Conditions, c.daemonSetCondition)},
	}
	if u := d.Spec.UpdateStrategy.RollingUpdate; u != nil {
		out.UpdateStrategy.MaxSurge, out.UpdateStrategy.MaxUnavailable = share(u.MaxSurge), share(u.MaxUnavailable)
	}
	out.TemplateGeneration, _ = strconv.ParseInt(d.Annotations[appsv1.DeprecatedTemplateGeneration], 10, 64)
	out.Annotations = without(d.Annotations, appsv1.DeprecatedTemplateGeneration)
	out.Source = d
	return out
}

// toDaemonSet turns a DaemonSet back; the count of its templates is an annotation in this version.
// Source: kubernetes v1.37.2 pkg/apis/apps/v1/conversion.go Convert_apps_DaemonSet_To_v1_DaemonSet.
func (c clock) toDaemonSet(d *model.DaemonSet) *appsv1.DaemonSet {
	out := &appsv1.DaemonSet{}
	if source, ok := d.Source.(*appsv1.DaemonSet); ok {
		*out = *source
	} else {
		out.Spec.Selector = toSelector(d.Selector)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindDaemonSet), c.toMeta(&d.ObjectMeta)
	if d.TemplateGeneration != 0 {
		out.Annotations = make(map[string]string, len(d.Annotations)+1)
		for k, v := range d.Annotations {
			out.Annotations[k] = v
		}
		out.Annotations[appsv1.DeprecatedTemplateGeneration] = strconv.FormatInt(d.TemplateGeneration, 10)
	}
	out.Spec.Template, out.Spec.MinReadySeconds, out.Spec.RevisionHistoryLimit = toTemplate(d.Template), d.MinReadySeconds, d.RevisionHistoryLimit
	out.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.DaemonSetUpdateStrategyType(d.UpdateStrategy.Type)}
	if d.UpdateStrategy.Type == model.RollingUpdate {
		out.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{
			MaxSurge: toIntOrString(&d.UpdateStrategy.MaxSurge), MaxUnavailable: toIntOrString(&d.UpdateStrategy.MaxUnavailable)}
	}
	s := &d.Status
	out.Status = appsv1.DaemonSetStatus{ObservedGeneration: s.ObservedGeneration, CurrentNumberScheduled: s.CurrentNumberScheduled,
		NumberMisscheduled: s.NumberMisscheduled, DesiredNumberScheduled: s.DesiredNumberScheduled, NumberReady: s.NumberReady,
		UpdatedNumberScheduled: s.UpdatedNumberScheduled, NumberAvailable: s.NumberAvailable, NumberUnavailable: s.NumberUnavailable,
		CollisionCount: s.CollisionCount, Conditions: each(s.Conditions, c.toDaemonSetCondition)}
	return out
}
