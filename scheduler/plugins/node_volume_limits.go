package plugins

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// nodeVolumeLimits rejects nodes whose CSI drivers cannot attach the pod's volumes besides those they
// have, or lack a driver that must be there.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.
type nodeVolumeLimits struct {
	objects        framework.Objects
	skip, exceeded *framework.Status
}

var (
	_ framework.PreFilterPlugin   = (*nodeVolumeLimits)(nil)
	_ framework.FilterPlugin      = (*nodeVolumeLimits)(nil)
	_ framework.EnqueueExtensions = (*nodeVolumeLimits)(nil)
)

func newNodeVolumeLimits(_ framework.Args, h *framework.Handle) (framework.Plugin, error) {
	return &nodeVolumeLimits{
		objects:  h.Objects,
		skip:     framework.NewStatus(NodeVolumeLimits, framework.Skip),
		exceeded: framework.NewStatus(NodeVolumeLimits, framework.Unschedulable, "node(s) exceed max volume count"),
	}, nil
}

// Name is NodeVolumeLimits.
func (*nodeVolumeLimits) Name() string { return NodeVolumeLimits }

// attachments are the volume attachments by node.
type attachments map[string][]*model.VolumeAttachment

// PreFilter skips pods without volumes that are attached, and sorts the attachments for the others.
func (pl *nodeVolumeLimits) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	if !hasAttachable(pod.Volumes) {
		return nil, nil, pl.skip
	}
	return pl.attachments(), nil, nil
}

// hasAttachable says whether any volume is a claim or a disk that has become a CSI driver's.
func hasAttachable(volumes []model.Volume) bool {
	for i := range volumes {
		switch kind := volumes[i].Kind; {
		case kind == "persistentVolumeClaim", kind == "ephemeral", migratedKind(kind) != nil:
			return true
		}
	}
	return false
}

func (pl *nodeVolumeLimits) attachments() attachments {
	byNode := attachments{}
	for _, a := range pl.objects.VolumeAttachments() {
		byNode[a.NodeName] = append(byNode[a.NodeName], a)
	}
	return byNode
}

// attached is a volume as it is counted: once for all pods that use it on a node.
type attached struct{ driver, handle string }

// volumeSet is a set of volumes in the order in which they came.
type volumeSet []attached

func (s *volumeSet) add(a attached) {
	if !s.has(a) {
		*s = append(*s, a)
	}
}

func (s volumeSet) has(a attached) bool {
	for _, b := range s {
		if a == b {
			return true
		}
	}
	return false
}

// Filter counts, driver by driver, what is on the node and what the pod would add.
func (pl *nodeVolumeLimits) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	csiNode := pl.objects.CSINode(node.Name)
	var wanted volumeSet
	if status := pl.volumes(pod, csiNode, true, &wanted); !status.OK() {
		return status
	}
	for _, v := range wanted {
		if !pl.installed(v.driver, csiNode) {
			return framework.NewStatus(NodeVolumeLimits, framework.Unschedulable, v.driver+" CSI driver is not installed on the node")
		}
	}
	if len(wanted) == 0 || !limited(csiNode) {
		return nil
	}
	byNode, ok := state.(attachments)
	if !ok {
		byNode = pl.attachments()
	}
	var present volumeSet
	for _, other := range node.Pods {
		if status := pl.volumes(other, csiNode, false, &present); !status.OK() {
			return framework.NewStatus(NodeVolumeLimits, framework.Error, status.Message())
		}
	}
	return pl.compare(csiNode, wanted, present, pl.stray(byNode[node.Name], present))
}

// limited says whether any driver on the node has a limit.
func limited(n *model.CSINode) bool {
	if n == nil {
		return false
	}
	for i := range n.Drivers {
		if n.Drivers[i].Count != nil {
			return true
		}
	}
	return false
}

// stray are attached volumes that no pod on the node uses.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go getNodeVolumeAttachmentInfo.
func (pl *nodeVolumeLimits) stray(list []*model.VolumeAttachment, present volumeSet) volumeSet {
	var stray volumeSet
	for _, a := range list {
		if a.Attacher == "" || a.PersistentVolume == "" {
			continue
		}
		volume := pl.objects.PersistentVolume(a.PersistentVolume)
		if volume == nil || volume.SourceKind != "csi" {
			continue
		}
		if v := (attached{a.Attacher, volume.Handle}); !present.has(v) {
			stray.add(v)
		}
	}
	return stray
}

// compare holds the sums against the limits. A volume that is on the node already does not count anew,
// one that is merely attached does.
func (pl *nodeVolumeLimits) compare(n *model.CSINode, wanted, present, stray volumeSet) *framework.Status {
	for i := range n.Drivers {
		d := &n.Drivers[i]
		if d.Count == nil {
			continue
		}
		added := 0
		for _, v := range wanted {
			if v.driver == d.Name && !present.has(v) {
				added++
			}
		}
		if added > 0 && added+present.count(d.Name)+stray.count(d.Name) > int(*d.Count) {
			return pl.exceeded
		}
	}
	return nil
}

func (s volumeSet) count(driver string) int {
	n := 0
	for _, v := range s {
		if v.driver == driver {
			n++
		}
	}
	return n
}

// installed says whether the node has the driver, or need not have it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go checkCSIDriverOnNode.
func (pl *nodeVolumeLimits) installed(driver string, n *model.CSINode) bool {
	d := pl.objects.CSIDriver(driver)
	if d == nil || !d.PreventPodSchedulingIfMissing {
		return true
	}
	if n != nil {
		for i := range n.Drivers {
			if n.Drivers[i].Name == driver {
				return true
			}
		}
	}
	return false
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
	handle, err := disk.inlineHandle(v.Disk.ID)
	if err != nil {
		return fmt.Errorf("converting volume(%s) from inline to csi: %w", v.Name, err)
	}
	set.add(attached{disk.driver, handle})
	return nil
}

// claimed is the volume behind a claim, or the one that will be made for it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go getCSIDriverInfo.
func (pl *nodeVolumeLimits) claimed(claim *model.PersistentVolumeClaim, n *model.CSINode) (attached, bool) {
	var volume *model.PersistentVolume
	if claim.Spec.VolumeName != "" {
		volume = pl.objects.PersistentVolume(claim.Spec.VolumeName)
	}
	if volume == nil {
		return pl.provisioned(claim, n)
	}
	if volume.SourceKind == "csi" {
		return attached{volume.Driver, volume.Handle}, volume.Driver != "" && volume.Handle != ""
	}
	disk := migratedKind(volume.SourceKind)
	if disk == nil || !disk.counted || n == nil {
		return attached{}, false
	}
	handle, err := disk.volumeHandle(volume)
	return attached{disk.driver, handle}, err == nil && handle != ""
}

// provisioned is the volume that the claim's class will make. It has no handle yet; the claim stands
// for it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodevolumelimits/csi.go getCSIDriverInfoFromSC.
func (pl *nodeVolumeLimits) provisioned(claim *model.PersistentVolumeClaim, n *model.CSINode) (attached, bool) {
	name := claimClass(claim)
	if name == "" {
		return attached{}, false
	}
	class := pl.objects.StorageClass(name)
	if class == nil {
		return attached{}, false
	}
	a := attached{class.Provisioner, "\x00" + claim.Key()}
	if disk := migratedPlugin(class.Provisioner); disk != nil {
		if !disk.counted || n == nil {
			return attached{}, false
		}
		a.driver = disk.driver
	}
	return a, a.driver != ""
}
