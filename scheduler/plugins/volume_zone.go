package plugins

import (
	"reflect"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// volumeZone keeps pods to the zones and regions that the labels of their bound volumes name.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumezone/volume_zone.go.
type volumeZone struct {
	objects        framework.Objects
	skip, conflict *framework.Status
}

var (
	_ framework.PreFilterPlugin   = (*volumeZone)(nil)
	_ framework.FilterPlugin      = (*volumeZone)(nil)
	_ framework.EnqueueExtensions = (*volumeZone)(nil)
)

func newVolumeZone(_ framework.Args, h *framework.Handle) (framework.Plugin, error) {
	return &volumeZone{
		objects:  h.Objects,
		skip:     framework.NewStatus(VolumeZone, framework.Skip),
		conflict: framework.NewStatus(VolumeZone, framework.UnschedulableAndUnresolvable, "node(s) had no available volume zone"),
	}, nil
}

// Name is VolumeZone.
func (*volumeZone) Name() string { return VolumeZone }

// zoneLabels are the labels that count, on volumes and on nodes.
var zoneLabels = []string{model.LabelZoneBeta, model.LabelRegionBeta, model.LabelZone, model.LabelRegion}

// volumeTopology is one label of a volume: the node must have one of the values.
type volumeTopology struct {
	key    string
	values []string
}

// PreFilter collects the labels of the pod's bound volumes.
func (pl *volumeZone) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	topologies, status := pl.topologies(pod)
	if !status.OK() {
		return nil, nil, status
	}
	if len(topologies) == 0 {
		return nil, nil, pl.skip
	}
	return topologies, nil, nil
}

// topologies are the labels of the volumes behind the pod's claims. Claims that wait for the pod have
// none yet.
func (pl *volumeZone) topologies(pod *framework.PodInfo) ([]volumeTopology, *framework.Status) {
	var all []volumeTopology
	for i := range pod.Volumes {
		if pod.Volumes[i].Kind != "persistentVolumeClaim" {
			continue
		}
		name := pod.Volumes[i].Claim
		if name == "" {
			return nil, unresolvableZone("PersistentVolumeClaim had no name")
		}
		claim := pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, name)
		if claim == nil {
			return nil, unresolvableZone(claimNotFound(name))
		}
		if claim.Spec.VolumeName == "" {
			if why := pl.notWaiting(claim); why != "" {
				return nil, unresolvableZone(why)
			}
			continue
		}
		volume := pl.objects.PersistentVolume(claim.Spec.VolumeName)
		if volume == nil {
			return nil, unresolvableZone(volumeNotFound(claim.Spec.VolumeName))
		}
		all = append(all, volumeTopologies(volume)...)
	}
	return all, nil
}

func unresolvableZone(reason string) *framework.Status {
	return framework.NewStatus(VolumeZone, framework.UnschedulableAndUnresolvable, reason)
}

// notWaiting says why an unbound claim is not one that waits for its pod; "" when it is.
func (pl *volumeZone) notWaiting(claim *model.PersistentVolumeClaim) string {
	name := claimClass(claim)
	if name == "" {
		return "PersistentVolumeClaim had no pv name and storageClass name"
	}
	class := pl.objects.StorageClass(name)
	switch {
	case class == nil:
		return classNotFound(name)
	case class.BindingMode != waitForFirstConsumer:
		return "PersistentVolume had no name"
	}
	return ""
}

// volumeTopologies are the zone and region labels of a volume. One label can name several zones.
func volumeTopologies(v *model.PersistentVolume) []volumeTopology {
	var all []volumeTopology
	for _, key := range zoneLabels {
		if value, has := v.Labels[key]; has {
			if values, ok := zoneSet(value); ok {
				all = append(all, volumeTopology{key, values})
			}
		}
	}
	return all
}

// zoneSet parts a label's value; a label with an empty part does not count.
// Source: kubernetes v1.37.2 cloud-provider volume/helpers/zones.go LabelZonesToSet.
func zoneSet(value string) ([]string, bool) {
	values := strings.Split(value, zoneDelimiter)
	for i := range values {
		if values[i] = strings.TrimSpace(values[i]); values[i] == "" {
			return nil, false
		}
	}
	slices.Sort(values)
	return slices.Compact(values), true
}

// zoneDelimiter stands between the zones of one label.
// Source: kubernetes v1.37.2 cloud-provider volume/constants.go LabelMultiZoneDelimiter.
const zoneDelimiter = "__"

// Filter compares the node's labels. A node without any of them is not in a zone, and anything goes.
func (pl *volumeZone) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	topologies, ok := state.([]volumeTopology)
	if !ok {
		var status *framework.Status
		if topologies, status = pl.topologies(pod); !status.OK() {
			return status
		}
	}
	labels := node.Node.Labels
	if !slices.ContainsFunc(zoneLabels, func(key string) bool { _, has := labels[key]; return has }) {
		return nil
	}
	for i := range topologies {
		if !topologies[i].matches(labels) {
			return pl.conflict
		}
	}
	return nil
}

// matches looks for the label on the node; an old one of the volume is also met by its successor.
func (t *volumeTopology) matches(labels map[string]string) bool {
	value, has := labels[t.key]
	if !has {
		switch t.key {
		case model.LabelZoneBeta:
			value, has = labels[model.LabelZone]
		case model.LabelRegionBeta:
			value, has = labels[model.LabelRegion]
		}
	}
	return has && slices.Contains(t.values, value)
}

// EventsToRegister is classes, nodes, claims and volumes that come or change.
func (pl *volumeZone) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.StorageClass, Action: framework.Add}, Hint: pl.afterClass},
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeLabel}},
		{Event: framework.ClusterEvent{Resource: framework.PersistentVolumeClaim, Action: framework.Add | framework.Update}, Hint: pl.afterClaim},
		{Event: framework.ClusterEvent{Resource: framework.PersistentVolume, Action: framework.Add | framework.Update}, Hint: pl.afterVolume},
	}
}

// afterClass queues the pod when claims of the new class wait for their pods.
func (*volumeZone) afterClass(_ *model.Pod, _, new model.Object) framework.Hint {
	if new.(*model.StorageClass).BindingMode == waitForFirstConsumer {
		return framework.Queue
	}
	return framework.QueueSkip
}

// afterClaim queues the pod when it names the claim.
func (*volumeZone) afterClaim(pod *model.Pod, _, new model.Object) framework.Hint {
	if namesClaim(pod, new.(*model.PersistentVolumeClaim), false) {
		return framework.Queue
	}
	return framework.QueueSkip
}

// afterVolume queues the pod when the volume is new or its labels that count have changed.
func (*volumeZone) afterVolume(_ *model.Pod, old, new model.Object) framework.Hint {
	was, _ := old.(*model.PersistentVolume)
	if was == nil || !reflect.DeepEqual(volumeTopologies(was), volumeTopologies(new.(*model.PersistentVolume))) {
		return framework.Queue
	}
	return framework.QueueSkip
}
