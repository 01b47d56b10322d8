package cmd

import (
	"fmt"
	"regexp"
	"strings"

	"towtank.dev/towtank/model"
)

var (
	setRequirement   = regexp.MustCompile(`^([^\s!=(),<>]+)\s+(in|notin)\s+\(([^()]*)\)$`)
	equalRequirement = regexp.MustCompile(`^([^\s!=(),<>]+)\s*(==|=|!=)\s*([^\s!=(),<>]*)$`)
	hasRequirement   = regexp.MustCompile(`^(!?)\s*([^\s!=(),<>]+)$`)
)

// labelSelector reads a selector as kubectl takes it: a=b,c!=d,e in (f,g),h notin (i),j,!k.
func labelSelector(text string) (*model.Selector, error) {
	s := new(model.Selector)
	for _, part := range splitOutside(text) {
		part = strings.TrimSpace(part)
		r, ok := requirement(part)
		if !ok {
			return nil, usageError{fmt.Errorf("-l: %q is not a condition on a label, want a=b, a!=b, a in (b,c), a notin (b), a or !a", part)}
		}
		s.Requirements = append(s.Requirements, r)
	}
	return s, nil
}

func requirement(part string) (model.Requirement, bool) {
	if m := setRequirement.FindStringSubmatch(part); m != nil {
		r := model.Requirement{Key: m[1], Operator: model.OpIn}
		if m[2] == "notin" {
			r.Operator = model.OpNotIn
		}
		for _, value := range strings.Split(m[3], ",") {
			r.Values = append(r.Values, strings.TrimSpace(value))
		}
		return r, true
	}
	if m := equalRequirement.FindStringSubmatch(part); m != nil {
		r := model.Requirement{Key: m[1], Operator: model.OpIn, Values: []string{m[3]}}
		if m[2] == "!=" {
			r.Operator = model.OpNotIn
		}
		return r, true
	}
	if m := hasRequirement.FindStringSubmatch(part); m != nil {
		r := model.Requirement{Key: m[2], Operator: model.OpExists}
		if m[1] == "!" {
			r.Operator = model.OpDoesNotExist
		}
		return r, true
	}
	return model.Requirement{}, false
}

// splitOutside splits at the commas that stand outside of parentheses.
func splitOutside(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}
