package plugins

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// termSelects says whether a term of owner's affinity selects target. namespaceLabels are those of
// target's namespace.
// Source: kubernetes v1.37.2 kube-scheduler framework/types.go AffinityTerm.Matches.
func termSelects(t *model.PodAffinityTerm, owner, target *model.Pod, namespaceLabels map[string]string) bool {
	var there bool
	if len(t.Namespaces) == 0 && t.NamespaceSelector == nil {
		there = target.Namespace == owner.Namespace
	} else {
		there = slices.Contains(t.Namespaces, target.Namespace) || t.NamespaceSelector.Matches(namespaceLabels)
	}
	return there && t.Selector.Matches(target.Labels)
}

// ownTerm is a term of the pod that is being scheduled, its namespaces worked out once per cycle.
type ownTerm struct {
	selector    *model.Selector
	topologyKey string
	weight      int64
	anywhere    bool // an empty namespace selector takes every namespace
	namespaces  []string
}

// ownTermOf works out the namespaces that a term means.
// Source: kubernetes v1.37.2 interpodaffinity/plugin.go mergeAffinityTermNamespacesIfNotEmpty.
func ownTermOf(t *model.PodAffinityTerm, weight int32, pod *model.Pod, objects framework.Objects) ownTerm {
	own := ownTerm{selector: t.Selector, topologyKey: t.TopologyKey, weight: int64(weight), namespaces: t.Namespaces}
	switch {
	case len(t.Namespaces) == 0 && t.NamespaceSelector == nil:
		own.namespaces = []string{pod.Namespace}
	case t.NamespaceSelector.Empty():
		own.anywhere = true
	case t.NamespaceSelector != nil:
		own.namespaces = slices.Clone(t.Namespaces)
		for _, namespace := range objects.Namespaces() {
			if t.NamespaceSelector.Matches(namespace.Labels) {
				own.namespaces = append(own.namespaces, namespace.Name)
			}
		}
	}
	return own
}

func ownTerms(terms []model.PodAffinityTerm, pod *model.Pod, objects framework.Objects) []ownTerm {
	out := make([]ownTerm, len(terms))
	for i := range terms {
		out[i] = ownTermOf(&terms[i], 0, pod, objects)
	}
	return out
}

func ownWeightedTerms(terms []model.WeightedPodAffinityTerm, pod *model.Pod, objects framework.Objects) []ownTerm {
	out := make([]ownTerm, len(terms))
	for i := range terms {
		out[i] = ownTermOf(&terms[i].Term, terms[i].Weight, pod, objects)
	}
	return out
}

// selects says whether the term selects the pod.
func (t *ownTerm) selects(pod *model.Pod) bool {
	return (t.anywhere || slices.Contains(t.namespaces, pod.Namespace)) && t.selector.Matches(pod.Labels)
}

// selectedByAll says whether every term selects the pod; no terms select nothing.
func selectedByAll(terms []ownTerm, pod *model.Pod) bool {
	for i := range terms {
		if !terms[i].selects(pod) {
			return false
		}
	}
	return len(terms) > 0
}
