package plugins

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// PodTopologySpreadArgs configures PodTopologySpread: the constraints of pods that have none.
type PodTopologySpreadArgs struct {
	framework.TypeMeta `yaml:",inline"`
	DefaultConstraints []DefaultConstraint `yaml:"defaultConstraints"`
	// DefaultingType is System (the default) or List; System allows no constraints of one's own.
	DefaultingType string `yaml:"defaultingType"`
}

// DefaultConstraint is a v1.TopologySpreadConstraint in a configuration.
type DefaultConstraint struct {
	MaxSkew            int32          `yaml:"maxSkew"`
	TopologyKey        string         `yaml:"topologyKey"`
	WhenUnsatisfiable  string         `yaml:"whenUnsatisfiable"`
	LabelSelector      *LabelSelector `yaml:"labelSelector"` // must be absent: it is deduced for each pod
	MinDomains         *int32         `yaml:"minDomains"`
	NodeAffinityPolicy *string        `yaml:"nodeAffinityPolicy"`
	NodeTaintsPolicy   *string        `yaml:"nodeTaintsPolicy"`
	MatchLabelKeys     []string       `yaml:"matchLabelKeys"`
}

// LabelSelector is a metav1.LabelSelector in a configuration.
type LabelSelector struct {
	MatchLabels      map[string]string  `yaml:"matchLabels"`
	MatchExpressions []AddedRequirement `yaml:"matchExpressions"`
}

// The ways in which default constraints come about.
const (
	SystemDefaulting = "System"
	ListDefaulting   = "List"
)

// SetDefaults is System.
func (a *PodTopologySpreadArgs) SetDefaults() {
	if a.DefaultingType == "" {
		a.DefaultingType = SystemDefaulting
	}
}

// Validate holds the arguments against upstream's rules.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation_pluginargs.go ValidatePodTopologySpreadArgs.
func (a *PodTopologySpreadArgs) Validate(path string) []error {
	var errs []error
	at := framework.Child(path, "defaultingType")
	if a.DefaultingType != SystemDefaulting && a.DefaultingType != ListDefaulting {
		errs = append(errs, framework.NotSupported(at, a.DefaultingType, []string{SystemDefaulting, ListDefaulting}))
	} else if a.DefaultingType == SystemDefaulting && len(a.DefaultConstraints) > 0 {
		errs = append(errs, framework.Invalid(at, a.DefaultingType, "when .defaultConstraints are not empty"))
	}
	at = framework.Child(path, "defaultConstraints")
	for i := range a.DefaultConstraints {
		c := &a.DefaultConstraints[i]
		errs = append(errs, c.validate(framework.Index(at, i))...)
		for j := range a.DefaultConstraints[:i] {
			if d := &a.DefaultConstraints[j]; c.TopologyKey == d.TopologyKey && c.WhenUnsatisfiable == d.WhenUnsatisfiable {
				errs = append(errs, framework.Duplicate(framework.Index(at, i), fmt.Sprintf("{%v, %v}", c.TopologyKey, c.WhenUnsatisfiable)))
				break
			}
		}
	}
	return errs
}

func (c *DefaultConstraint) validate(path string) []error {
	var errs []error
	if c.MaxSkew <= 0 {
		errs = append(errs, framework.Invalid(framework.Child(path, "maxSkew"), c.MaxSkew, "not in valid range (0, inf)"))
	}
	if c.TopologyKey == "" {
		errs = append(errs, framework.Required(framework.Child(path, "topologyKey"), "can not be empty"))
	} else {
		errs = append(errs, framework.ValidateLabelKey(c.TopologyKey, framework.Child(path, "topologyKey"))...)
	}
	at := framework.Child(path, "whenUnsatisfiable")
	switch model.WhenUnsatisfiable(c.WhenUnsatisfiable) {
	case model.DoNotSchedule, model.ScheduleAnyway:
	case "":
		errs = append(errs, framework.Required(at, "can not be empty"))
	default:
		errs = append(errs, framework.NotSupported(at, c.WhenUnsatisfiable, []string{string(model.DoNotSchedule), string(model.ScheduleAnyway)}))
	}
	if c.LabelSelector != nil {
		errs = append(errs, framework.Forbidden(framework.Child(path, "labelSelector"), "constraint must not define a selector, as they deduced for each pod"))
	}
	return errs
}

// constraints are the default constraints as a pod's own would be, without a selector.
func (a *PodTopologySpreadArgs) constraints() []model.TopologySpreadConstraint {
	var out []model.TopologySpreadConstraint
	for i := range a.DefaultConstraints {
		c := &a.DefaultConstraints[i]
		out = append(out, model.TopologySpreadConstraint{
			MaxSkew: c.MaxSkew, TopologyKey: c.TopologyKey, WhenUnsatisfiable: model.WhenUnsatisfiable(c.WhenUnsatisfiable),
			MinDomains: c.MinDomains, MatchLabelKeys: c.MatchLabelKeys,
			HonorAffinity: c.NodeAffinityPolicy == nil || *c.NodeAffinityPolicy == "Honor",
			HonorTaints:   c.NodeTaintsPolicy != nil && *c.NodeTaintsPolicy == "Honor",
		})
	}
	return out
}
