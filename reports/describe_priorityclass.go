package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describePriorityClass.
var priorityClassDescription = description{model.KindPriorityClass, func(d *Describer, s *sheet, o model.Object) {
	c := o.(*model.PriorityClass)
	s.put(0, "Name:\t%s", c.Name)
	s.put(0, "Value:\t%d", c.Value)
	s.put(0, "GlobalDefault:\t%t", c.GlobalDefault)
	s.put(0, "PreemptionPolicy:\t%s", orWord(c.PreemptionPolicy, "PreemptLowerPriority"))
	s.put(0, "Description:\t%s", c.Description)
	s.put(0, "Annotations:\t%s", equalities(c.Annotations))
	d.events(s)
}}
