package plugins

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// waitForFirstConsumer is the binding mode of classes whose claims wait for a pod.
const waitForFirstConsumer = "WaitForFirstConsumer"

// boundClaim is a claim that has its volume.
type boundClaim struct {
	volume *model.PersistentVolume // nil when it is gone
	// disk is set when the volume may be a CSI driver's on some nodes; migrated is its node affinity
	// there, migrationErr why there is none.
	disk         *inTreeDisk
	migrated     *model.NodeSelector
	migrationErr error
}

// waitingClaim is a claim that waits for the pod, and where a volume for it can come from.
type waitingClaim struct {
	claim *model.PersistentVolumeClaim
	// selected is the node for which a volume was asked before, if hasSelected.
	selected    string
	hasSelected bool
	size        model.Quantity
	class       *model.StorageClass
	// own are volumes that are reserved for the claim; free those that it could get, smallest first.
	own, free []*model.PersistentVolume
	// capacities have room for the claim. They only count when the driver tells its capacity.
	tellsCapacity bool
	capacities    []*model.CSIStorageCapacity
}

// sort puts the pod's claims into the state. It returns false when a claim should have been bound by now.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go GetPodVolumeClaims.
func (pl *volumeBinding) sort(pod *framework.PodInfo, s *bindingState) bool {
	for i := range pod.Volumes {
		name, _, ok := claimOf(pod.Pod, &pod.Volumes[i])
		if !ok {
			continue
		}
		claim := pl.claims.latest(pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, name))
		if fullyBound(claim) {
			s.bound = append(s.bound, pl.bound(claim))
			continue
		}
		class := pl.objects.StorageClass(claimClass(claim))
		if class == nil || class.BindingMode != waitForFirstConsumer || claim.Spec.VolumeName != "" {
			return false
		}
		w := pl.waiting(claim, class)
		if w.hasSelected {
			s.selected = append(s.selected, w)
		} else {
			s.waiting = append(s.waiting, w)
		}
	}
	slices.SortFunc(s.waiting, func(a, b *waitingClaim) int { return a.size.Cmp(b.size) })
	return true
}

// fullyBound says whether the claim has its volume and everybody agrees.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go isPVCFullyBound.
func fullyBound(claim *model.PersistentVolumeClaim) bool {
	_, completed := claim.Annotations[bindCompletedAnnotation]
	return claim.Spec.VolumeName != "" && completed
}

func (pl *volumeBinding) bound(claim *model.PersistentVolumeClaim) boundClaim {
	b := boundClaim{volume: pl.objects.PersistentVolume(claim.Spec.VolumeName)}
	if b.volume == nil {
		return b
	}
	if b.disk = migratedKind(b.volume.SourceKind); b.disk != nil {
		b.migrated = b.disk.affinityOnceMigrated(b.volume)
		_, b.migrationErr = b.disk.volumeHandle(b.volume)
	}
	return b
}

// waiting looks for everything about a claim that does not depend on the node.
func (pl *volumeBinding) waiting(claim *model.PersistentVolumeClaim, class *model.StorageClass) *waitingClaim {
	w := &waitingClaim{claim: claim, class: class}
	w.selected, w.hasSelected = claim.Annotations[selectedNodeAnnotation]
	size, sized := claim.Spec.Requests.Get(resourceStorage)
	w.size = size
	if !w.hasSelected {
		pl.match(w)
	}
	if driver := pl.objects.CSIDriver(class.Provisioner); sized && driver != nil && driver.StorageCapacity {
		w.tellsCapacity = true
		for _, c := range pl.objects.CSIStorageCapacities() {
			if limit := volumeLimit(c); c.StorageClass == class.Name && limit != nil && limit.Value() >= size.Value() {
				w.capacities = append(w.capacities, c)
			}
		}
	}
	return w
}

// volumeLimit is the size of the largest volume that can be made, nil when it is not known.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go volumeLimit.
func volumeLimit(c *model.CSIStorageCapacity) *model.Quantity {
	if c.MaximumVolumeSize != nil {
		return c.MaximumVolumeSize
	}
	return c.Capacity
}

// match finds the volumes that the claim could get on some node. Of volumes of the same size the older
// comes first; upstream leaves that to the order of a map.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go FindMatchingVolume.
func (pl *volumeBinding) match(w *waitingClaim) {
	for _, v := range pl.objects.PersistentVolumesFor(w.class.Name, w.claim.Namespace, w.claim.Name) {
		if volumeClass(v) != w.class.Name {
			continue
		}
		v = pl.volumes.latest(v)
		own := reservedFor(v, w.claim)
		if v.ClaimName != "" && !own || !suits(v, w) {
			continue
		}
		switch {
		case own:
			w.own = append(w.own, v)
		case v.Phase == "Available" && (w.claim.Spec.Selector == nil || w.claim.Spec.Selector.Matches(v.Labels)) && offers(v, w.claim):
			w.free = append(w.free, v)
		}
	}
	slices.SortStableFunc(w.free, func(a, b *model.PersistentVolume) int { return storageOf(a).Cmp(storageOf(b)) })
}

// reservedFor says whether the volume's claimRef is the claim.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go IsVolumeBoundToClaim.
func reservedFor(v *model.PersistentVolume, claim *model.PersistentVolumeClaim) bool {
	return v.ClaimName == claim.Name && v.ClaimNamespace == claim.Namespace && (v.ClaimUID == "" || v.ClaimUID == claim.UID)
}

// suits checks what even a volume that is reserved for the claim must have.
func suits(v *model.PersistentVolume, w *waitingClaim) bool {
	spec := &w.claim.Spec
	return storageOf(v).Cmp(w.size) >= 0 && modeOf(v.VolumeMode) == modeOf(spec.VolumeMode) &&
		textOf(v.AttributesClass) == textOf(spec.AttributesClass) && !v.Deleting
}

func storageOf(v *model.PersistentVolume) model.Quantity {
	q, _ := v.Capacity.Get(resourceStorage)
	return q
}

func modeOf(mode string) string {
	if mode == "" {
		return "Filesystem"
	}
	return mode
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// offers says whether the volume has all access modes that the claim asks for.
func offers(v *model.PersistentVolume, claim *model.PersistentVolumeClaim) bool {
	for _, mode := range claim.Spec.AccessModes {
		if !slices.Contains(v.AccessModes, mode) {
			return false
		}
	}
	return true
}
