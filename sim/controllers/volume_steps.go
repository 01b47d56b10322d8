package controllers

import (
	"maps"

	"towtank.dev/towtank/model"
)

// Annotations by which the binder and the scheduler tell each other what they have done.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go.
const (
	bindCompleted     = "pv.kubernetes.io/bind-completed"
	boundByController = "pv.kubernetes.io/bound-by-controller"
)

// The phases of volumes and claims.
const (
	phaseAvailable = "Available"
	phaseBound     = "Bound"
	phaseReleased  = "Released"
	phaseFailed    = "Failed"
	phaseLost      = "Lost"
)

// nextOfVolume is the next write that a volume calls for, nil for none.
// Source: kubernetes v1.37.2 pkg/controller/volume/persistentvolume/pv_controller.go syncVolume.
func (b *volumeBinder) nextOfVolume(v *model.PersistentVolume) model.Object {
	if v.ClaimName == "" || v.ClaimUID == "" {
		return phased(v, phaseAvailable)
	}
	claim, ok := b.api.PersistentVolumeClaims.Get(v.ClaimNamespace, v.ClaimName)
	switch {
	case ok && claim.UID == v.ClaimUID:
		return b.nextOfClaim(claim)
	case v.Phase == phaseFailed:
		return nil
	}
	return phased(v, phaseReleased)
}

// phased is the volume in another phase, nil when it is in that one.
func phased(v *model.PersistentVolume, phase string) model.Object {
	if v.Phase == phase {
		return nil
	}
	changed := *v
	changed.Phase = phase
	return &changed
}

// nextOfClaim is the next write on the way of a claim to its volume, nil for none: the volume gets the
// claim, then its phase, then the claim the volume, then its phase.
// Source: kubernetes v1.37.2 pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim,
// syncBoundClaim, bind.
func (b *volumeBinder) nextOfClaim(c *model.PersistentVolumeClaim) model.Object {
	v := b.volumeOf(c)
	if v == nil {
		if c.Annotations[bindCompleted] != "" && c.Phase != phaseLost {
			changed := *c
			changed.Phase = phaseLost
			return &changed
		}
		return nil
	}
	if v.ClaimUID != c.UID {
		return claimed(v, c)
	}
	if next := phased(v, phaseBound); next != nil {
		return next
	}
	if c.Spec.VolumeName != v.Name || c.Annotations[bindCompleted] == "" {
		return fulfilled(c, v)
	}
	if c.Phase == phaseBound {
		return nil
	}
	changed := *c
	changed.Phase, changed.Capacity = phaseBound, v.Capacity
	return &changed
}

// claimed is the volume with the claim as its claimRef.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go GetBindVolumeToClaim.
func claimed(v *model.PersistentVolume, c *model.PersistentVolumeClaim) model.Object {
	changed := *v
	if v.ClaimName == "" {
		changed.Annotations = annotated(v.Annotations, boundByController)
	}
	changed.ClaimNamespace, changed.ClaimName, changed.ClaimUID = c.Namespace, c.Name, c.UID
	return &changed
}

// fulfilled is the claim with the volume as its own.
// Source: kubernetes v1.37.2 pkg/controller/volume/persistentvolume/pv_controller.go bindClaimToVolume.
func fulfilled(c *model.PersistentVolumeClaim, v *model.PersistentVolume) model.Object {
	changed := *c
	if c.Spec.VolumeName == "" {
		changed.Annotations = annotated(c.Annotations, boundByController)
	}
	changed.Spec.VolumeName = v.Name
	changed.Annotations = annotated(changed.Annotations, bindCompleted)
	return &changed
}

// annotated is a copy of the annotations with one more, which says yes.
func annotated(annotations map[string]string, key string) map[string]string {
	all := maps.Clone(annotations)
	if all == nil {
		all = map[string]string{}
	}
	all[key] = "yes"
	return all
}
