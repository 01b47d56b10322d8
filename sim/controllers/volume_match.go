package controllers

import (
	"slices"

	"towtank.dev/towtank/model"
)

// betaClass is the annotation that gives the class before the field does.
// Source: kubernetes v1.37.2 component-helpers storage/volume/helpers.go GetPersistentVolumeClaimClass.
const betaClass = "volume.beta.kubernetes.io/storage-class"

// volumeOf is the volume that a claim has, is reserved for it, or suits it best; nil when it is to wait.
// Source: kubernetes v1.37.2 pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim.
func (b *volumeBinder) volumeOf(c *model.PersistentVolumeClaim) *model.PersistentVolume {
	if name := c.Spec.VolumeName; name != "" {
		v, ok := b.api.PersistentVolumes.Get("", name)
		if !ok || v.ClaimName != "" && !reservedFor(v, c) {
			return nil
		}
		return v
	}
	var best *model.PersistentVolume
	delayed := b.delayed(c)
	for v := range b.api.PersistentVolumes.All() {
		if !suits(v, c) {
			continue
		}
		if reservedFor(v, c) {
			return v
		}
		if !delayed && v.ClaimName == "" && v.Phase == phaseAvailable && matches(v, c) &&
			(best == nil || storage(v.Capacity).Cmp(storage(best.Capacity)) < 0) {
			best = v
		}
	}
	return best
}

// delayed says whether the claim waits for the scheduler to choose: its class says so.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go IsDelayBindingMode.
func (b *volumeBinder) delayed(c *model.PersistentVolumeClaim) bool {
	class, ok := b.api.StorageClasses.Get("", classOfClaim(c))
	return ok && class.BindingMode == "WaitForFirstConsumer"
}

// reservedFor says whether the volume's claimRef is the claim.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go IsVolumeBoundToClaim.
func reservedFor(v *model.PersistentVolume, c *model.PersistentVolumeClaim) bool {
	return v.ClaimName == c.Name && v.ClaimNamespace == c.Namespace && (v.ClaimUID == "" || v.ClaimUID == c.UID)
}

// suits checks what even a volume that is reserved for the claim must have.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go FindMatchingVolume.
func suits(v *model.PersistentVolume, c *model.PersistentVolumeClaim) bool {
	return storage(v.Capacity).Cmp(storage(c.Spec.Requests)) >= 0 && mode(v.VolumeMode) == mode(c.Spec.VolumeMode) &&
		text(v.AttributesClass) == text(c.Spec.AttributesClass) && !v.Deleting
}

// matches checks what a volume that nobody has reserved must have beside.
func matches(v *model.PersistentVolume, c *model.PersistentVolumeClaim) bool {
	for _, mode := range c.Spec.AccessModes {
		if !slices.Contains(v.AccessModes, mode) {
			return false
		}
	}
	return classOfVolume(v) == classOfClaim(c) && (c.Spec.Selector == nil || c.Spec.Selector.Matches(v.Labels))
}

func classOfClaim(c *model.PersistentVolumeClaim) string {
	if class, ok := c.Annotations[betaClass]; ok {
		return class
	}
	return text(c.Spec.StorageClass)
}

func classOfVolume(v *model.PersistentVolume) string {
	if class, ok := v.Annotations[betaClass]; ok {
		return class
	}
	return v.StorageClass
}

func storage(l model.ResourceList) model.Quantity {
	q, _ := l.Get("storage")
	return q
}

func mode(m string) string {
	if m == "" {
		return "Filesystem"
	}
	return m
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
