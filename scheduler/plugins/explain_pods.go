package plugins

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"towtank.dev/towtank/scheduler/framework"
)

var (
	_ framework.Explainer = (*interPodAffinity)(nil)
	_ framework.Explainer = (*podTopologySpread)(nil)
)

// ExplainRejection names the term, the domain, and how many pods are there.
func (pl *interPodAffinity) ExplainRejection(state any, pod *framework.PodInfo, node *framework.NodeInfo) framework.Clue {
	s, ok := state.(*affinityFilterState)
	if !ok {
		return framework.Clue{}
	}
	labels := node.Node.Labels
	switch {
	case !s.allowsAffinity(labels):
		return framework.Clue{Text: s.unmetText(pod.Pod.Namespace, labels)}
	case s.conflictsAnti(labels):
		return framework.Clue{Text: s.unwantedText(pod.Pod.Namespace, labels)}
	}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if n := s.existingAnti[topologyPair{key, labels[key]}]; n > 0 {
			text := "%s in %s=%s keep pods like this one away by their own rules"
			if n == 1 {
				text = "%s in %s=%s keeps pods like this one away by its own rules"
			}
			return framework.Clue{Text: fmt.Sprintf(text, some(n, "pod"), key, labels[key])}
		}
	}
	return framework.Clue{}
}

// unmetText is about the first affinity term that finds nobody.
func (s *affinityFilterState) unmetText(namespace string, labels map[string]string) string {
	for i := range s.affinity {
		t := &s.affinity[i]
		value, has := labels[t.topologyKey]
		switch {
		case !has:
			return "the node has no label " + t.topologyKey
		case len(s.matchingAffinity) == 0:
			return "no pod with " + t.text(namespace) + " anywhere"
		case s.matchingAffinity[topologyPair{t.topologyKey, value}] <= 0:
			return fmt.Sprintf("no pod with %s in %s=%s", t.text(namespace), t.topologyKey, value)
		}
	}
	return ""
}

// unwantedText is about the first anti-affinity term that finds somebody.
func (s *affinityFilterState) unwantedText(namespace string, labels map[string]string) string {
	for i := range s.anti {
		t := &s.anti[i]
		value, has := labels[t.topologyKey]
		if n := s.matchingAnti[topologyPair{t.topologyKey, value}]; has && n > 0 {
			return fmt.Sprintf("%s with %s in %s=%s", some(n, "pod"), t.text(namespace), t.topologyKey, value)
		}
	}
	return ""
}

// text is whom the term selects; a namespace other than the pod's own is named.
func (t *ownTerm) text(namespace string) string {
	text := selectorText(t.selector)
	switch {
	case t.anywhere:
		return text + " of any namespace"
	case len(t.namespaces) == 1 && t.namespaces[0] == namespace:
		return text
	case len(t.namespaces) == 0:
		return text + " of no namespace"
	}
	return text + " of " + strings.Join(t.namespaces, ", ")
}

func some(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// ExplainRejection says what the domain would come to against the emptiest one.
func (pl *podTopologySpread) ExplainRejection(state any, _ *framework.PodInfo, node *framework.NodeInfo) framework.Clue {
	s, ok := state.(*spreadFilterState)
	if !ok {
		return framework.Clue{}
	}
	for i := range s.constraints {
		c := &s.constraints[i]
		value, has := node.Node.Labels[c.topologyKey]
		if !has {
			return framework.Clue{Text: "the node has no label " + c.topologyKey}
		}
		least, emptiest := int64(s.least[i][0].count), "the emptiest domain has"
		if len(s.counts[i]) < c.minDomains {
			least, emptiest = 0, fmt.Sprintf("fewer than %d domains count as", c.minDomains)
		}
		if n := int64(s.counts[i][value]) + s.self[i]; n-least > c.maxSkew {
			return framework.Clue{Lack: float64(n-least-c.maxSkew) / float64(max(c.maxSkew, 1)), Text: fmt.Sprintf(
				"%s=%s would have %s with %s, %s %d: maxSkew is %d", c.topologyKey, value, some(n, "pod"), selectorText(c.selector), emptiest, least, c.maxSkew)}
		}
	}
	return framework.Clue{}
}
