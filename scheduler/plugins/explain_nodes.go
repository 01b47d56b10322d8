package plugins

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

var (
	_ framework.Explainer = (*taintToleration)(nil)
	_ framework.Explainer = (*nodeAffinity)(nil)
	_ framework.Explainer = (*nodePorts)(nil)
)

// ExplainRejection names the taints that the pod does not tolerate.
func (*taintToleration) ExplainRejection(_ any, pod *framework.PodInfo, node *framework.NodeInfo) framework.Clue {
	var list []string
	for i := range node.Taints {
		if t := &node.Taints[i]; schedulingEffect(t.Effect) && !t.ToleratedBy(pod.Tolerations) {
			list = append(list, taintText(t))
		}
	}
	return framework.Clue{Text: "taint " + strings.Join(list, ", ")}
}

// taintText is a taint as kubectl writes it.
func taintText(t *model.Taint) string {
	if t.Value == "" {
		return t.Key + ":" + string(t.Effect)
	}
	return t.Key + "=" + t.Value + ":" + string(t.Effect)
}

// ExplainRejection names what is asked of the node and what it has instead.
func (pl *nodeAffinity) ExplainRejection(_ any, pod *framework.PodInfo, node *framework.NodeInfo) framework.Clue {
	n := node.Node
	if pl.added != nil && !nodeSelectorMatches(pl.added, n) {
		return framework.Clue{Text: "the profile wants " + termsText(pl.added, n)}
	}
	for _, key := range slices.Sorted(maps.Keys(pod.NodeSelector)) {
		if have, has := n.Labels[key]; !has || have != pod.NodeSelector[key] {
			return framework.Clue{Text: "wants " + key + "=" + pod.NodeSelector[key] + ", " + labelText(n, key)}
		}
	}
	return framework.Clue{Text: "wants " + termsText(pod.Affinity.NodeRequired, n)}
}

// termsText is of each term what the node does not satisfy.
func termsText(s *model.NodeSelector, node *model.Node) string {
	var list []string
	for i := range s.Terms {
		list = append(list, termText(&s.Terms[i], node))
	}
	return strings.Join(list, "; or ")
}

// termText is the first thing that the node does not satisfy of a term.
func termText(t *model.NodeSelectorTerm, node *model.Node) string {
	if t.Invalid != "" {
		return "what cannot be read: " + t.Invalid
	}
	for i := range t.MatchExpressions {
		if r := &t.MatchExpressions[i]; !r.Matches(node.Labels) {
			return requirementText(r) + ", " + labelText(node, r.Key)
		}
	}
	for i := range t.MatchFields {
		if r := &t.MatchFields[i]; !nodeFieldMatches(r, node) {
			return requirementText(r)
		}
	}
	return "nothing at all, which no node satisfies"
}

// labelText says what the node has of a label.
func labelText(node *model.Node, key string) string {
	value, has := node.Labels[key]
	switch {
	case !has:
		return "the node has no such label"
	case value == "":
		return "the node has it empty"
	}
	return "the node has " + value
}

// requirementText is a requirement in the form that kubectl takes.
func requirementText(r *model.Requirement) string {
	switch r.Operator {
	case model.OpIn:
		if len(r.Values) == 1 {
			return r.Key + "=" + r.Values[0]
		}
		return r.Key + " in (" + strings.Join(r.Values, ", ") + ")"
	case model.OpNotIn:
		if len(r.Values) == 1 {
			return r.Key + "!=" + r.Values[0]
		}
		return r.Key + " notin (" + strings.Join(r.Values, ", ") + ")"
	case model.OpExists:
		return r.Key
	case model.OpDoesNotExist:
		return "!" + r.Key
	case model.OpGt:
		return r.Key + ">" + strings.Join(r.Values, "")
	}
	return r.Key + "<" + strings.Join(r.Values, "")
}

// selectorText is a selector in the form that kubectl takes.
func selectorText(s *model.Selector) string {
	switch {
	case s == nil:
		return "no labels"
	case s.Empty():
		return "any labels"
	}
	var list []string
	for i := range s.Requirements {
		list = append(list, requirementText(&s.Requirements[i]))
	}
	return strings.Join(list, ",")
}

// ExplainRejection names the ports that are taken.
func (*nodePorts) ExplainRejection(_ any, pod *framework.PodInfo, node *framework.NodeInfo) framework.Clue {
	var list []string
	for _, want := range pod.Ports {
		if portsConflict([]framework.HostPort{want}, node.Ports) {
			list = append(list, fmt.Sprintf("%d/%s", want.Port, want.Protocol))
		}
	}
	return framework.Clue{Text: "taken: " + strings.Join(list, ", ")}
}
