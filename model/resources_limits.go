package model

// EffectiveLimits is what the spec's containers are limited to together, with pod-level limits in their
// place and overhead added where there is a limit. A resource that some container does not limit counts
// with the others alone.
// Source: kubernetes v1.37.2 component-helpers resource/helpers.go PodLimits.
func (s *PodSpec) EffectiveLimits() ResourceList {
	total := s.aggregate(nil, func(c *Container) ResourceList { return c.Limits })
	for i := range s.PodLimits {
		if podLevelResource(s.PodLimits[i].Name) {
			total = total.With(s.PodLimits[i].Name, s.PodLimits[i].Quantity)
		}
	}
	for i := range s.Overhead {
		if limit, has := total.Get(s.Overhead[i].Name); has && !limit.IsZero() {
			total = total.With(s.Overhead[i].Name, limit.Add(s.Overhead[i].Quantity))
		}
	}
	return total
}

// Minus returns the amounts of l less those of m; names of m alone are left out.
func (l ResourceList) Minus(m ResourceList) ResourceList {
	out := make(ResourceList, len(l))
	copy(out, l)
	for i := range out {
		if q, has := m.Get(out[i].Name); has {
			out[i].Quantity = out[i].Quantity.Add(Quantity{-q.Units, -q.Nanos})
		}
	}
	return out
}
