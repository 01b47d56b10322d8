package model

import (
	"slices"
	"strconv"
	"strings"
)

// Operator relates a key to values in a selector.
type Operator string

// The operators of label selectors; Gt and Lt only in node selectors.
const (
	OpIn           Operator = "In"
	OpNotIn        Operator = "NotIn"
	OpExists       Operator = "Exists"
	OpDoesNotExist Operator = "DoesNotExist"
	OpGt           Operator = "Gt"
	OpLt           Operator = "Lt"
)

// Requirement is one condition on a label (or a field, in matchFields).
type Requirement struct {
	Key      string
	Operator Operator
	Values   []string
}

// Matches says whether the labels satisfy the requirement.
// Source: kubernetes v1.37.2 apimachinery pkg/labels/selector.go Requirement.Matches.
func (r *Requirement) Matches(labels map[string]string) bool {
	value, has := labels[r.Key]
	switch r.Operator {
	case OpIn:
		return has && slices.Contains(r.Values, value)
	case OpNotIn:
		return !has || !slices.Contains(r.Values, value)
	case OpExists:
		return has
	case OpDoesNotExist:
		return !has
	case OpGt, OpLt:
		return has && r.compares(value)
	}
	return false
}

// compares parses both sides as integers; anything that does not parse does not match.
func (r *Requirement) compares(value string) bool {
	if len(r.Values) != 1 {
		return false
	}
	left, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return false
	}
	right, err := strconv.ParseInt(r.Values[0], 10, 64)
	if err != nil {
		return false
	}
	return r.Operator == OpGt && left > right || r.Operator == OpLt && left < right
}

// Selector is a label selector in canonical form: all requirements must hold. The nil selector
// matches nothing; one without requirements matches everything (as metav1.LabelSelectorAsSelector).
// Requirements are sorted by key; matchLabels entries have become In with one value.
type Selector struct {
	Requirements []Requirement
}

// Matches says whether the labels satisfy every requirement.
func (s *Selector) Matches(labels map[string]string) bool {
	if s == nil {
		return false
	}
	for i := range s.Requirements {
		if !s.Requirements[i].Matches(labels) {
			return false
		}
	}
	return true
}

// Empty says whether the selector has no requirement (and so matches everything).
func (s *Selector) Empty() bool { return s != nil && len(s.Requirements) == 0 }

// String writes the selector as kubectl takes and prints it; "" for one without requirements and for nil.
// Source: kubernetes v1.37.2 apimachinery pkg/labels/selector.go Requirement.String, internalSelector.String.
func (s *Selector) String() string {
	if s == nil {
		return ""
	}
	var words []string
	for i := range s.Requirements {
		words = append(words, s.Requirements[i].text())
	}
	return strings.Join(words, ",")
}

func (r *Requirement) text() string {
	switch {
	case r.Operator == OpExists:
		return r.Key
	case r.Operator == OpDoesNotExist:
		return "!" + r.Key
	case r.Operator == OpIn && len(r.Values) == 1:
		return r.Key + "=" + r.Values[0]
	case r.Operator == OpIn:
		return r.Key + " in (" + strings.Join(r.Values, ",") + ")"
	}
	return r.Key + " notin (" + strings.Join(r.Values, ",") + ")"
}

// NodeSelectorTerm is a conjunction over node labels and node fields (metadata.name only).
type NodeSelectorTerm struct {
	MatchExpressions []Requirement
	MatchFields      []Requirement
	// Invalid carries the parse error of a term that the scheduler cannot use ("" when it can).
	Invalid string
}

// NodeSelector is a disjunction of terms.
type NodeSelector struct {
	Terms []NodeSelectorTerm
}

// Matches says whether the node satisfies the term. A term without any requirement matches nothing.
// Source: kubernetes v1.37.2 component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go nodeSelectorTerm.match.
func (t *NodeSelectorTerm) Matches(name string, labels map[string]string) bool {
	if len(t.MatchExpressions) == 0 && len(t.MatchFields) == 0 {
		return false
	}
	for i := range t.MatchExpressions {
		if !t.MatchExpressions[i].Matches(labels) {
			return false
		}
	}
	for i := range t.MatchFields {
		r := &t.MatchFields[i]
		if r.Key != FieldName || !matchesField(r, name) {
			return false
		}
	}
	return true
}

// FieldName is the one field that matchFields may name.
const FieldName = "metadata.name"

func matchesField(r *Requirement, name string) bool {
	switch r.Operator {
	case OpIn:
		return slices.Contains(r.Values, name)
	case OpNotIn:
		return !slices.Contains(r.Values, name)
	}
	return false
}

// Matches says whether the node satisfies any term; a nil selector matches everything.
func (s *NodeSelector) Matches(name string, labels map[string]string) bool {
	if s == nil {
		return true
	}
	for i := range s.Terms {
		if s.Terms[i].Matches(name, labels) {
			return true
		}
	}
	return false
}

// SelectorOf is the selector for equal labels; of none, the one that takes nothing.
func SelectorOf(labels map[string]string) *Selector {
	if len(labels) == 0 {
		return nil
	}
	out := &Selector{Requirements: make([]Requirement, 0, len(labels))}
	for key, value := range labels {
		out.Requirements = append(out.Requirements, Requirement{Key: key, Operator: OpIn, Values: []string{value}})
	}
	slices.SortFunc(out.Requirements, func(a, b Requirement) int { return strings.Compare(a.Key, b.Key) })
	return out
}
