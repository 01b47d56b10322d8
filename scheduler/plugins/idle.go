package plugins

import (
	"slices"

	"towtank.dev/towtank/scheduler/framework"
)

// The plugins below see at a glance that most pods do not concern them.

var (
	_ framework.Idler = (*podTopologySpread)(nil)
	_ framework.Idler = (*volumeBinding)(nil)
	_ framework.Idler = (*volumeRestrictions)(nil)
	_ framework.Idler = (*volumeZone)(nil)
	_ framework.Idler = (*nodeVolumeLimits)(nil)
)

// Idle is true of pods that have no constraints and cannot get default ones.
func (pl *podTopologySpread) Idle(pod *framework.PodInfo) (any, bool) {
	if len(pod.SpreadTerms) > 0 {
		return nil, false
	}
	return nil, len(pl.defaults) == 0 || len(pl.objects.Services(pod.Pod.Namespace)) == 0 && pod.Pod.Controller() == nil
}

// nothingToBind is the state of pods without claims.
var nothingToBind = &bindingState{}

// Idle is true of pods without claims and disks.
func (*volumeBinding) Idle(pod *framework.PodInfo) (any, bool) {
	return nothingToBind, diskless(pod)
}

// Idle is true of pods without claims and disks.
func (*volumeRestrictions) Idle(pod *framework.PodInfo) (any, bool) { return nil, diskless(pod) }

// Idle is true of pods without claims and disks.
func (*volumeZone) Idle(pod *framework.PodInfo) (any, bool) { return nil, diskless(pod) }

// Idle is true of pods without claims and disks.
func (*nodeVolumeLimits) Idle(pod *framework.PodInfo) (any, bool) { return nil, diskless(pod) }

// diskless says whether a pod has none of the volumes that scheduling looks at.
func diskless(pod *framework.PodInfo) bool {
	return len(pod.Volumes) == 0 || !hasAttachable(pod.Volumes) && !slices.ContainsFunc(pod.Volumes, conflictingKind)
}
