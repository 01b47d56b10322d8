package plugins

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// volumeRestrictions rejects nodes where a disk is in use by another pod, and all nodes while another pod
// uses a claim that only one may use.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.
type volumeRestrictions struct {
	objects     framework.Objects
	skip        *framework.Status
	disk, claim *framework.Status
	stateless   *framework.Status
}

var (
	_ framework.PreFilterPlugin     = (*volumeRestrictions)(nil)
	_ framework.PreFilterExtensions = (*volumeRestrictions)(nil)
	_ framework.FilterPlugin        = (*volumeRestrictions)(nil)
	_ framework.EnqueueExtensions   = (*volumeRestrictions)(nil)
)

func newVolumeRestrictions(_ framework.Args, h *framework.Handle) (framework.Plugin, error) {
	status := func(code framework.Code, reasons ...string) *framework.Status {
		return framework.NewStatus(VolumeRestrictions, code, reasons...)
	}
	return &volumeRestrictions{
		objects:   h.Objects,
		skip:      status(framework.Skip),
		disk:      status(framework.Unschedulable, "node(s) had no available disk"),
		claim:     status(framework.Unschedulable, "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"),
		stateless: status(framework.Error, `cannot read "PreFilterVolumeRestrictions" from cycleState`),
	}, nil
}

// Name is VolumeRestrictions.
func (*volumeRestrictions) Name() string { return VolumeRestrictions }

// exclusiveClaims is the state of a cycle: the pod's claims that only one pod may use, and how often
// pods on nodes use them.
type exclusiveClaims struct {
	names []string
	uses  int
}

// PreFilter counts the uses of claims that are for one pod only. A claim that is not there ends the cycle.
func (pl *volumeRestrictions) PreFilter(pod *framework.PodInfo, snapshot *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	s := &exclusiveClaims{}
	for i := range pod.Volumes {
		if pod.Volumes[i].Kind != "persistentVolumeClaim" {
			continue
		}
		name := pod.Volumes[i].Claim
		claim := pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, name)
		if claim == nil {
			return nil, nil, framework.NewStatus(VolumeRestrictions, framework.UnschedulableAndUnresolvable, claimNotFound(name))
		}
		if slices.Contains(claim.Spec.AccessModes, "ReadWriteOncePod") && !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
			if claimInUse(snapshot, claim.Key()) {
				s.uses++
			}
		}
	}
	if s.uses == 0 && !slices.ContainsFunc(pod.Volumes, conflictingKind) {
		return nil, nil, pl.skip
	}
	return s, nil, nil
}

// claimInUse says whether a pod on any node uses the claim.
func claimInUse(snapshot *framework.Snapshot, key string) bool {
	return slices.ContainsFunc(snapshot.Nodes, func(n *framework.NodeInfo) bool { return n.Claims[key] > 0 })
}

// conflictingKind says whether volumes of that kind can be in each other's way.
func conflictingKind(v model.Volume) bool {
	switch v.Kind {
	case "gcePersistentDisk", "awsElasticBlockStore", "rbd", "iscsi":
		return v.Disk != nil
	}
	return false
}

// CloneState copies the count.
func (*volumeRestrictions) CloneState(state any) any {
	s, ok := state.(*exclusiveClaims)
	if !ok {
		return nil
	}
	clone := *s
	return &clone
}

// AddPod counts the pod's uses. Like upstream it does not look at the pod's namespace.
func (pl *volumeRestrictions) AddPod(state any, _, added *framework.PodInfo, _ *framework.NodeInfo) *framework.Status {
	return pl.count(state, added, 1)
}

// RemovePod takes the pod's uses away.
func (pl *volumeRestrictions) RemovePod(state any, _, removed *framework.PodInfo, _ *framework.NodeInfo) *framework.Status {
	return pl.count(state, removed, -1)
}

func (pl *volumeRestrictions) count(state any, pod *framework.PodInfo, sign int) *framework.Status {
	s, ok := state.(*exclusiveClaims)
	if !ok {
		return pl.stateless
	}
	for _, claim := range pod.Claims {
		if slices.Contains(s.names, claim) {
			s.uses += sign
		}
	}
	return nil
}

// Filter looks for conflicts with the pods on the node, then at the count.
func (pl *volumeRestrictions) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	for _, other := range node.Pods {
		if disksConflict(pod.Volumes, other.Volumes) {
			return pl.disk
		}
	}
	s, ok := state.(*exclusiveClaims)
	switch {
	case !ok:
		return pl.stateless
	case s.uses > 0:
		return pl.claim
	}
	return nil
}

// disksConflict says whether any two volumes are the same disk and cannot be shared.
func disksConflict(volumes, others []model.Volume) bool {
	for i := range volumes {
		if !conflictingKind(volumes[i]) {
			continue
		}
		for j := range others {
			if volumes[i].Kind == others[j].Kind && others[j].Disk != nil && diskConflicts(volumes[i].Kind, volumes[i].Disk, others[j].Disk) {
				return true
			}
		}
	}
	return false
}

// diskConflicts compares two disks of a kind. All but EBS disks can be shared for reading.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go isVolumeConflict.
func diskConflicts(kind string, a, b *model.DiskSource) bool {
	if a.ID != b.ID {
		return false
	}
	if kind == "awsElasticBlockStore" {
		return true
	}
	if kind == "rbd" && (a.Pool != b.Pool || !overlap(a.Monitors, b.Monitors)) {
		return false
	}
	return !a.ReadOnly || !b.ReadOnly
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// EventsToRegister is pods that go, nodes and claims that come.
func (pl *volumeRestrictions) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.EventAssignedPodDelete, Hint: pl.afterDelete},
		{Event: framework.EventNodeAdd},
		{Event: framework.ClusterEvent{Resource: framework.PersistentVolumeClaim, Action: framework.Add}, Hint: pl.afterClaim},
	}
}

// afterDelete queues the pod when the one that went had a disk or a claim that it wants.
func (*volumeRestrictions) afterDelete(pod *model.Pod, old, _ model.Object) framework.Hint {
	gone := old.(*model.Pod)
	if gone.Namespace != pod.Namespace {
		return framework.QueueSkip
	}
	if disksConflict(pod.Spec.Volumes, gone.Spec.Volumes) {
		return framework.Queue
	}
	for i := range pod.Spec.Volumes {
		for j := range gone.Spec.Volumes {
			v, w := &pod.Spec.Volumes[i], &gone.Spec.Volumes[j]
			if v.Kind == "persistentVolumeClaim" && w.Kind == v.Kind && w.Claim == v.Claim {
				return framework.Queue
			}
		}
	}
	return framework.QueueSkip
}

// afterClaim queues the pod when it names the new claim.
func (*volumeRestrictions) afterClaim(pod *model.Pod, _, new model.Object) framework.Hint {
	if namesClaim(pod, new.(*model.PersistentVolumeClaim), false) {
		return framework.Queue
	}
	return framework.QueueSkip
}
