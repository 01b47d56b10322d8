package controllers

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// reconcile brings the workload to the size that it should have, and says why it cannot be worked out.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler.
func (l *look) reconcile() error {
	if err := l.getScale(); err != nil {
		l.warn("FailedGetScale", "%v", err)
		l.say(model.AutoscalerAbleToScale, model.ConditionFalse, "FailedGetScale",
			"the HPA controller was unable to get the target's current scale: %v", err)
		return nil
	}
	l.say(model.AutoscalerAbleToScale, model.ConditionTrue, "SucceededGetScale", "the HPA controller was able to get the target's current scale")
	current := l.scale.Replicas
	if l.scaling = l.c.of[l.key]; l.scaling == nil {
		l.scaling = &scaling{recommended: []dated{{l.c.manager.Engine.Now(), current}}}
		l.c.of[l.key] = l.scaling
	}
	w, err := l.decide(current)
	if err != nil {
		l.seen(current, l.h.Status.DesiredReplicas, w.statuses)
		return err
	}
	if !w.rescale {
		l.seen(current, current, w.statuses)
		return nil
	}
	if l.rescale(current, w) {
		l.seen(current, w.replicas, w.statuses)
		now := l.c.manager.Engine.Now()
		l.h.Status.LastScale = &now
		return nil
	}
	l.seen(current, l.h.Status.DesiredReplicas, w.statuses)
	return nil
}

// getScale reads the size of the workload.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler, scaleForResourceMappings;
// apimachinery pkg/runtime/schema/group_version.go ParseGroupVersion, pkg/api/meta/errors.go NoKindMatchError.
func (l *look) getScale() error {
	t := &l.h.Target
	group, _, versioned := strings.Cut(t.APIVersion, "/")
	switch {
	case strings.Count(t.APIVersion, "/") > 1:
		return fmt.Errorf("unexpected GroupVersion string: %s", t.APIVersion)
	case !versioned:
		group = ""
	}
	kind := model.Kind(t.Kind)
	if r, ok := apiserver.ResourceOf(kind); !ok || r.Group != group {
		return fmt.Errorf("no matches for kind %q in group %q", t.Kind, group)
	}
	return l.c.loop.through(l.c.scales, func() (err error) {
		l.scale, err = l.c.manager.API.Scale(kind, l.h.Namespace, t.Name)
		return err
	})
}

// wanted is what is decided of a workload.
type wanted struct {
	replicas int32
	rescale  bool
	reason   string
	statuses []model.MetricStatus
}

// decide says how many pods there should be, and why.
func (l *look) decide(current int32) (wanted, error) {
	h := l.h
	elsewhere, byItself := l.scalesOnOthers(), l.scaledToZero()
	switch {
	case current == 0 && (!byItself || h.MinReplicas == 0 && !elsewhere):
		l.say(model.AutoscalerScalingActive, model.ConditionFalse, "ScalingDisabled",
			"scaling is disabled since the replica count of the target is zero")
		return wanted{}, nil
	case current > h.MaxReplicas:
		return wanted{replicas: h.MaxReplicas, rescale: true, reason: "Current number of replicas above Spec.MaxReplicas"}, nil
	case current != 0 && current < h.MinReplicas:
		return wanted{replicas: h.MinReplicas, rescale: true, reason: "Current number of replicas below Spec.MinReplicas"}, nil
	}
	proposed, metric, statuses, err := l.measure()
	if err != nil {
		return wanted{statuses: statuses}, err
	}
	w := wanted{replicas: max(proposed, 0), statuses: statuses}
	if w.replicas == 0 {
		metric = ""
	}
	switch {
	case w.replicas > current:
		w.reason = metric + " above target"
	case w.replicas < current:
		w.reason = "All metrics below target"
	}
	w.replicas = l.normalise(current, w.replicas)
	if current == 0 && w.replicas < h.MinReplicas {
		w.replicas = h.MinReplicas
		if w.reason == "" {
			w.reason = "Current number of replicas below Spec.MinReplicas"
		}
	}
	w.rescale = w.replicas != current
	return w, nil
}

// scalesOnOthers says whether a metric is there also while there is no pod.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go hasObjectOrExternalMetrics.
func (l *look) scalesOnOthers() bool {
	for i := range l.h.Metrics {
		if t := l.h.Metrics[i].Type; t == "Object" || t == "External" {
			return true
		}
	}
	return false
}

// scaledToZero says whether it was the controller itself that has taken the last pod away.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go getScaledToZeroConditionStatus.
func (l *look) scaledToZero() bool {
	k := model.FindCondition(l.h.Status.Conditions, model.AutoscalerScaledToZero)
	return k != nil && k.Status == model.ConditionTrue
}

// rescale asks the workload for another number of pods, and says whether that was possible. A workload that
// has been written since its size was read takes it all the same: upstream tries again, a moment later.
func (l *look) rescale(current int32, w wanted) bool {
	t := &l.h.Target
	err := l.c.loop.through(l.c.scales, func() error {
		return l.c.manager.API.SetScale(model.Kind(t.Kind), l.h.Namespace, t.Name, w.replicas)
	})
	if err != nil {
		l.warn("FailedRescale", "New size: %d; reason: %s; error: %v", w.replicas, w.reason, err)
		l.say(model.AutoscalerAbleToScale, model.ConditionFalse, "FailedUpdateScale", "the HPA controller was unable to update the target scale: %v", err)
		return false
	}
	l.say(model.AutoscalerAbleToScale, model.ConditionTrue, "SucceededRescale", "the HPA controller was able to update the target scale to %d", w.replicas)
	l.c.loop.Event(l.h, apiserver.Normal, "SuccessfulRescale", "New size: %d; reason: %s", w.replicas, w.reason)
	l.scaling.scaled(l.c.manager.Engine.Now(), l.h, current, w.replicas)
	if current > 0 && w.replicas == 0 && l.h.MinReplicas == 0 && l.scalesOnOthers() {
		l.say(model.AutoscalerScaledToZero, model.ConditionTrue, "ScaledToZero", "the HPA controller scaled the workload to zero")
	} else {
		l.say(model.AutoscalerScaledToZero, model.ConditionFalse, "NotScaledToZero", "the HPA controller did not scale the workload to zero")
	}
	return true
}

// seen takes what was found and decided into the status.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go setStatus.
func (l *look) seen(current, desired int32, statuses []model.MetricStatus) {
	s := &l.h.Status
	s.CurrentReplicas, s.DesiredReplicas, s.CurrentMetrics, s.ObservedGeneration = current, desired, statuses, l.h.Generation
}

// say sets a condition. It is as old as its status.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go setConditionInList.
func (l *look) say(kind, status, reason, format string, args ...any) {
	s := &l.h.Status
	k := model.FindCondition(s.Conditions, kind)
	if k == nil {
		s.Conditions = append(s.Conditions, model.Condition{Type: kind})
		k = &s.Conditions[len(s.Conditions)-1]
	}
	if k.Status != status {
		k.LastTransition = l.c.manager.Engine.Now()
	}
	k.Status, k.Reason, k.Message = status, reason, fmt.Sprintf(format, args...)
}
