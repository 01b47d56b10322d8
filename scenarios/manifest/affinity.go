package manifest

import (
	"slices"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"towtank.dev/towtank/model"
)

func affinity(a *v1.Affinity) *model.Affinity {
	if a == nil {
		return nil
	}
	out := &model.Affinity{}
	if n := a.NodeAffinity; n != nil {
		out.NodeRequired = nodeSelector(n.RequiredDuringSchedulingIgnoredDuringExecution)
		out.NodePreferred = preferredNodeTerms(n.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if p := a.PodAffinity; p != nil {
		out.PodRequired = podTerms(p.RequiredDuringSchedulingIgnoredDuringExecution)
		out.PodPreferred = weightedPodTerms(p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if p := a.PodAntiAffinity; p != nil {
		out.PodAntiRequired = podTerms(p.RequiredDuringSchedulingIgnoredDuringExecution)
		out.PodAntiPreferred = weightedPodTerms(p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	return out
}

func preferredNodeTerms(list []v1.PreferredSchedulingTerm) []model.PreferredNodeTerm {
	var out []model.PreferredNodeTerm
	for i := range list {
		term := model.PreferredNodeTerm{Weight: list[i].Weight, Term: nodeTerm(&list[i].Preference)}
		// The error of a term names its place, so the terms before it stand there as empty ones.
		only := make([]v1.PreferredSchedulingTerm, i+1)
		only[i] = list[i]
		if _, err := nodeaffinity.NewPreferredSchedulingTerms(only); err != nil {
			term.Term.Invalid = err.Error()
		}
		out = append(out, term)
	}
	return out
}

func podTerms(list []v1.PodAffinityTerm) []model.PodAffinityTerm {
	var out []model.PodAffinityTerm
	for i := range list {
		out = append(out, podTerm(&list[i]))
	}
	return out
}

func weightedPodTerms(list []v1.WeightedPodAffinityTerm) []model.WeightedPodAffinityTerm {
	var out []model.WeightedPodAffinityTerm
	for i := range list {
		out = append(out, model.WeightedPodAffinityTerm{Weight: list[i].Weight, Term: podTerm(&list[i].PodAffinityTerm)})
	}
	return out
}

func podTerm(t *v1.PodAffinityTerm) model.PodAffinityTerm {
	return model.PodAffinityTerm{
		Selector: selector(t.LabelSelector), Namespaces: t.Namespaces, NamespaceSelector: selector(t.NamespaceSelector),
		TopologyKey: t.TopologyKey, MatchLabelKeys: t.MatchLabelKeys, MismatchLabelKeys: t.MismatchLabelKeys,
		Invalid: selectorError(t.LabelSelector, t.NamespaceSelector),
	}
}

func spreadTerms(list []v1.TopologySpreadConstraint) []model.TopologySpreadConstraint {
	var out []model.TopologySpreadConstraint
	for i := range list {
		c := &list[i]
		out = append(out, model.TopologySpreadConstraint{
			MaxSkew: c.MaxSkew, TopologyKey: c.TopologyKey, WhenUnsatisfiable: model.WhenUnsatisfiable(c.WhenUnsatisfiable),
			Selector: selector(c.LabelSelector), MinDomains: c.MinDomains, MatchLabelKeys: c.MatchLabelKeys,
			HonorAffinity: c.NodeAffinityPolicy == nil || *c.NodeAffinityPolicy == v1.NodeInclusionPolicyHonor,
			HonorTaints:   c.NodeTaintsPolicy != nil && *c.NodeTaintsPolicy == v1.NodeInclusionPolicyHonor,
			Invalid:       selectorError(c.LabelSelector),
		})
	}
	return out
}

// labelKeys are the keys whose values the spec takes from the pod's labels at creation, sorted.
func labelKeys(s *v1.PodSpec) []string {
	var keys []string
	eachPodTerm(s.Affinity, func(t *v1.PodAffinityTerm) {
		keys = append(append(keys, t.MatchLabelKeys...), t.MismatchLabelKeys...)
	})
	for i := range s.TopologySpreadConstraints {
		keys = append(keys, s.TopologySpreadConstraints[i].MatchLabelKeys...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func eachPodTerm(a *v1.Affinity, visit func(*v1.PodAffinityTerm)) {
	if a == nil {
		return
	}
	if p := a.PodAffinity; p != nil {
		eachTermOf(p.RequiredDuringSchedulingIgnoredDuringExecution, p.PreferredDuringSchedulingIgnoredDuringExecution, visit)
	}
	if p := a.PodAntiAffinity; p != nil {
		eachTermOf(p.RequiredDuringSchedulingIgnoredDuringExecution, p.PreferredDuringSchedulingIgnoredDuringExecution, visit)
	}
}

func eachTermOf(required []v1.PodAffinityTerm, preferred []v1.WeightedPodAffinityTerm, visit func(*v1.PodAffinityTerm)) {
	for i := range required {
		visit(&required[i])
	}
	for i := range preferred {
		visit(&preferred[i].PodAffinityTerm)
	}
}

// mergeLabelKeys adds to the selectors what matchLabelKeys and mismatchLabelKeys mean for a pod with
// these labels. The API server does so once, when a pod is created; a pod that it has given back holds
// the requirement already and gets no second one.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/strategy.go mutatePodAffinity, mutateTopologySpreadConstraints.
func mergeLabelKeys(s *v1.PodSpec, labels map[string]string) {
	eachPodTerm(s.Affinity, func(t *v1.PodAffinityTerm) {
		mergeKeys(t.LabelSelector, t.MatchLabelKeys, metav1.LabelSelectorOpIn, labels)
		mergeKeys(t.LabelSelector, t.MismatchLabelKeys, metav1.LabelSelectorOpNotIn, labels)
	})
	for i := range s.TopologySpreadConstraints {
		c := &s.TopologySpreadConstraints[i]
		mergeKeys(c.LabelSelector, c.MatchLabelKeys, metav1.LabelSelectorOpIn, labels)
	}
}

// mergeKeys leaves a nil selector alone: it matches nothing.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/strategy.go applyLabelKeysToLabelSelector.
func mergeKeys(s *metav1.LabelSelector, keys []string, op metav1.LabelSelectorOperator, labels map[string]string) {
	if s == nil {
		return
	}
	for _, key := range keys {
		value, has := labels[key]
		if !has || holds(s, key, op) {
			continue
		}
		s.MatchExpressions = append(s.MatchExpressions, metav1.LabelSelectorRequirement{Key: key, Operator: op, Values: []string{value}})
	}
}

// holds says whether the selector has a requirement such as the merge makes for the key.
func holds(s *metav1.LabelSelector, key string, op metav1.LabelSelectorOperator) bool {
	return slices.ContainsFunc(s.MatchExpressions, func(r metav1.LabelSelectorRequirement) bool {
		return r.Key == key && r.Operator == op && len(r.Values) == 1
	})
}
