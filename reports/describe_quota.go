package reports

import (
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// quotaDescription describes a quota; kubectl shows no events of one.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeQuota.
var quotaDescription = description{model.KindResourceQuota, func(d *Describer, s *sheet, o model.Object) {
	q := o.(*model.ResourceQuota)
	s.head(&q.ObjectMeta)
	describeScopes(s, 0, " * ", q)
	s.put(0, "Resource\tUsed\tHard")
	s.put(0, "--------\t----\t----")
	describeUse(s, 0, q)
}}

// scopeWords are what kubectl says of scopes.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go helpTextForResourceQuotaScope.
var scopeWords = map[string]string{
	"Terminating":    "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
	"NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
	"BestEffort":     "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
	"NotBestEffort":  "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
}

// describeScopes lists the scopes of a quota, with what they mean.
func describeScopes(s *sheet, level int, bullet string, q *model.ResourceQuota) {
	var names []string
	for i := range q.Scopes {
		// A scope selector is not shown, only scopes.
		if q.Scopes[i].Operator == model.OpExists {
			names = append(names, q.Scopes[i].Name)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	s.put(level, "Scopes:\t%s", strings.Join(names, ", "))
	for _, name := range names {
		if words := scopeWords[name]; words != "" {
			s.put(level, "%s%s", bullet, words)
		}
	}
}

// describeUse lists what is used and what may be, by resource.
func describeUse(s *sheet, level int, q *model.ResourceQuota) {
	for _, r := range sortedResources(q.Status.Hard) {
		s.put(level, "%s\t%s\t%s", r.Name, amountOf(r.Name, q.Status.Used), model.FormatQuantity(r.Name, r.Quantity))
	}
}
