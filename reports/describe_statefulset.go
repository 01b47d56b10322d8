package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeStatefulSet.
var statefulSetDescription = description{model.KindStatefulSet, func(d *Describer, s *sheet, o model.Object) {
	w := o.(*model.StatefulSet)
	s.head(&w.ObjectMeta)
	s.put(0, "CreationTimestamp:\t%s", d.clock(w.Created))
	s.put(0, "Selector:\t%s", selectorText(w.Selector))
	s.marks(&w.ObjectMeta)
	s.maybe("Service Name", w.ServiceName)
	s.maybe("Pod Management Policy", w.PodManagementPolicy)
	s.put(0, "Replicas:\t%d desired | %d total", w.Replicas, w.Status.Replicas)
	s.put(0, "Update Strategy:\t%s", w.UpdateStrategy.Type)
	if w.UpdateStrategy.Type == model.RollingUpdate {
		s.put(1, "Partition:\t%d", w.UpdateStrategy.Partition)
		if most := w.UpdateStrategy.MaxUnavailable; most != nil {
			s.put(1, "MaxUnavailable:\t%s", shareText(most))
		}
	}
	if w.WhenDeleted+w.WhenScaled != "" {
		s.put(0, "Persistent Volume Claim Retention Policy:")
		s.put(1, "WhenDeleted:\t%s", w.WhenDeleted)
		s.put(1, "WhenScaled:\t%s", w.WhenScaled)
	}
	d.podsStatus(s, &w.ObjectMeta)
	d.template(s, w, w.Template)
	describeClaimTemplates(s, w.ClaimTemplates)
	d.events(s)
}}

// describeClaimTemplates: Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeVolumeClaimTemplates.
func describeClaimTemplates(s *sheet, templates []model.ClaimTemplate) {
	if len(templates) == 0 {
		s.put(0, "Volume Claims:\t%s", noneWord)
		return
	}
	s.put(0, "Volume Claims:")
	for i := range templates {
		t := &templates[i]
		s.put(1, "Name:\t%s", t.Name)
		s.put(1, "StorageClass:\t%s", className(t.Spec.StorageClass))
		s.many("  Labels", pairs(t.Labels, "="))
		s.many("  Annotations", pairs(t.Annotations, "="))
		capacity := "<default>"
		if q, ok := t.Spec.Requests.Get("storage"); ok {
			capacity = model.FormatQuantity("storage", q)
		}
		s.put(1, "Capacity:\t%s", capacity)
		s.put(1, "Access Modes:\t%s", orderedList(t.Spec.AccessModes))
	}
}

// className is the storage class that is asked for, "" where none is.
func className(name *string) string {
	if name == nil {
		return ""
	}
	return *name
}
