package plugins

import "towtank.dev/towtank/scheduler/framework"

// DefaultPreemptionArgs configures DefaultPreemption: how many candidate nodes a dry run looks for.
type DefaultPreemptionArgs struct {
	framework.TypeMeta `yaml:",inline"`
	// MinCandidateNodesPercentage is 0–100, default 10.
	MinCandidateNodesPercentage *int32 `yaml:"minCandidateNodesPercentage"`
	// MinCandidateNodesAbsolute is at least 0, default 100.
	MinCandidateNodesAbsolute *int32 `yaml:"minCandidateNodesAbsolute"`
}

// SetDefaults is 10 percent and 100 nodes.
func (a *DefaultPreemptionArgs) SetDefaults() {
	if a.MinCandidateNodesPercentage == nil {
		percentage := int32(10)
		a.MinCandidateNodesPercentage = &percentage
	}
	if a.MinCandidateNodesAbsolute == nil {
		absolute := int32(100)
		a.MinCandidateNodesAbsolute = &absolute
	}
}

// Validate checks both ranges; they must not both be zero.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation_pluginargs.go ValidateDefaultPreemptionArgs.
func (a *DefaultPreemptionArgs) Validate(path string) []error {
	percentage, absolute := *a.MinCandidateNodesPercentage, *a.MinCandidateNodesAbsolute
	percentagePath, absolutePath := framework.Child(path, "minCandidateNodesPercentage"), framework.Child(path, "minCandidateNodesAbsolute")
	var errs []error
	if percentage < 0 || percentage > 100 {
		errs = append(errs, framework.Invalid(percentagePath, percentage, "not in valid range [0, 100]"))
	}
	if absolute < 0 {
		errs = append(errs, framework.Invalid(absolutePath, absolute, "not in valid range [0, inf)"))
	}
	if percentage == 0 && absolute == 0 {
		errs = append(errs,
			framework.Invalid(percentagePath, percentage, "cannot be zero at the same time as minCandidateNodesAbsolute"),
			framework.Invalid(absolutePath, absolute, "cannot be zero at the same time as minCandidateNodesPercentage"))
	}
	return errs
}
