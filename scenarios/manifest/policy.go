package manifest

import (
	"slices"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"towtank.dev/towtank/model"
)

func (c clock) namespace(n *v1.Namespace) *model.Namespace {
	out := &model.Namespace{ObjectMeta: c.meta(&n.ObjectMeta), Phase: string(n.Status.Phase)}
	out.Source = n
	return out
}

func (c clock) toNamespace(n *model.Namespace) *v1.Namespace {
	out := &v1.Namespace{}
	if source, ok := n.Source.(*v1.Namespace); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindNamespace), c.toMeta(&n.ObjectMeta)
	out.Status.Phase = v1.NamespacePhase(n.Phase)
	return out
}

func (c clock) priorityClass(p *schedulingv1.PriorityClass) *model.PriorityClass {
	out := &model.PriorityClass{
		ObjectMeta: c.meta(&p.ObjectMeta), Value: p.Value, GlobalDefault: p.GlobalDefault,
		PreemptionPolicy: string(*p.PreemptionPolicy), Description: p.Description,
	}
	out.Source = p
	return out
}

func (c clock) toPriorityClass(p *model.PriorityClass) *schedulingv1.PriorityClass {
	out := &schedulingv1.PriorityClass{
		TypeMeta: typeMeta(model.KindPriorityClass), ObjectMeta: c.toMeta(&p.ObjectMeta),
		Value: p.Value, GlobalDefault: p.GlobalDefault, Description: p.Description,
	}
	if p.PreemptionPolicy != "" {
		policy := v1.PreemptionPolicy(p.PreemptionPolicy)
		out.PreemptionPolicy = &policy
	}
	return out
}

func (c clock) budget(b *policyv1.PodDisruptionBudget) *model.PodDisruptionBudget {
	out := &model.PodDisruptionBudget{
		ObjectMeta: c.meta(&b.ObjectMeta), Selector: selector(b.Spec.Selector),
		MinAvailable: intOrPercent(b.Spec.MinAvailable), MaxUnavailable: intOrPercent(b.Spec.MaxUnavailable),
		Status: model.DisruptionBudgetStatus{
			DisruptionsAllowed: b.Status.DisruptionsAllowed, CurrentHealthy: b.Status.CurrentHealthy,
			DesiredHealthy: b.Status.DesiredHealthy, ExpectedPods: b.Status.ExpectedPods,
			ObservedGeneration: b.Status.ObservedGeneration,
		},
	}
	out.Source = b
	if b.Spec.UnhealthyPodEvictionPolicy != nil {
		out.UnhealthyPodEvictionPolicy = string(*b.Spec.UnhealthyPodEvictionPolicy)
	}
	for name := range b.Status.DisruptedPods {
		out.Status.DisruptedPods = append(out.Status.DisruptedPods, name)
	}
	slices.Sort(out.Status.DisruptedPods)
	for _, name := range out.Status.DisruptedPods {
		out.Status.DisruptedAt = append(out.Status.DisruptedAt, c.at(b.Status.DisruptedPods[name]))
	}
	out.Status.Conditions = each(b.Status.Conditions, c.budgetCondition)
	return out
}

func (c clock) toBudget(b *model.PodDisruptionBudget) *policyv1.PodDisruptionBudget {
	out := &policyv1.PodDisruptionBudget{}
	source, ok := b.Source.(*policyv1.PodDisruptionBudget)
	if ok {
		*out = *source
	} else {
		out.Spec.Selector = toSelector(b.Selector)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindPodDisruptionBudget), c.toMeta(&b.ObjectMeta)
	out.Spec.MinAvailable, out.Spec.MaxUnavailable = toIntOrString(b.MinAvailable), toIntOrString(b.MaxUnavailable)
	out.Spec.UnhealthyPodEvictionPolicy = pointer[policyv1.UnhealthyPodEvictionPolicyType](b.UnhealthyPodEvictionPolicy)
	s := &out.Status
	s.DisruptionsAllowed, s.CurrentHealthy = b.Status.DisruptionsAllowed, b.Status.CurrentHealthy
	s.DesiredHealthy, s.ExpectedPods = b.Status.DesiredHealthy, b.Status.ExpectedPods
	s.ObservedGeneration = b.Status.ObservedGeneration
	s.Conditions, s.DisruptedPods = each(b.Status.Conditions, c.toBudgetCondition), nil
	for i, name := range b.Status.DisruptedPods {
		if s.DisruptedPods == nil {
			s.DisruptedPods = map[string]metav1.Time{}
		}
		s.DisruptedPods[name] = metav1.Time{}
		if i < len(b.Status.DisruptedAt) {
			s.DisruptedPods[name] = c.wall(b.Status.DisruptedAt[i])
		}
	}
	return out
}

// intOrPercent takes the number before the percent sign; what is neither is reported by validation.
func intOrPercent(v *intstr.IntOrString) *model.IntOrPercent {
	if v == nil {
		return nil
	}
	if v.Type == intstr.Int {
		return &model.IntOrPercent{Value: v.IntVal}
	}
	n, _ := strconv.ParseInt(strings.TrimSuffix(v.StrVal, "%"), 10, 32)
	return &model.IntOrPercent{Value: int32(n), Percent: true}
}

// share is intOrPercent of what is never left out, nothing where it is all the same.
func share(v *intstr.IntOrString) model.IntOrPercent {
	if v == nil {
		return model.IntOrPercent{}
	}
	return *intOrPercent(v)
}

func toIntOrString(v *model.IntOrPercent) *intstr.IntOrString {
	if v == nil {
		return nil
	}
	out := intstr.FromInt32(v.Value)
	if v.Percent {
		out = intstr.FromString(number(v.Value) + "%")
	}
	return &out
}
