package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeDaemonSet.
var daemonSetDescription = description{model.KindDaemonSet, func(d *Describer, s *sheet, o model.Object) {
	w := o.(*model.DaemonSet)
	s.head(&w.ObjectMeta)
	s.put(0, "Selector:\t%s", selectorText(w.Selector))
	s.put(0, "Node-Selector:\t%s", equalities(w.Template.Spec.NodeSelector))
	s.marks(&w.ObjectMeta)
	s.put(0, "Desired Number of Nodes Scheduled: %d", w.Status.DesiredNumberScheduled)
	s.put(0, "Current Number of Nodes Scheduled: %d", w.Status.CurrentNumberScheduled)
	s.put(0, "Number of Nodes Scheduled with Up-to-date Pods: %d", w.Status.UpdatedNumberScheduled)
	s.put(0, "Number of Nodes Scheduled with Available Pods: %d", w.Status.NumberAvailable)
	s.put(0, "Number of Nodes Misscheduled: %d", w.Status.NumberMisscheduled)
	d.podsStatus(s, &w.ObjectMeta)
	d.template(s, w, w.Template)
	d.events(s)
}}
