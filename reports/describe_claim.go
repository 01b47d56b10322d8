package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describePersistentVolumeClaim.
var claimDescription = description{model.KindPersistentVolumeClaim, func(d *Describer, s *sheet, o model.Object) {
	c := o.(*model.PersistentVolumeClaim)
	s.head(&c.ObjectMeta)
	s.put(0, "StorageClass:\t%s", className(c.Spec.StorageClass))
	d.phase(s, &c.ObjectMeta, c.Phase)
	s.put(0, "Volume:\t%s", c.Spec.VolumeName)
	s.marks(&c.ObjectMeta)
	s.put(0, "Finalizers:\t%s", orderedList(c.Finalizers))
	capacity, modes := "", ""
	if c.Spec.VolumeName != "" {
		capacity, modes = storageText(c.Capacity), accessModes(c.Spec.AccessModes)
	}
	s.put(0, "Capacity:\t%s", capacity)
	s.put(0, "Access Modes:\t%s", modes)
	s.maybe("VolumeMode", c.Spec.VolumeMode)
	s.many("Used By", d.users(c))
	d.events(s)
}}

// phase is the state of a claim or a volume.
func (d *Describer) phase(s *sheet, m *model.ObjectMeta, phase string) {
	if m.Deleting {
		s.put(0, "Status:\tTerminating (lasts %s)", d.Age(m.Deleted))
		return
	}
	s.put(0, "Status:\t%s", phase)
}

// users are the pods that name a claim, and those that own it.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go getPodsForPVC.
func (d *Describer) users(c *model.PersistentVolumeClaim) []string {
	var names []string
	for _, pod := range objectsOf[*model.Pod](d, model.KindPod, c.Namespace) {
		if uses(pod, c) {
			names = append(names, pod.Name)
		}
	}
	return names
}

func uses(pod *model.Pod, c *model.PersistentVolumeClaim) bool {
	for i := range pod.Spec.Volumes {
		if v := &pod.Spec.Volumes[i]; v.Kind == "persistentVolumeClaim" && v.Claim == c.Name {
			return true
		}
	}
	for i := range c.Owners {
		if c.Owners[i].Kind == string(model.KindPod) && c.Owners[i].UID == pod.UID {
			return true
		}
	}
	return false
}
