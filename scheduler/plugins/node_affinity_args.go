package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// NodeAffinityArgs configures NodeAffinity.
type NodeAffinityArgs struct {
	framework.TypeMeta `yaml:",inline"`
	// AddedAffinity holds for all pods of the profile in addition to their own.
	AddedAffinity *AddedAffinity `yaml:"addedAffinity"`
}

// AddedAffinity is a v1.NodeAffinity in a configuration.
type AddedAffinity struct {
	Required  *AddedSelector   `yaml:"requiredDuringSchedulingIgnoredDuringExecution"`
	Preferred []AddedPreferred `yaml:"preferredDuringSchedulingIgnoredDuringExecution"`
}

// AddedSelector is a v1.NodeSelector in a configuration.
type AddedSelector struct {
	Terms []AddedTerm `yaml:"nodeSelectorTerms"`
}

// AddedPreferred is a v1.PreferredSchedulingTerm in a configuration.
type AddedPreferred struct {
	Weight     int32     `yaml:"weight"`
	Preference AddedTerm `yaml:"preference"`
}

// AddedTerm is a v1.NodeSelectorTerm in a configuration.
type AddedTerm struct {
	MatchExpressions []AddedRequirement `yaml:"matchExpressions"`
	MatchFields      []AddedRequirement `yaml:"matchFields"`
}

// AddedRequirement is a v1.NodeSelectorRequirement in a configuration.
type AddedRequirement struct {
	Key      string   `yaml:"key"`
	Operator string   `yaml:"operator"`
	Values   []string `yaml:"values"`
}

// SetDefaults has nothing to do.
func (*NodeAffinityArgs) SetDefaults() {}

// Validate parses the added affinity.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation_pluginargs.go ValidateNodeAffinityArgs.
func (a *NodeAffinityArgs) Validate(path string) []error {
	if a.AddedAffinity == nil {
		return nil
	}
	var errs []error
	path = framework.Child(path, "addedAffinity")
	if required := a.AddedAffinity.Required; required != nil {
		at := framework.Child(path, "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms")
		for i := range required.Terms {
			term := required.Terms[i].term()
			errs = append(errs, validateNodeTerm(&term, framework.Index(at, i))...)
		}
	}
	at := framework.Child(path, "preferredDuringSchedulingIgnoredDuringExecution")
	for i := range a.AddedAffinity.Preferred {
		if p := &a.AddedAffinity.Preferred[i]; p.Weight != 0 {
			term := p.Preference.term()
			errs = append(errs, validateNodeTerm(&term, framework.Index(at, i))...)
		}
	}
	return errs
}

// required is the added selector in the model's form, nil when there is none.
func (a *NodeAffinityArgs) required() *model.NodeSelector {
	if a.AddedAffinity == nil || a.AddedAffinity.Required == nil {
		return nil
	}
	s := &model.NodeSelector{}
	for i := range a.AddedAffinity.Required.Terms {
		s.Terms = append(s.Terms, a.AddedAffinity.Required.Terms[i].term())
	}
	return s
}

// preferred is the added preferences in the model's form.
func (a *NodeAffinityArgs) preferred() []model.PreferredNodeTerm {
	if a.AddedAffinity == nil {
		return nil
	}
	var terms []model.PreferredNodeTerm
	for i := range a.AddedAffinity.Preferred {
		p := &a.AddedAffinity.Preferred[i]
		terms = append(terms, model.PreferredNodeTerm{Weight: p.Weight, Term: p.Preference.term()})
	}
	return terms
}

func (t *AddedTerm) term() model.NodeSelectorTerm {
	return model.NodeSelectorTerm{MatchExpressions: requirements(t.MatchExpressions), MatchFields: requirements(t.MatchFields)}
}

func requirements(added []AddedRequirement) []model.Requirement {
	var out []model.Requirement
	for i := range added {
		out = append(out, model.Requirement{Key: added[i].Key, Operator: model.Operator(added[i].Operator), Values: added[i].Values})
	}
	return out
}
