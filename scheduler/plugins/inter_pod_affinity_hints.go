package plugins

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// EventsToRegister is pods on nodes that come, go or change labels, the pod's own labels, and nodes
// that come or change labels.
// Source: kubernetes v1.37.2 interpodaffinity/plugin.go EventsToRegister.
func (pl *interPodAffinity) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.AssignedPod, Action: framework.Add | framework.UpdatePodLabel | framework.Delete}, Hint: pl.afterPod},
		{Event: framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodLabel}},
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeLabel}, Hint: pl.afterNode},
	}
}

// afterPod queues the pod when one that it wants near came, or one that it wants away, or that wants it
// away, went. Namespace selectors are held against no labels here, as upstream does.
func (pl *interPodAffinity) afterPod(pod *model.Pod, old, new model.Object) framework.Hint {
	was, is := podOf(old), podOf(new)
	if was != nil && floating(was) || is != nil && floating(is) {
		return framework.QueueSkip
	}
	terms := framework.AffinityTermsOf(pod.Spec)
	if unparsed(pod.Spec, &terms) {
		return framework.Queue
	}
	wants := func(p *model.Pod) bool { return allSelect(terms.Required, pod, p) }
	shuns := func(p *model.Pod) bool { return anySelects(terms.AntiRequired, pod, p) }
	switch {
	case was == nil:
		return queueIf(wants(is))
	case is != nil:
		return queueIf(!wants(was) && wants(is) || shuns(was) && !shuns(is))
	case shuns(was):
		return framework.Queue
	}
	theirs := framework.AffinityTermsOf(was.Spec)
	return queueIf(antiUnparsed(was.Spec, &theirs) || anySelects(theirs.AntiRequired, was, pod))
}

// floating says whether a pod neither has a node nor is to have one.
func floating(pod *model.Pod) bool { return pod.NodeName == "" && pod.Status.NominatedNodeName == "" }

// unparsed says whether required terms of the pod are missing because one cannot be parsed.
func unparsed(spec *model.PodSpec, t *framework.AffinityTerms) bool {
	return spec.Affinity != nil && len(t.Required) != len(spec.Affinity.PodRequired) || antiUnparsed(spec, t)
}

func antiUnparsed(spec *model.PodSpec, t *framework.AffinityTerms) bool {
	return spec.Affinity != nil && len(t.AntiRequired) != len(spec.Affinity.PodAntiRequired)
}

// allSelect says whether there are terms and each selects the target.
func allSelect(terms []model.PodAffinityTerm, owner, target *model.Pod) bool {
	misses := func(t model.PodAffinityTerm) bool { return !termSelects(&t, owner, target, nil) }
	return len(terms) > 0 && !slices.ContainsFunc(terms, misses)
}

// anySelects says whether a term selects the target.
func anySelects(terms []model.PodAffinityTerm, owner, target *model.Pod) bool {
	selects := func(t model.PodAffinityTerm) bool { return termSelects(&t, owner, target, nil) }
	return slices.ContainsFunc(terms, selects)
}

// afterNode queues the pod when a node came with a key of its affinity, or at all if the pod has
// anti-affinity; or when a node moved to another domain, got a key of its affinity or lost one of its
// anti-affinity.
func (pl *interPodAffinity) afterNode(pod *model.Pod, old, new model.Object) framework.Hint {
	was, is := nodeOf(old), nodeOf(new)
	terms := framework.AffinityTermsOf(pod.Spec)
	if unparsed(pod.Spec, &terms) {
		return framework.Queue
	}
	for i := range terms.Required {
		if before, after := keyChange(was, is, terms.Required[i].TopologyKey); after != "" && before != after {
			return framework.Queue
		}
	}
	for i := range terms.AntiRequired {
		if before, after := keyChange(was, is, terms.AntiRequired[i].TopologyKey); was == nil || before != "" && before != after {
			return framework.Queue
		}
	}
	return framework.QueueSkip
}

// keyChange is the node's domain before and after, each marked so that "" means none.
func keyChange(was, is *model.Node, key string) (before, after string) {
	return domainOf(was, key), domainOf(is, key)
}

func domainOf(node *model.Node, key string) string {
	if node == nil {
		return ""
	}
	value, ok := node.Labels[key]
	if !ok {
		return ""
	}
	return "=" + value
}
