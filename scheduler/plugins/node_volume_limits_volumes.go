package plugins

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// AttachedVolume is a volume as it is counted: once for all pods that use it on a node.
type AttachedVolume struct{ Driver, Handle string }

// volumeSet is a set of volumes in the order in which they came.
type volumeSet []AttachedVolume

func (s *volumeSet) add(a AttachedVolume) {
	if !s.has(a) {
		*s = append(*s, a)
	}
}

func (s volumeSet) has(a AttachedVolume) bool {
	for _, b := range s {
		if a == b {
			return true
		}
	}
	return false
}

func (s volumeSet) count(driver string) int {
	n := 0
	for _, v := range s {
		if v.Driver == driver {
			n++
		}
	}
	return n
}

// volumes adds the pod's volumes that are attached to nodes. Of a pod on a node, claims that are gone
// do not count; a new pod cannot run without them.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go filterAttachableVolumes.
func (pl *nodeVolumeLimits) volumes(pod *framework.PodInfo, n *model.CSINode, isNew bool, set *volumeSet) *framework.Status {
	for i := range pod.Volumes {
		v := &pod.Volumes[i]
		name, ephemeral, ok := claimOf(pod.Pod, v)
		if !ok {
			if err := addInline(v, n, set); err != nil {
				return limitsError(err.Error())
			}
			continue
		}
		if name == "" {
			return limitsError("PersistentVolumeClaim had no name")
		}
		claim := pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, name)
		if claim == nil {
			if isNew {
				return framework.NewStatus(NodeVolumeLimits, framework.UnschedulableAndUnresolvable,
					fmt.Sprintf("looking up PVC %s/%s: %s", pod.Pod.Namespace, name, claimNotFound(name)))
			}
			continue
		}
		if ephemeral {
			if why := notOwned(pod.Pod, claim); why != "" {
				return limitsError(why)
			}
		}
		if a, ok := pl.claimed(claim, n); ok {
			set.add(a)
		}
	}
	return nil
}

func limitsError(message string) *framework.Status {
	return framework.NewStatus(NodeVolumeLimits, framework.Error, message)
}

// addInline adds a disk that the pod names itself, if a CSI driver has taken it over.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go checkAttachableInlineVolume.
func addInline(v *model.Volume, n *model.CSINode, set *volumeSet) error {
	disk := migratedKind(v.Kind)
	if disk == nil || !disk.counted || n == nil || v.Disk == nil {
		return nil
	}
	handle, err := disk.inlineHandle(v.Disk.ID, v.Disk.Sharing)
	if err != nil {
		return fmt.Errorf("converting volume(%s) from inline to csi: %w", v.Name, err)
	}
	set.add(AttachedVolume{disk.driver, handle})
	return nil
}

// claimed is the volume behind a claim, or the one that will be made for it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go getCSIDriverInfo.
func (pl *nodeVolumeLimits) claimed(claim *model.PersistentVolumeClaim, n *model.CSINode) (AttachedVolume, bool) {
	var volume *model.PersistentVolume
	if claim.Spec.VolumeName != "" {
		volume = pl.objects.PersistentVolume(claim.Spec.VolumeName)
	}
	if volume == nil {
		return pl.provisioned(claim, n)
	}
	if volume.SourceKind == "csi" {
		return AttachedVolume{volume.Driver, volume.Handle}, volume.Driver != "" && volume.Handle != ""
	}
	disk := migratedKind(volume.SourceKind)
	if disk == nil || !disk.counted || n == nil {
		return AttachedVolume{}, false
	}
	handle, err := disk.volumeHandle(volume)
	return AttachedVolume{disk.driver, handle}, err == nil && handle != ""
}

// provisioned is the volume that the claim's class will make. It has no handle yet; the claim stands
// for it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go getCSIDriverInfoFromSC.
func (pl *nodeVolumeLimits) provisioned(claim *model.PersistentVolumeClaim, n *model.CSINode) (AttachedVolume, bool) {
	name := claimClass(claim)
	if name == "" {
		return AttachedVolume{}, false
	}
	class := pl.objects.StorageClass(name)
	if class == nil {
		return AttachedVolume{}, false
	}
	a := AttachedVolume{class.Provisioner, "\x00" + claim.Key()}
	if disk := migratedPlugin(class.Provisioner); disk != nil {
		if !disk.counted || n == nil {
			return AttachedVolume{}, false
		}
		a.Driver = disk.driver
	}
	return a, a.Driver != ""
}
