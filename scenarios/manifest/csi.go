package manifest

import (
	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"towtank.dev/towtank/model"
)

func (c clock) storageClass(s *storagev1.StorageClass) *model.StorageClass {
	out := &model.StorageClass{
		ObjectMeta: c.meta(&s.ObjectMeta), Provisioner: s.Provisioner,
		BindingMode: text(s.VolumeBindingMode), ReclaimPolicy: text(s.ReclaimPolicy),
		Default: s.Annotations[DefaultClass] == "true",
	}
	out.Source = s
	for i := range s.AllowedTopologies {
		var term model.TopologySelectorTerm
		for _, e := range s.AllowedTopologies[i].MatchLabelExpressions {
			term.Requirements = append(term.Requirements, model.Requirement{Key: e.Key, Operator: model.OpIn, Values: e.Values})
		}
		out.AllowedTopologies = append(out.AllowedTopologies, term)
	}
	return out
}

func (c clock) toStorageClass(s *model.StorageClass) *storagev1.StorageClass {
	out := &storagev1.StorageClass{}
	if source, ok := s.Source.(*storagev1.StorageClass); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindStorageClass), c.toMeta(&s.ObjectMeta)
	out.Provisioner = s.Provisioner
	out.VolumeBindingMode = pointer[storagev1.VolumeBindingMode](s.BindingMode)
	out.ReclaimPolicy = pointer[v1.PersistentVolumeReclaimPolicy](s.ReclaimPolicy)
	out.AllowedTopologies = nil
	for i := range s.AllowedTopologies {
		var term v1.TopologySelectorTerm
		for _, r := range s.AllowedTopologies[i].Requirements {
			term.MatchLabelExpressions = append(term.MatchLabelExpressions, v1.TopologySelectorLabelRequirement{Key: r.Key, Values: r.Values})
		}
		out.AllowedTopologies = append(out.AllowedTopologies, term)
	}
	return out
}

func (c clock) csiNode(n *storagev1.CSINode) *model.CSINode {
	out := &model.CSINode{ObjectMeta: c.meta(&n.ObjectMeta)}
	out.Source = n
	for i := range n.Spec.Drivers {
		d := &n.Spec.Drivers[i]
		driver := model.CSINodeDriver{Name: d.Name, NodeID: d.NodeID, TopologyKeys: d.TopologyKeys}
		if d.Allocatable != nil {
			driver.Count = d.Allocatable.Count
		}
		out.Drivers = append(out.Drivers, driver)
	}
	return out
}

func (c clock) toCSINode(n *model.CSINode) *storagev1.CSINode {
	out := &storagev1.CSINode{TypeMeta: typeMeta(model.KindCSINode), ObjectMeta: c.toMeta(&n.ObjectMeta)}
	out.Spec.Drivers = []storagev1.CSINodeDriver{}
	for i := range n.Drivers {
		d := &n.Drivers[i]
		driver := storagev1.CSINodeDriver{Name: d.Name, NodeID: d.NodeID, TopologyKeys: d.TopologyKeys}
		if d.Count != nil {
			driver.Allocatable = &storagev1.VolumeNodeResources{Count: d.Count}
		}
		out.Spec.Drivers = append(out.Spec.Drivers, driver)
	}
	return out
}

func (c clock) csiDriver(d *storagev1.CSIDriver) *model.CSIDriver {
	out := &model.CSIDriver{
		ObjectMeta: c.meta(&d.ObjectMeta), StorageCapacity: *d.Spec.StorageCapacity,
		PreventPodSchedulingIfMissing: *d.Spec.PreventPodSchedulingIfMissing, AttachRequired: *d.Spec.AttachRequired,
	}
	out.Source = d
	return out
}

func (c clock) toCSIDriver(d *model.CSIDriver) *storagev1.CSIDriver {
	out := &storagev1.CSIDriver{}
	if source, ok := d.Source.(*storagev1.CSIDriver); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindCSIDriver), c.toMeta(&d.ObjectMeta)
	out.Spec.StorageCapacity, out.Spec.AttachRequired = &d.StorageCapacity, &d.AttachRequired
	out.Spec.PreventPodSchedulingIfMissing = &d.PreventPodSchedulingIfMissing
	return out
}

func (c clock) csiStorageCapacity(s *storagev1.CSIStorageCapacity) *model.CSIStorageCapacity {
	out := &model.CSIStorageCapacity{ObjectMeta: c.meta(&s.ObjectMeta), StorageClass: s.StorageClassName, NodeTopology: selector(s.NodeTopology)}
	out.Source = s
	if s.Capacity != nil {
		q := fromQuantity(*s.Capacity)
		out.Capacity = &q
	}
	if s.MaximumVolumeSize != nil {
		q := fromQuantity(*s.MaximumVolumeSize)
		out.MaximumVolumeSize = &q
	}
	return out
}

func (c clock) toCSIStorageCapacity(s *model.CSIStorageCapacity) *storagev1.CSIStorageCapacity {
	out := &storagev1.CSIStorageCapacity{}
	if source, ok := s.Source.(*storagev1.CSIStorageCapacity); ok {
		*out = *source
	} else {
		out.NodeTopology = toSelector(s.NodeTopology)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindCSIStorageCapacity), c.toMeta(&s.ObjectMeta)
	out.StorageClassName, out.Capacity, out.MaximumVolumeSize = s.StorageClass, nil, nil
	if s.Capacity != nil {
		q := toQuantity("storage", *s.Capacity)
		out.Capacity = &q
	}
	if s.MaximumVolumeSize != nil {
		q := toQuantity("storage", *s.MaximumVolumeSize)
		out.MaximumVolumeSize = &q
	}
	return out
}

func (c clock) attachment(a *storagev1.VolumeAttachment) *model.VolumeAttachment {
	out := &model.VolumeAttachment{
		ObjectMeta: c.meta(&a.ObjectMeta), Attacher: a.Spec.Attacher, NodeName: a.Spec.NodeName,
		PersistentVolume: text(a.Spec.Source.PersistentVolumeName),
	}
	out.Source = a
	if s := a.Spec.Source.InlineVolumeSpec; s != nil && s.CSI != nil {
		out.InlineHandle = s.CSI.VolumeHandle
	}
	return out
}

func (c clock) toAttachment(a *model.VolumeAttachment) *storagev1.VolumeAttachment {
	out := &storagev1.VolumeAttachment{}
	source, ok := a.Source.(*storagev1.VolumeAttachment)
	if ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindVolumeAttachment), c.toMeta(&a.ObjectMeta)
	out.Spec.Attacher, out.Spec.NodeName = a.Attacher, a.NodeName
	out.Spec.Source.PersistentVolumeName = pointer[string](a.PersistentVolume)
	return out
}
