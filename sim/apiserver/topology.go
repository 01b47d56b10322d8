package apiserver

import (
	"reflect"

	"towtank.dev/towtank/model"
)

// topologyLabels copies a node's zone and region to the pods bound to it. Pods of one template and one
// zone share the resulting map.
// Source: kubernetes v1.37.2 plugin/pkg/admission/podtopologylabels/admission.go admitBinding.
type topologyLabels struct {
	merged recent[labelKey, labelSet]
}

type labelKey struct {
	labels       uintptr
	zone, region string
}

// labelSet holds on to the map its key is the address of, so that the address stays its own.
type labelSet struct{ from, to map[string]string }

// mergedLabels bounds how many maps are remembered.
const mergedLabels = 4096

func newTopologyLabels() topologyLabels {
	return topologyLabels{newRecent[labelKey, labelSet](mergedLabels)}
}

// copied returns the pod's labels with the node's topology.
func (t *topologyLabels) copied(pod, node map[string]string) map[string]string {
	zone, region := node[model.LabelZone], node[model.LabelRegion]
	if (zone == "" || pod[model.LabelZone] == zone) && (region == "" || pod[model.LabelRegion] == region) {
		return pod
	}
	key := labelKey{reflect.ValueOf(pod).Pointer(), zone, region}
	if known, ok := t.merged.get(key); ok {
		return known.to
	}
	out := pod
	if zone != "" {
		out = with(out, model.LabelZone, zone)
	}
	if region != "" {
		out = with(out, model.LabelRegion, region)
	}
	t.merged.put(key, labelSet{pod, out})
	return out
}
