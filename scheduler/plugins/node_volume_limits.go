package plugins

import (
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

// Filter counts, driver by driver, what is on the node and what the pod would add.
func (pl *nodeVolumeLimits) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	csiNode := pl.objects.CSINode(node.Name)
	var wanted volumeSet
	if status := pl.volumes(pod, csiNode, true, &wanted); !status.OK() {
		return status
	}
	for _, v := range wanted {
		if !pl.installed(v.Driver, csiNode) {
			return framework.NewStatus(NodeVolumeLimits, framework.Unschedulable, v.Driver+" CSI driver is not installed on the node")
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
		if v := (AttachedVolume{a.Attacher, volume.Handle}); !present.has(v) {
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
			if v.Driver == d.Name && !present.has(v) {
				added++
			}
		}
		if added > 0 && added+present.count(d.Name)+stray.count(d.Name) > int(*d.Count) {
			return pl.exceeded
		}
	}
	return nil
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
