package manifest

import (
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"towtank.dev/towtank/model"
)

// selector turns a label selector into canonical form: sorted by key, matchLabels as In.
func selector(s *metav1.LabelSelector) *model.Selector {
	if s == nil {
		return nil
	}
	out := &model.Selector{}
	for key, value := range s.MatchLabels {
		out.Requirements = append(out.Requirements, model.Requirement{Key: key, Operator: model.OpIn, Values: []string{value}})
	}
	slices.SortFunc(out.Requirements, byKey)
	for i := range s.MatchExpressions {
		e := &s.MatchExpressions[i]
		out.Requirements = append(out.Requirements, model.Requirement{Key: e.Key, Operator: model.Operator(e.Operator), Values: e.Values})
	}
	slices.SortStableFunc(out.Requirements, byKey)
	return out
}

func byKey(a, b model.Requirement) int { return strings.Compare(a.Key, b.Key) }

// selectorError is what the scheduler says of a selector it cannot use, "" when it can.
// Source: kubernetes v1.37.2 apimachinery pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector.
func selectorError(selectors ...*metav1.LabelSelector) string {
	for _, s := range selectors {
		if _, err := metav1.LabelSelectorAsSelector(s); err != nil {
			return err.Error()
		}
	}
	return ""
}

// toSelector turns a selector back: requirements of a single value become matchLabels. Those of the keys
// given stay expressions, as the merging of matchLabelKeys makes them.
func toSelector(s *model.Selector, merged ...string) *metav1.LabelSelector {
	if s == nil {
		return nil
	}
	out := &metav1.LabelSelector{}
	for i := range s.Requirements {
		r := &s.Requirements[i]
		if _, has := out.MatchLabels[r.Key]; r.Operator == model.OpIn && len(r.Values) == 1 && !has && !slices.Contains(merged, r.Key) {
			if out.MatchLabels == nil {
				out.MatchLabels = map[string]string{}
			}
			out.MatchLabels[r.Key] = r.Values[0]
			continue
		}
		out.MatchExpressions = append(out.MatchExpressions, metav1.LabelSelectorRequirement{
			Key: r.Key, Operator: metav1.LabelSelectorOperator(r.Operator), Values: r.Values,
		})
	}
	return out
}

// nodeSelector turns a node selector into the model's; nil stays nil.
func nodeSelector(s *v1.NodeSelector) *model.NodeSelector {
	if s == nil {
		return nil
	}
	out := &model.NodeSelector{Terms: make([]model.NodeSelectorTerm, len(s.NodeSelectorTerms))}
	for i := range s.NodeSelectorTerms {
		out.Terms[i] = nodeTerm(&s.NodeSelectorTerms[i])
	}
	// The error of a term names its place, so the whole selector is parsed with one term filled in.
	for i := range out.Terms {
		only := v1.NodeSelector{NodeSelectorTerms: make([]v1.NodeSelectorTerm, i+1)}
		only.NodeSelectorTerms[i] = s.NodeSelectorTerms[i]
		if _, err := nodeaffinity.NewNodeSelector(&only); err != nil {
			out.Terms[i].Invalid = err.Error()
		}
	}
	return out
}

func nodeTerm(t *v1.NodeSelectorTerm) model.NodeSelectorTerm {
	return model.NodeSelectorTerm{
		MatchExpressions: requirements(t.MatchExpressions),
		MatchFields:      requirements(t.MatchFields),
	}
}

func requirements(list []v1.NodeSelectorRequirement) []model.Requirement {
	var out []model.Requirement
	for i := range list {
		out = append(out, model.Requirement{Key: list[i].Key, Operator: model.Operator(list[i].Operator), Values: list[i].Values})
	}
	return out
}

func toNodeSelector(s *model.NodeSelector) *v1.NodeSelector {
	if s == nil {
		return nil
	}
	out := &v1.NodeSelector{NodeSelectorTerms: make([]v1.NodeSelectorTerm, len(s.Terms))}
	for i := range s.Terms {
		out.NodeSelectorTerms[i] = toNodeTerm(&s.Terms[i])
	}
	return out
}

func toNodeTerm(t *model.NodeSelectorTerm) v1.NodeSelectorTerm {
	return v1.NodeSelectorTerm{
		MatchExpressions: toRequirements(t.MatchExpressions),
		MatchFields:      toRequirements(t.MatchFields),
	}
}

func toRequirements(list []model.Requirement) []v1.NodeSelectorRequirement {
	var out []v1.NodeSelectorRequirement
	for i := range list {
		out = append(out, v1.NodeSelectorRequirement{Key: list[i].Key, Operator: v1.NodeSelectorOperator(list[i].Operator), Values: list[i].Values})
	}
	return out
}
