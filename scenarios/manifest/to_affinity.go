package manifest

import (
	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

func toAffinity(a *model.Affinity) *v1.Affinity {
	if a == nil {
		return nil
	}
	out := &v1.Affinity{}
	if a.NodeRequired != nil || a.NodePreferred != nil {
		out.NodeAffinity = &v1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution:  toNodeSelector(a.NodeRequired),
			PreferredDuringSchedulingIgnoredDuringExecution: toPreferredNodeTerms(a.NodePreferred),
		}
	}
	if a.PodRequired != nil || a.PodPreferred != nil {
		out.PodAffinity = &v1.PodAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution:  toPodTerms(a.PodRequired),
			PreferredDuringSchedulingIgnoredDuringExecution: toWeightedPodTerms(a.PodPreferred),
		}
	}
	if a.PodAntiRequired != nil || a.PodAntiPreferred != nil {
		out.PodAntiAffinity = &v1.PodAntiAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution:  toPodTerms(a.PodAntiRequired),
			PreferredDuringSchedulingIgnoredDuringExecution: toWeightedPodTerms(a.PodAntiPreferred),
		}
	}
	return out
}

func toPreferredNodeTerms(list []model.PreferredNodeTerm) []v1.PreferredSchedulingTerm {
	var out []v1.PreferredSchedulingTerm
	for i := range list {
		out = append(out, v1.PreferredSchedulingTerm{Weight: list[i].Weight, Preference: toNodeTerm(&list[i].Term)})
	}
	return out
}

func toPodTerms(list []model.PodAffinityTerm) []v1.PodAffinityTerm {
	var out []v1.PodAffinityTerm
	for i := range list {
		out = append(out, toPodTerm(&list[i]))
	}
	return out
}

func toWeightedPodTerms(list []model.WeightedPodAffinityTerm) []v1.WeightedPodAffinityTerm {
	var out []v1.WeightedPodAffinityTerm
	for i := range list {
		out = append(out, v1.WeightedPodAffinityTerm{Weight: list[i].Weight, PodAffinityTerm: toPodTerm(&list[i].Term)})
	}
	return out
}

func toPodTerm(t *model.PodAffinityTerm) v1.PodAffinityTerm {
	return v1.PodAffinityTerm{
		LabelSelector: toSelector(t.Selector, t.MatchLabelKeys...), Namespaces: t.Namespaces, NamespaceSelector: toSelector(t.NamespaceSelector),
		TopologyKey: t.TopologyKey, MatchLabelKeys: t.MatchLabelKeys, MismatchLabelKeys: t.MismatchLabelKeys,
	}
}

func toSpreadTerms(list []model.TopologySpreadConstraint) []v1.TopologySpreadConstraint {
	var out []v1.TopologySpreadConstraint
	for i := range list {
		c := &list[i]
		term := v1.TopologySpreadConstraint{
			MaxSkew: c.MaxSkew, TopologyKey: c.TopologyKey, WhenUnsatisfiable: v1.UnsatisfiableConstraintAction(c.WhenUnsatisfiable),
			LabelSelector: toSelector(c.Selector, c.MatchLabelKeys...), MinDomains: c.MinDomains, MatchLabelKeys: c.MatchLabelKeys,
		}
		if !c.HonorAffinity {
			term.NodeAffinityPolicy = pointer[v1.NodeInclusionPolicy](string(v1.NodeInclusionPolicyIgnore))
		}
		if c.HonorTaints {
			term.NodeTaintsPolicy = pointer[v1.NodeInclusionPolicy](string(v1.NodeInclusionPolicyHonor))
		}
		out = append(out, term)
	}
	return out
}
