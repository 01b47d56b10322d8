package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describePodDisruptionBudgetV1.
var budgetDescription = description{model.KindPodDisruptionBudget, func(d *Describer, s *sheet, o model.Object) {
	b := o.(*model.PodDisruptionBudget)
	s.head(&b.ObjectMeta)
	switch {
	case b.MinAvailable != nil:
		s.put(0, "Min available:\t%s", shareText(b.MinAvailable))
	case b.MaxUnavailable != nil:
		s.put(0, "Max unavailable:\t%s", shareText(b.MaxUnavailable))
	}
	selector := unsetWord
	if b.Selector != nil {
		selector = selectorText(b.Selector)
	}
	s.put(0, "Selector:\t%s", selector)
	s.put(0, "Status:")
	s.put(2, "Allowed disruptions:\t%d", b.Status.DisruptionsAllowed)
	s.put(2, "Current:\t%d", b.Status.CurrentHealthy)
	s.put(2, "Desired:\t%d", b.Status.DesiredHealthy)
	s.put(2, "Total:\t%d", b.Status.ExpectedPods)
	d.events(s)
}}
