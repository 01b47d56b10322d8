package manifest

import (
	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// accessModes are the ways to mount a volume.
var accessModes = []v1.PersistentVolumeAccessMode{v1.ReadOnlyMany, v1.ReadWriteMany, v1.ReadWriteOnce, v1.ReadWriteOncePod}

func validateAccess(modes []v1.PersistentVolumeAccessMode, mode *v1.PersistentVolumeMode, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(modes) == 0 {
		errs = append(errs, field.Required(spec.Child("accessModes"), "at least 1 access mode is required"))
	}
	for i, m := range modes {
		errs = append(errs, oneOf(m, spec.Child("accessModes").Index(i), accessModes...)...)
	}
	return append(errs, oneOf(*mode, spec.Child("volumeMode"), v1.PersistentVolumeBlock, v1.PersistentVolumeFilesystem)...)
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec.
func validateVolume(p *v1.PersistentVolume, spec *field.Path) field.ErrorList {
	errs := validateAccess(p.Spec.AccessModes, p.Spec.VolumeMode, spec)
	size, ok := p.Spec.Capacity[v1.ResourceStorage]
	at := spec.Child("capacity")
	switch {
	case len(p.Spec.Capacity) == 0:
		errs = append(errs, field.Required(at, ""))
	case !ok || len(p.Spec.Capacity) > 1:
		errs = append(errs, field.NotSupported(at, "", []v1.ResourceName{v1.ResourceStorage}))
	case size.Sign() <= 0:
		errs = append(errs, field.Invalid(at.Key("storage"), size.String(), "must be greater than zero"))
	}
	errs = append(errs, oneOf(p.Spec.PersistentVolumeReclaimPolicy, spec.Child("persistentVolumeReclaimPolicy"),
		v1.PersistentVolumeReclaimDelete, v1.PersistentVolumeReclaimRecycle, v1.PersistentVolumeReclaimRetain)...)
	if sourceKind(&p.Spec.PersistentVolumeSource) == "" {
		errs = append(errs, field.Required(spec, "must specify a volume type"))
	}
	if a := p.Spec.NodeAffinity; a != nil {
		at := spec.Child("nodeAffinity", "required")
		if a.Required == nil {
			return append(errs, field.Required(at, "must specify required node constraints"))
		}
		errs = append(errs, validateNodeSelector(a.Required, at)...)
	} else if p.Spec.Local != nil {
		errs = append(errs, field.Required(spec.Child("nodeAffinity"), "Local volume requires node affinity"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec.
func validateClaim(s *v1.PersistentVolumeClaimSpec, spec *field.Path) field.ErrorList {
	errs := validateAccess(s.AccessModes, s.VolumeMode, spec)
	errs = append(errs, validateSelector(s.Selector, spec.Child("selector"))...)
	at := spec.Child("resources", "requests").Key("storage")
	if size, ok := s.Resources.Requests[v1.ResourceStorage]; !ok {
		errs = append(errs, field.Required(at, ""))
	} else if size.Sign() <= 0 {
		errs = append(errs, field.Invalid(at, size.String(), "must be greater than zero"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/storage/validation/validation.go ValidateStorageClass.
func validateStorageClass(s *storagev1.StorageClass) field.ErrorList {
	var errs field.ErrorList
	if s.Provisioner == "" {
		errs = append(errs, field.Required(field.NewPath("provisioner"), ""))
	}
	errs = append(errs, oneOf(*s.VolumeBindingMode, field.NewPath("volumeBindingMode"), storagev1.VolumeBindingImmediate, storagev1.VolumeBindingWaitForFirstConsumer)...)
	errs = append(errs, oneOf(*s.ReclaimPolicy, field.NewPath("reclaimPolicy"), v1.PersistentVolumeReclaimDelete, v1.PersistentVolumeReclaimRetain)...)
	for i := range s.AllowedTopologies {
		for j, e := range s.AllowedTopologies[i].MatchLabelExpressions {
			if len(e.Values) == 0 {
				at := field.NewPath("allowedTopologies").Index(i).Child("matchLabelExpressions").Index(j)
				errs = append(errs, field.Required(at.Child("values"), ""))
			}
		}
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/storage/validation/validation.go ValidateCSINode.
func validateCSINode(n *storagev1.CSINode, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := map[string]bool{}
	for i := range n.Spec.Drivers {
		d, at := &n.Spec.Drivers[i], spec.Child("drivers").Index(i)
		switch {
		case d.Name == "":
			errs = append(errs, field.Required(at.Child("name"), ""))
		case seen[d.Name]:
			errs = append(errs, field.Duplicate(at.Child("name"), d.Name))
		}
		seen[d.Name] = true
		if d.Allocatable != nil && d.Allocatable.Count != nil && *d.Allocatable.Count < 0 {
			errs = append(errs, field.Invalid(at.Child("allocatable", "count"), *d.Allocatable.Count, "must be greater than or equal to 0"))
		}
	}
	return errs
}
