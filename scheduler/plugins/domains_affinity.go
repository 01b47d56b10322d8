package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// AffinityForm is what InterPodAffinity does for a pod, for runtimes that count pods by domain
// themselves. What the pods that are there have against it or for it is not part of it.
type AffinityForm struct {
	// Required terms count pods that all of them select. Self says that they all select the pod itself.
	Required []AffinityTerm
	Self     bool
	// Anti terms keep the pod away; Scored ones weigh.
	Anti, Scored []AffinityTerm
	// HardWeight is what a required term of another pod that selects this one weighs. Unscored says that
	// the pod is not scored at all.
	HardWeight int64
	Unscored   bool
}

// AffinityTerm is a term of the pod with its namespaces worked out.
type AffinityTerm struct {
	TopologyKey string
	Weight      int64 // negative for anti-affinity
	own         ownTerm
}

// AffinityForm derives the form; false when the pod's terms cannot be used.
func (pl *interPodAffinity) AffinityForm(pod *framework.PodInfo) (AffinityForm, bool) {
	t := &pod.Terms
	if t.Invalid != "" {
		return AffinityForm{}, false
	}
	required := ownTerms(t.Required, pod.Pod, pl.objects)
	f := AffinityForm{Required: terms(required, 1), Self: selectedByAll(required, pod.Pod), HardWeight: pl.hardWeight}
	f.Anti = terms(ownTerms(t.AntiRequired, pod.Pod, pl.objects), 1)
	f.Scored = append(terms(ownWeightedTerms(t.Preferred, pod.Pod, pl.objects), 1), terms(ownWeightedTerms(t.AntiPreferred, pod.Pod, pl.objects), -1)...)
	f.Unscored = pl.ignoreExisting && len(f.Scored) == 0
	return f, true
}

func terms(own []ownTerm, sign int64) []AffinityTerm {
	out := make([]AffinityTerm, len(own))
	for i := range own {
		out[i] = AffinityTerm{own[i].topologyKey, sign * own[i].weight, own[i]}
	}
	return out
}

// Selects says whether the term selects a pod.
func (t *AffinityTerm) Selects(pod *model.Pod) bool { return t.own.selects(pod) }

// Selector is the label selector that the term's pods match; nil matches none.
func (t *AffinityTerm) Selector() *model.Selector { return t.own.selector }

// AppendKey appends what Selects reads of the term.
func (t *AffinityTerm) AppendKey(key []byte) []byte {
	key = appendBool(AppendSelector(key, t.own.selector), t.own.anywhere)
	key = appendInt(key, int64(len(t.own.namespaces)))
	for _, namespace := range t.own.namespaces {
		key = appendString(key, namespace)
	}
	return key
}

// AppendTermKey appends the content of a term of some pod.
func AppendTermKey(key []byte, t *model.PodAffinityTerm) []byte {
	key = AppendSelector(AppendSelector(key, t.Selector), t.NamespaceSelector)
	key = appendInt(key, int64(len(t.Namespaces)))
	for _, namespace := range t.Namespaces {
		key = appendString(key, namespace)
	}
	return appendString(key, t.TopologyKey)
}

// TermSelects says whether a term of a pod in the owner's namespace selects the target.
func TermSelects(t *model.PodAffinityTerm, owner, target *model.Pod, namespaceLabels map[string]string) bool {
	return termSelects(t, owner, target, namespaceLabels)
}
