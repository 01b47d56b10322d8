package plugins

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// The forms below say what the plugins for volumes do for a pod, for runtimes that keep answers.

// Diskless says whether a pod has none of the volumes that scheduling looks at.
func Diskless(pod *framework.PodInfo) bool { return diskless(pod) }

// Undisturbed says whether neither an exclusive claim in use nor a claim that is missing stands between
// the pod and all nodes. inUse says whether pods on nodes use a claim, by its key; it may err on the side
// of use.
func (pl *volumeRestrictions) Undisturbed(pod *framework.PodInfo, inUse func(key string) bool) bool {
	for i := range pod.Volumes {
		if pod.Volumes[i].Kind != "persistentVolumeClaim" {
			continue
		}
		claim := pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, pod.Volumes[i].Claim)
		if claim == nil {
			return false
		}
		if slices.Contains(claim.Spec.AccessModes, "ReadWriteOncePod") && inUse(claimKey(pod, claim.Name)) {
			return false
		}
	}
	return true
}

// HasDisks says whether the pod has disks that others can be in the way of.
func (*volumeRestrictions) HasDisks(pod *framework.PodInfo) bool {
	return slices.ContainsFunc(pod.Volumes, conflictingKind)
}

// DisksConflict says whether a pod on the node is in the way.
func (pl *volumeRestrictions) DisksConflict(pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	for _, other := range node.Pods {
		if disksConflict(pod.Volumes, other.Volumes) {
			return pl.disk
		}
	}
	return nil
}

// ClaimsForm says how a pod's claims bear on nodes.
type ClaimsForm uint8

const (
	// ClaimsAnywhere are bound to volumes that every node reaches.
	ClaimsAnywhere ClaimsForm = iota
	// ClaimsByKey get the same from each node as others of the same key.
	ClaimsByKey
	// ClaimsOfTheirOwn cannot be told by a key.
	ClaimsOfTheirOwn
	// ClaimsUnfit have PreFilter end the cycle.
	ClaimsUnfit
)

// AppendClaims appends what VolumeBinding reads of the pod's claims and of what they lead to; waiting
// says that some are to be bound, so that Reserve needs the pod's own state. version must grow whenever
// a CSI driver or a storage capacity changes.
func (pl *volumeBinding) AppendClaims(key []byte, pod *framework.PodInfo, version uint64) (_ []byte, form ClaimsForm, waiting bool) {
	if _, problem := pl.check(pod); problem != "" {
		return key, ClaimsUnfit, false
	}
	form = ClaimsAnywhere
	for i := range pod.Volumes {
		name, _, ok := claimOf(pod.Pod, &pod.Volumes[i])
		if !ok {
			continue
		}
		claim := pl.claims.latest(pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, name))
		if !fullyBound(claim) {
			waiting = true
			continue
		}
		v := pl.objects.PersistentVolume(claim.Spec.VolumeName)
		switch {
		case v == nil || migratedKind(v.SourceKind) != nil:
			form = max(form, ClaimsOfTheirOwn)
		case v.NodeAffinity != nil:
			form = max(form, ClaimsByKey)
			key = appendInt(append(key, 'b'), int64(len(v.NodeAffinity.Terms)))
			for j := range v.NodeAffinity.Terms {
				key = appendNodeTerm(key, &v.NodeAffinity.Terms[j])
			}
		}
	}
	if !waiting {
		return key, form, false
	}
	key, own := pl.appendWaiting(key, pod, version)
	return key, max(form, own), true
}

// appendWaiting appends where volumes for the claims that wait can come from.
func (pl *volumeBinding) appendWaiting(key []byte, pod *framework.PodInfo, version uint64) ([]byte, ClaimsForm) {
	s := &bindingState{}
	if !pl.sort(pod, s) {
		return key, ClaimsUnfit
	}
	if len(s.selected) > 0 {
		return key, ClaimsOfTheirOwn
	}
	for _, w := range s.waiting {
		if len(w.own)+len(w.free) > 0 {
			return key, ClaimsOfTheirOwn
		}
		key = appendString(appendString(append(key, 'w'), w.class.Name), w.class.Provisioner)
		key = appendInt(key, int64(len(w.class.AllowedTopologies)))
		for i := range w.class.AllowedTopologies {
			key = appendRequirements(key, w.class.AllowedTopologies[i].Requirements)
		}
		if key = appendBool(key, w.tellsCapacity); w.tellsCapacity {
			key = appendInt(appendInt(key, int64(version)), w.size.Value())
		}
	}
	return key, ClaimsByKey
}

// AppendZones appends the zones and regions that the pod's volumes are in; nothing when they are in
// none. It returns false when PreFilter ends the cycle.
func (pl *volumeZone) AppendZones(key []byte, pod *framework.PodInfo) ([]byte, bool) {
	for i := range pod.Volumes {
		if pod.Volumes[i].Kind != "persistentVolumeClaim" {
			continue
		}
		claim := pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, pod.Volumes[i].Claim)
		switch {
		case claim == nil:
			return key, false
		case claim.Spec.VolumeName == "":
			if pl.notWaiting(claim) != "" {
				return key, false
			}
			continue
		}
		volume := pl.objects.PersistentVolume(claim.Spec.VolumeName)
		if volume == nil {
			return key, false
		}
		key = appendZones(key, volume)
	}
	return key, true
}

// appendZones appends the labels of a volume that count.
func appendZones(key []byte, v *model.PersistentVolume) []byte {
	if len(v.Labels) == 0 {
		return key
	}
	for i, label := range zoneLabels {
		if value, has := v.Labels[label]; has {
			key = appendString(append(key, 'z', byte(i)), value)
		}
	}
	return key
}
