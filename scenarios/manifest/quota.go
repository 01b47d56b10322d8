package manifest

import (
	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

func (c clock) quota(q *v1.ResourceQuota) *model.ResourceQuota {
	out := &model.ResourceQuota{ObjectMeta: c.meta(&q.ObjectMeta), Hard: resources(q.Spec.Hard),
		Status: model.QuotaStatus{Hard: resources(q.Status.Hard), Used: resources(q.Status.Used)}}
	for _, s := range q.Spec.Scopes {
		out.Scopes = append(out.Scopes, model.QuotaScope{Name: string(s), Operator: model.OpExists})
	}
	if q.Spec.ScopeSelector != nil {
		for i := range q.Spec.ScopeSelector.MatchExpressions {
			e := &q.Spec.ScopeSelector.MatchExpressions[i]
			out.Scopes = append(out.Scopes, model.QuotaScope{Name: string(e.ScopeName), Operator: model.Operator(e.Operator), Values: e.Values})
		}
	}
	out.Source = q
	return out
}

func (c clock) toQuota(q *model.ResourceQuota) *v1.ResourceQuota {
	out := &v1.ResourceQuota{}
	source, ok := q.Source.(*v1.ResourceQuota)
	if ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindResourceQuota), c.toMeta(&q.ObjectMeta)
	out.Spec.Hard = toResources(q.Hard, out.Spec.Hard)
	out.Status = v1.ResourceQuotaStatus{Hard: toResources(q.Status.Hard, out.Spec.Hard), Used: toResources(q.Status.Used, nil)}
	if ok || len(q.Scopes) == 0 {
		return out // scopes cannot be changed
	}
	out.Spec.ScopeSelector = &v1.ScopeSelector{MatchExpressions: each(q.Scopes, func(s *model.QuotaScope) v1.ScopedResourceSelectorRequirement {
		return v1.ScopedResourceSelectorRequirement{ScopeName: v1.ResourceQuotaScope(s.Name), Operator: v1.ScopeSelectorOperator(s.Operator), Values: s.Values}
	})}
	return out
}

func (c clock) limitRange(l *v1.LimitRange) *model.LimitRange {
	out := &model.LimitRange{ObjectMeta: c.meta(&l.ObjectMeta), Limits: each(l.Spec.Limits, func(i *v1.LimitRangeItem) model.LimitRangeItem {
		return model.LimitRangeItem{Type: string(i.Type), Max: resources(i.Max), Min: resources(i.Min), Default: resources(i.Default),
			DefaultRequest: resources(i.DefaultRequest), MaxLimitRequestRatio: resources(i.MaxLimitRequestRatio)}
	})}
	out.Source = l
	return out
}

func (c clock) toLimitRange(l *model.LimitRange) *v1.LimitRange {
	out := &v1.LimitRange{}
	source, ok := l.Source.(*v1.LimitRange)
	if ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindLimitRange), c.toMeta(&l.ObjectMeta)
	if ok {
		return out // limits change by patches alone, which make a new source
	}
	out.Spec.Limits = each(l.Limits, func(i *model.LimitRangeItem) v1.LimitRangeItem {
		return v1.LimitRangeItem{Type: v1.LimitType(i.Type), Max: toResources(i.Max, nil), Min: toResources(i.Min, nil), Default: toResources(i.Default, nil),
			DefaultRequest: toResources(i.DefaultRequest, nil), MaxLimitRequestRatio: toResources(i.MaxLimitRequestRatio, nil)}
	})
	return out
}
