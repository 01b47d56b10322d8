package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeReplicationController.
var replicationControllerDescription = description{model.KindReplicationController, func(d *Describer, s *sheet, o model.Object) {
	w := o.(*model.ReplicationController)
	d.replicated(s, &w.ObjectMeta, equalities(w.Selector), w.Status.Replicas, w.Replicas)
	d.template(s, w, w.Template)
	s.reasons(w.Status.Conditions)
	d.events(s)
}}
