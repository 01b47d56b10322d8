package controllers

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
)

// objectText names an object as an adapter does: by the plural of its kind, with its group.
func objectText(t model.ScaleTarget) string {
	plural := strings.ToLower(t.Kind) + "s"
	if strings.HasSuffix(plural, "ss") {
		plural = strings.TrimSuffix(plural, "s") + "es"
	}
	if group, _, ok := strings.Cut(t.APIVersion, "/"); ok {
		plural += "." + group
	}
	return plural + " " + t.Name
}

// labelSelectorText is a selector as Go prints one.
// Source: kubernetes v1.37.2 apimachinery pkg/apis/meta/v1/generated.pb.go LabelSelector.String.
func labelSelectorText(s *model.Selector) string {
	if s == nil {
		return "nil"
	}
	var labels, expressions strings.Builder
	for i := range s.Requirements {
		r := &s.Requirements[i]
		if r.Operator == model.OpIn && len(r.Values) == 1 {
			fmt.Fprintf(&labels, "%s: %s,", r.Key, r.Values[0])
		} else {
			fmt.Fprintf(&expressions, "LabelSelectorRequirement{Key:%s,Operator:%s,Values:%v,},", r.Key, r.Operator, r.Values)
		}
	}
	return "&LabelSelector{MatchLabels:map[string]string{" + labels.String() + "},MatchExpressions:[]LabelSelectorRequirement{" + expressions.String() + "},}"
}
