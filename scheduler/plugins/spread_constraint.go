package plugins

import (
	"errors"
	"fmt"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// spreadConstraint is a topology spread constraint made ready for counting.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/podtopologyspread/common.go topologySpreadConstraint.
type spreadConstraint struct {
	maxSkew       int64
	topologyKey   string
	selector      *model.Selector
	minDomains    int
	honorAffinity bool
	honorTaints   bool
}

// includes says whether the node's pods count: the inclusion policies of the constraint.
func (c *spreadConstraint) includes(spec *model.PodSpec, node *model.Node) bool {
	if c.honorAffinity && !requiredNodeAffinityMatches(spec, node) {
		return false
	}
	return !c.honorTaints || toleratesScheduling(spec.Tolerations, node.Taints)
}

// count is how many pods of the node the constraint sees: of the namespace, not terminating, selected.
// A selector without requirements counts nothing.
// Source: kubernetes v1.37.2 podtopologyspread/common.go countPodsMatchSelector.
func (c *spreadConstraint) count(pods []*framework.PodInfo, namespace string) int {
	if c.selector.Empty() {
		return 0
	}
	count := 0
	for _, p := range pods {
		if !p.Pod.Deleting && p.Pod.Namespace == namespace && c.selector.Matches(p.Pod.Labels) {
			count++
		}
	}
	return count
}

// hasTopologyKeys says whether the node has the keys of all constraints.
func hasTopologyKeys(labels map[string]string, constraints []spreadConstraint) bool {
	for i := range constraints {
		if _, ok := labels[constraints[i].topologyKey]; !ok {
			return false
		}
	}
	return true
}

// kindOf is what messages call the constraints of an action.
var kindOf = map[model.WhenUnsatisfiable]string{model.DoNotSchedule: "hard", model.ScheduleAnyway: "soft"}

// constraints returns the pod's constraints of one action, or the defaults when it has none at all.
func (pl *podTopologySpread) constraints(pod *model.Pod, action model.WhenUnsatisfiable) ([]spreadConstraint, error) {
	if len(pod.Spec.SpreadTerms) > 0 {
		constraints, err := spreadConstraints(pod.Spec.SpreadTerms, pod.Labels, action)
		if err != nil {
			return nil, fmt.Errorf("obtaining pod's %s topology spread constraints: %w", kindOf[action], err)
		}
		return constraints, nil
	}
	// Defaults have no selector of their own that could be wrong.
	constraints, _ := spreadConstraints(pl.defaults, pod.Labels, action)
	if len(constraints) == 0 {
		return nil, nil
	}
	selector := defaultSelector(pod, pl.objects)
	if selector.Empty() {
		return nil, nil
	}
	for i := range constraints {
		constraints[i].selector = selector
	}
	return constraints, nil
}

// spreadConstraints picks the terms of one action and adds what matchLabelKeys asks of the pod's labels.
// Source: kubernetes v1.37.2 podtopologyspread/common.go filterTopologySpreadConstraints.
func spreadConstraints(terms []model.TopologySpreadConstraint, labels map[string]string, action model.WhenUnsatisfiable) ([]spreadConstraint, error) {
	var out []spreadConstraint
	for i := range terms {
		t := &terms[i]
		if t.WhenUnsatisfiable != action {
			continue
		}
		if t.Invalid != "" {
			return nil, errors.New(t.Invalid)
		}
		c := spreadConstraint{
			maxSkew: int64(t.MaxSkew), topologyKey: t.TopologyKey, minDomains: 1,
			selector:      withLabelKeys(t.Selector, t.MatchLabelKeys, labels),
			honorAffinity: t.HonorAffinity, honorTaints: t.HonorTaints,
		}
		if t.MinDomains != nil {
			c.minDomains = int(*t.MinDomains)
		}
		out = append(out, c)
	}
	return out, nil
}

// withLabelKeys narrows a selector to the pod's own values of the keys it has. A selector that matches
// nothing stays so.
func withLabelKeys(s *model.Selector, keys []string, labels map[string]string) *model.Selector {
	if s == nil {
		return nil
	}
	merged := s
	for _, key := range keys {
		value, ok := labels[key]
		if !ok {
			continue
		}
		if merged == s {
			merged = &model.Selector{Requirements: slices.Clone(s.Requirements)}
		}
		merged.Requirements = append(merged.Requirements, model.Requirement{Key: key, Operator: model.OpIn, Values: []string{value}})
	}
	return merged
}
