package plugins

import (
	"math"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// NodeVolumes are the volumes on a node, for runtimes that keep account of them.
type NodeVolumes struct {
	// Present are the volumes that pods use, Stray those that are attached and that no pod uses. Each is
	// there once.
	Present, Stray []AttachedVolume
	// Claims are the keys of the claims that pods use, each once.
	Claims []string
	// Disks says that a pod has a disk that others can be in the way of.
	Disks bool
	// Dangling says that a claim names a volume that is not there.
	Dangling bool
	// Odd says that Filter reports an error instead of counting.
	Odd bool
}

// Clear empties the account, whose lists may be used again.
func (v *NodeVolumes) Clear() { *v = NodeVolumes{Present: v.Present[:0], Claims: v.Claims[:0]} }

// migratedNode stands for all nodes of which the CSI drivers are known.
var migratedNode = &model.CSINode{}

// Wanted appends the volumes that a new pod would have attached to a node of which CSI drivers are
// known. It returns false when Filter has more to say than that they are too many or a driver is missing.
func (pl *nodeVolumeLimits) Wanted(pod *framework.PodInfo, wanted []AttachedVolume) ([]AttachedVolume, bool) {
	set := volumeSet(wanted)
	if status := pl.volumes(pod, migratedNode, true, &set); !status.OK() {
		return set, false
	}
	for i := range set {
		// Where a node's drivers are not known, disks that a driver has taken over are not wanted, and their
		// driver is not missing.
		if d := pl.objects.CSIDriver(set[i].Driver); d != nil && d.PreventPodSchedulingIfMissing && migratedDriver(d.Name) {
			return set, false
		}
	}
	return set, true
}

// migratedDriver says whether a driver has taken over a kind of disk.
func migratedDriver(name string) bool {
	for i := range inTreeDisks {
		if inTreeDisks[i].driver == name {
			return true
		}
	}
	return false
}

// OnNode collects the volumes on a node. attachments are those to the node. What the account held
// before is overwritten.
func (pl *nodeVolumeLimits) OnNode(node *framework.NodeInfo, attachments []*model.VolumeAttachment, out *NodeVolumes) {
	csiNode := pl.objects.CSINode(node.Name)
	out.Clear()
	set := volumeSet(out.Present)
	for _, p := range node.Pods {
		if Diskless(p) {
			continue
		}
		if status := pl.volumes(p, csiNode, false, &set); !status.OK() {
			out.Odd = true
		}
		pl.claims(p, out)
		for i := range p.Volumes {
			out.Disks = out.Disks || conflictingKind(p.Volumes[i])
		}
	}
	out.Present = set
	out.Stray = pl.stray(attachments, set)
}

// claims notes the claims of a pod.
func (pl *nodeVolumeLimits) claims(pod *framework.PodInfo, out *NodeVolumes) {
	for i := range pod.Volumes {
		name, _, ok := claimOf(pod.Pod, &pod.Volumes[i])
		if !ok || name == "" {
			continue
		}
		key := claimKey(pod, name)
		if !slices.Contains(out.Claims, key) {
			out.Claims = append(out.Claims, key)
		}
		claim := pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, name)
		if claim != nil && claim.Spec.VolumeName != "" && pl.objects.PersistentVolume(claim.Spec.VolumeName) == nil {
			out.Dangling = true
		}
	}
}

// claimKey is the key of a claim of the pod.
func claimKey(pod *framework.PodInfo, name string) string {
	if i := slices.Index(pod.Claims, name); i >= 0 {
		return pod.ClaimKeys[i]
	}
	return pod.Pod.Namespace + "/" + name
}

// What Room says of nodes without a limit, and of those that must not be used because the driver is
// missing.
const (
	NoVolumeLimit = math.MaxInt32
	NoDriver      = math.MinInt32
)

// Room is how many more volumes of a driver a node with these volumes can attach, negative when there
// are too many already.
func (pl *nodeVolumeLimits) Room(driver string, node *framework.NodeInfo, on *NodeVolumes) int32 {
	csiNode := pl.objects.CSINode(node.Name)
	if !pl.installed(driver, csiNode) {
		return NoDriver
	}
	room := int64(NoVolumeLimit)
	if csiNode == nil {
		return NoVolumeLimit
	}
	used := int64(volumeSet(on.Present).count(driver) + volumeSet(on.Stray).count(driver))
	for i := range csiNode.Drivers {
		if d := &csiNode.Drivers[i]; d.Name == driver && d.Count != nil {
			room = min(room, int64(*d.Count)-used)
		}
	}
	return int32(max(room, NoDriver+1))
}

// SameAttachment says whether NodeVolumeLimits counts a volume as before, whoever claims it.
func SameAttachment(a, b *model.PersistentVolume) bool {
	return a.SourceKind == b.SourceKind && a.Driver == b.Driver && a.Handle == b.Handle && a.Sharing == b.Sharing &&
		(migratedKind(a.SourceKind) == nil ||
			a.Labels[model.LabelZoneBeta] == b.Labels[model.LabelZoneBeta] && a.Labels[model.LabelZone] == b.Labels[model.LabelZone])
}

// SameClaim says whether NodeVolumeLimits counts a claim as before.
func SameClaim(a, b *model.PersistentVolumeClaim) bool {
	return a.Spec.VolumeName == b.Spec.VolumeName && claimClass(a) == claimClass(b) && ownerUID(a) == ownerUID(b)
}

func ownerUID(claim *model.PersistentVolumeClaim) string {
	if owner := claim.Controller(); owner != nil {
		return owner.UID
	}
	return ""
}
