package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeReplicaSet.
var replicaSetDescription = description{model.KindReplicaSet, func(d *Describer, s *sheet, o model.Object) {
	w := o.(*model.ReplicaSet)
	d.replicated(s, &w.ObjectMeta, selectorText(w.Selector), w.Status.Replicas, w.Replicas)
	d.template(s, w, w.Template)
	s.reasons(w.Status.Conditions)
	d.events(s)
}}

// replicated is what ReplicaSets and ReplicationControllers begin with.
func (d *Describer) replicated(s *sheet, m *model.ObjectMeta, selector string, current, desired int32) {
	s.head(m)
	s.put(0, "Selector:\t%s", selector)
	s.marks(m)
	s.controlledBy(m)
	s.put(0, "Replicas:\t%d current / %d desired", current, desired)
	d.podsStatus(s, m)
}
