package framework

import "towtank.dev/towtank/model"

// AffinityTerms are the pod affinity and anti-affinity terms of a spec. A list in which a term cannot
// be parsed is empty as a whole.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go NewPodInfo.
type AffinityTerms struct {
	Required, AntiRequired   []model.PodAffinityTerm
	Preferred, AntiPreferred []model.WeightedPodAffinityTerm
	// Invalid says what cannot be parsed, "" when all can.
	Invalid string
}

// AffinityTermsOf takes the terms out of a spec.
func AffinityTermsOf(spec *model.PodSpec) AffinityTerms {
	a := spec.Affinity
	if a == nil {
		return AffinityTerms{}
	}
	var faults []string
	t := AffinityTerms{
		Required:      parsed(a.PodRequired, required, "requiredAffinityTerms", &faults),
		AntiRequired:  parsed(a.PodAntiRequired, required, "requiredAntiAffinityTerms", &faults),
		Preferred:     parsed(a.PodPreferred, preferred, "preferredAffinityTerms", &faults),
		AntiPreferred: parsed(a.PodAntiPreferred, preferred, "preferredAntiAffinityTerms", &faults),
	}
	if len(faults) > 0 {
		t.Invalid = Aggregate(faults)
	}
	return t
}

// parsed is the list, or nothing and a fault when one of its terms cannot be parsed.
func parsed[T any](list []T, term func(*T) *model.PodAffinityTerm, name string, faults *[]string) []T {
	for i := range list {
		if why := term(&list[i]).Invalid; why != "" {
			*faults = append(*faults, name+": "+why)
			return nil
		}
	}
	return list
}

func required(t *model.PodAffinityTerm) *model.PodAffinityTerm { return t }

func preferred(t *model.WeightedPodAffinityTerm) *model.PodAffinityTerm { return &t.Term }
