package reports

import "towtank.dev/towtank/model"

// namespaceDescription describes a namespace; kubectl shows no events of one.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeNamespace.
var namespaceDescription = description{model.KindNamespace, func(d *Describer, s *sheet, o model.Object) {
	n := o.(*model.Namespace)
	s.put(0, "Name:\t%s", n.Name)
	s.marks(&n.ObjectMeta)
	s.put(0, "Status:\t%s", n.Phase)
	s.put(0, "")
	quotas := objectsOf[*model.ResourceQuota](d, model.KindResourceQuota, n.Name)
	if len(quotas) == 0 {
		s.put(0, "No resource quota.")
	} else {
		s.put(0, "Resource Quotas")
	}
	for _, q := range quotas {
		s.put(1, "Name:\t%s", q.Name)
		describeScopes(s, 1, "* ", q)
		s.put(1, "Resource\tUsed\tHard")
		s.put(1, "--------\t---\t---")
		describeUse(s, 1, q)
	}
	s.put(0, "")
	ranges := objectsOf[*model.LimitRange](d, model.KindLimitRange, n.Name)
	if len(ranges) == 0 {
		s.put(0, "No LimitRange resource.")
		return
	}
	s.put(0, "Resource Limits")
	describeLimitsHead(s, " ")
	for _, r := range ranges {
		describeLimits(s, " ", r)
	}
}}
