package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// requiredNodeAffinityMatches says whether a node satisfies the pod's nodeSelector and one of its
// required terms. Terms that cannot be parsed match nothing.
// Source: kubernetes v1.37.2 component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go RequiredNodeAffinity.Match.
func requiredNodeAffinityMatches(spec *model.PodSpec, node *model.Node) bool {
	for key, want := range spec.NodeSelector {
		if have, has := node.Labels[key]; !has || have != want {
			return false
		}
	}
	if spec.Affinity == nil || spec.Affinity.NodeRequired == nil {
		return true
	}
	return nodeSelectorMatches(spec.Affinity.NodeRequired, node)
}

// nodeSelectorMatches says whether any term matches the node.
func nodeSelectorMatches(s *model.NodeSelector, node *model.Node) bool {
	for i := range s.Terms {
		if nodeTermMatches(&s.Terms[i], node) {
			return true
		}
	}
	return false
}

// nodeTermMatches says whether labels and fields of the node satisfy one term; an empty term matches
// nothing, nor does one that cannot be parsed.
func nodeTermMatches(t *model.NodeSelectorTerm, node *model.Node) bool {
	if t.Invalid != "" || len(t.MatchExpressions)+len(t.MatchFields) == 0 {
		return false
	}
	for i := range t.MatchExpressions {
		if !t.MatchExpressions[i].Matches(node.Labels) {
			return false
		}
	}
	for i := range t.MatchFields {
		if !nodeFieldMatches(&t.MatchFields[i], node) {
			return false
		}
	}
	return true
}

// nodeFieldMatches compares a field of the node; fields other than metadata.name are empty.
func nodeFieldMatches(r *model.Requirement, node *model.Node) bool {
	if len(r.Values) != 1 {
		return false
	}
	var have string
	if r.Key == model.FieldName {
		have = node.Name
	}
	switch r.Operator {
	case model.OpIn:
		return have == r.Values[0]
	case model.OpNotIn:
		return have != r.Values[0]
	}
	return false
}

// preferredScore adds up the weights of the preferred terms that a node satisfies.
// Source: kubernetes v1.37.2 component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go PreferredSchedulingTerms.Score.
func preferredScore(terms []model.PreferredNodeTerm, node *model.Node) int64 {
	var score int64
	for i := range terms {
		if terms[i].Weight != 0 && nodeTermMatches(&terms[i].Term, node) {
			score += int64(terms[i].Weight)
		}
	}
	return score
}

// validateNodeTerm reports what upstream cannot parse of a node selector term at path.
// Source: kubernetes v1.37.2 component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go newNodeSelectorTerm.
func validateNodeTerm(t *model.NodeSelectorTerm, path string) []error {
	var errs []error
	for i := range t.MatchExpressions {
		errs = append(errs, framework.ValidateRequirement(&t.MatchExpressions[i], framework.Index(framework.Child(path, "matchExpressions"), i))...)
	}
	for i := range t.MatchFields {
		r, at := &t.MatchFields[i], framework.Index(framework.Child(path, "matchFields"), i)
		switch r.Operator {
		case model.OpIn, model.OpNotIn:
			if len(r.Values) != 1 {
				errs = append(errs, framework.Invalid(framework.Child(at, "values"), r.Values, "must have one element"))
			}
		default:
			errs = append(errs, framework.NotSupported(framework.Child(at, "operator"), string(r.Operator), []string{"In", "NotIn"}))
		}
	}
	return errs
}
