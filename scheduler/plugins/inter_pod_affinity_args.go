package plugins

import "towtank.dev/towtank/scheduler/framework"

// InterPodAffinityArgs configures InterPodAffinity.
type InterPodAffinityArgs struct {
	framework.TypeMeta `yaml:",inline"`
	// HardPodAffinityWeight (0–100, default 1) is what an existing pod's required affinity adds to the
	// score of nodes where it would be met.
	HardPodAffinityWeight *int32 `yaml:"hardPodAffinityWeight"`
	// IgnorePreferredTermsOfExistingPods leaves those out unless the incoming pod has pod affinity.
	IgnorePreferredTermsOfExistingPods bool `yaml:"ignorePreferredTermsOfExistingPods"`
}

// SetDefaults is a weight of 1.
func (a *InterPodAffinityArgs) SetDefaults() {
	if a.HardPodAffinityWeight == nil {
		weight := int32(1)
		a.HardPodAffinityWeight = &weight
	}
}

// Validate checks the range of the weight.
func (a *InterPodAffinityArgs) Validate(path string) []error {
	if w := *a.HardPodAffinityWeight; w < 0 || w > 100 {
		return []error{framework.Invalid(framework.Child(path, "hardPodAffinityWeight"), w, "not in valid range [0, 100]")}
	}
	return nil
}
