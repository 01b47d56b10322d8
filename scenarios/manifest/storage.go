package manifest

import (
	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

// DefaultClass is the annotation that marks the StorageClass of claims that name none.
// Source: kubernetes v1.37.2 pkg/volume/util/storageclass.go IsDefaultStorageClassAnnotation.
const DefaultClass = "storageclass.kubernetes.io/is-default-class"

func claimSpec(s *v1.PersistentVolumeClaimSpec) model.ClaimSpec {
	return model.ClaimSpec{
		StorageClass: s.StorageClassName, VolumeName: s.VolumeName, VolumeMode: text(s.VolumeMode),
		AccessModes: texts(s.AccessModes), Requests: resources(s.Resources.Requests),
		Selector: selector(s.Selector), AttributesClass: s.VolumeAttributesClassName,
	}
}

// toClaimSpec turns what a claim asks for back, over what it was read from.
func toClaimSpec(s *model.ClaimSpec, base *v1.PersistentVolumeClaimSpec) v1.PersistentVolumeClaimSpec {
	out := v1.PersistentVolumeClaimSpec{Selector: toSelector(s.Selector)}
	if base != nil {
		out = *base
	}
	out.StorageClassName, out.VolumeName, out.VolumeAttributesClassName = s.StorageClass, s.VolumeName, s.AttributesClass
	out.VolumeMode = pointer[v1.PersistentVolumeMode](s.VolumeMode)
	out.AccessModes = named[v1.PersistentVolumeAccessMode](s.AccessModes)
	out.Resources.Requests = toResources(s.Requests, out.Resources.Requests)
	return out
}

func (c clock) claim(p *v1.PersistentVolumeClaim) *model.PersistentVolumeClaim {
	out := &model.PersistentVolumeClaim{
		ObjectMeta: c.meta(&p.ObjectMeta), Spec: claimSpec(&p.Spec),
		Phase: string(p.Status.Phase), Capacity: resources(p.Status.Capacity),
	}
	out.Source = p
	return out
}

func (c clock) toClaim(p *model.PersistentVolumeClaim) *v1.PersistentVolumeClaim {
	out := &v1.PersistentVolumeClaim{}
	var base *v1.PersistentVolumeClaimSpec
	if source, ok := p.Source.(*v1.PersistentVolumeClaim); ok {
		*out = *source
		base = &source.Spec
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindPersistentVolumeClaim), c.toMeta(&p.ObjectMeta)
	out.Spec = toClaimSpec(&p.Spec, base)
	out.Status.Phase = v1.PersistentVolumeClaimPhase(p.Phase)
	out.Status.Capacity = toResources(p.Capacity, out.Status.Capacity)
	if out.Status.Phase == v1.ClaimBound {
		out.Status.AccessModes = out.Spec.AccessModes
	}
	return out
}

func (c clock) volume(p *v1.PersistentVolume) *model.PersistentVolume {
	out := &model.PersistentVolume{
		ObjectMeta: c.meta(&p.ObjectMeta), StorageClass: p.Spec.StorageClassName, VolumeMode: text(p.Spec.VolumeMode),
		AccessModes: texts(p.Spec.AccessModes), Capacity: resources(p.Spec.Capacity),
		ReclaimPolicy:   string(p.Spec.PersistentVolumeReclaimPolicy),
		AttributesClass: p.Spec.VolumeAttributesClassName, SourceKind: sourceKind(&p.Spec.PersistentVolumeSource),
		Phase: string(p.Status.Phase),
	}
	out.Source = p
	if p.Spec.NodeAffinity != nil {
		out.NodeAffinity = nodeSelector(p.Spec.NodeAffinity.Required)
	}
	if r := p.Spec.ClaimRef; r != nil {
		out.ClaimNamespace, out.ClaimName, out.ClaimUID = r.Namespace, r.Name, string(r.UID)
	}
	if p.Spec.CSI != nil {
		out.Driver, out.Handle = p.Spec.CSI.Driver, p.Spec.CSI.VolumeHandle
	} else {
		out.Handle = diskHandle(&p.Spec.PersistentVolumeSource)
		out.Sharing = azureKind(p.Spec.AzureDisk)
	}
	return out
}

// diskHandle is the name of a disk that Kubernetes once drove itself.
func diskHandle(s *v1.PersistentVolumeSource) string {
	switch {
	case s.GCEPersistentDisk != nil:
		return s.GCEPersistentDisk.PDName
	case s.AWSElasticBlockStore != nil:
		return s.AWSElasticBlockStore.VolumeID
	case s.Cinder != nil:
		return s.Cinder.VolumeID
	case s.AzureDisk != nil:
		return s.AzureDisk.DataDiskURI
	case s.PortworxVolume != nil:
		return s.PortworxVolume.VolumeID
	}
	return ""
}

func (c clock) toPersistentVolume(p *model.PersistentVolume) *v1.PersistentVolume {
	out := &v1.PersistentVolume{}
	source, ok := p.Source.(*v1.PersistentVolume)
	if ok {
		*out = *source
	} else {
		toVolumeSource(p, &out.Spec)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindPersistentVolume), c.toMeta(&p.ObjectMeta)
	s := &out.Spec
	s.StorageClassName, s.VolumeAttributesClassName = p.StorageClass, p.AttributesClass
	s.VolumeMode = pointer[v1.PersistentVolumeMode](p.VolumeMode)
	s.AccessModes = named[v1.PersistentVolumeAccessMode](p.AccessModes)
	s.Capacity = toResources(p.Capacity, s.Capacity)
	s.PersistentVolumeReclaimPolicy = v1.PersistentVolumeReclaimPolicy(p.ReclaimPolicy)
	s.ClaimRef = toClaimRef(p, s.ClaimRef)
	out.Status.Phase = v1.PersistentVolumePhase(p.Phase)
	return out
}

func toVolumeSource(p *model.PersistentVolume, out *v1.PersistentVolumeSpec) {
	if p.SourceKind == "csi" {
		out.CSI = &v1.CSIPersistentVolumeSource{Driver: p.Driver, VolumeHandle: p.Handle}
	}
	if p.NodeAffinity != nil {
		out.NodeAffinity = &v1.VolumeNodeAffinity{Required: toNodeSelector(p.NodeAffinity)}
	}
}

func toClaimRef(p *model.PersistentVolume, base *v1.ObjectReference) *v1.ObjectReference {
	if p.ClaimName == "" {
		return nil
	}
	if base != nil && base.Namespace == p.ClaimNamespace && base.Name == p.ClaimName && string(base.UID) == p.ClaimUID {
		return base
	}
	return &v1.ObjectReference{
		APIVersion: "v1", Kind: string(model.KindPersistentVolumeClaim),
		Namespace: p.ClaimNamespace, Name: p.ClaimName, UID: uid(p.ClaimUID),
	}
}
