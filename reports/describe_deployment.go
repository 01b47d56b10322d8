package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeDeployment.
var deploymentDescription = description{model.KindDeployment, func(d *Describer, s *sheet, o model.Object) {
	w := o.(*model.Deployment)
	s.head(&w.ObjectMeta)
	s.put(0, "CreationTimestamp:\t%s", d.clock(w.Created))
	s.marks(&w.ObjectMeta)
	s.put(0, "Selector:\t%s", selectorText(w.Selector))
	s.put(0, "Replicas:\t%d desired | %d updated | %d total | %d available | %d unavailable", w.Replicas,
		w.Status.UpdatedReplicas, w.Status.Replicas, w.Status.AvailableReplicas, w.Status.UnavailableReplicas)
	s.put(0, "StrategyType:\t%s", w.Strategy.Type)
	s.put(0, "MinReadySeconds:\t%d", w.MinReadySeconds)
	if w.Strategy.Type == model.RollingUpdate {
		s.put(0, "RollingUpdateStrategy:\t%s max unavailable, %s max surge", shareWord(w.Strategy.MaxUnavailable), shareWord(w.Strategy.MaxSurge))
	}
	d.template(s, w, w.Template)
	s.reasons(w.Status.Conditions)
	if older, newest := d.setsOf(w); len(older)+len(newest) > 0 {
		s.put(0, "OldReplicaSets:\t%s", setsText(older))
		s.put(0, "NewReplicaSet:\t%s", setsText(newest))
	}
	d.events(s)
}}

// setsOf are the ReplicaSets of a Deployment by their age: those of other templates, and the one of its own.
// Source: kubernetes v1.37.2 kubectl pkg/util/deployment/deployment.go GetAllReplicaSetsInChunks.
func (d *Describer) setsOf(w *model.Deployment) (older, newest []*model.ReplicaSet) {
	sets := slices.DeleteFunc(objectsOf[*model.ReplicaSet](d, model.KindReplicaSet, w.Namespace), func(r *model.ReplicaSet) bool {
		owner := r.Controller()
		return owner == nil || owner.UID != w.UID || !w.Selector.Matches(r.Labels)
	})
	slices.SortStableFunc(sets, func(a, b *model.ReplicaSet) int { return cmp.Compare(a.Created, b.Created) })
	for _, r := range sets {
		if len(newest) == 0 && model.SameTemplate(r.Template, w.Template) {
			newest = append(newest, r)
			continue
		}
		older = append(older, r)
	}
	return older, newest
}

func setsText(sets []*model.ReplicaSet) string {
	var parts []string
	for _, r := range sets {
		parts = append(parts, fmt.Sprintf("%s (%d/%d replicas created)", r.Name, r.Status.Replicas, r.Replicas))
	}
	return orNone(strings.Join(parts, ", "))
}
