package plugins

import (
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// affinityOnceMigrated is the volume's node affinity as the CSI driver has it: zones go by the driver's
// label, and zones that only labels of the volume name are added.
// Source: kubernetes v1.37.2 csi-translation-lib plugins/in_tree_volume.go translateTopologyFromInTreeToCSI.
func (d *inTreeDisk) affinityOnceMigrated(v *model.PersistentVolume) *model.NodeSelector {
	if d.topology == "" {
		return v.NodeAffinity
	}
	zone, region := topologyLabelsOf(v)
	affinity := v.NodeAffinity
	if hasValues(affinity, zone) {
		affinity = renamed(affinity, zone, d.topology)
	} else if label, has := v.Labels[zone]; has {
		affinity = withZones(affinity, d.topology, label)
	}
	if region == model.LabelRegionBeta && hasValues(affinity, region) {
		affinity = renamed(affinity, region, model.LabelRegion)
	}
	return affinity
}

// topologyLabelsOf says which labels a volume goes by, new or old: those of its node affinity count
// before its own.
// Source: kubernetes v1.37.2 csi-translation-lib plugins/in_tree_volume.go getTopologyLabel.
func topologyLabelsOf(v *model.PersistentVolume) (zone, region string) {
	_, labelled := v.Labels[model.LabelZone]
	_, labelledBeta := v.Labels[model.LabelZoneBeta]
	switch {
	case mentions(v.NodeAffinity, model.LabelZone):
	case mentions(v.NodeAffinity, model.LabelZoneBeta), labelledBeta && !labelled:
		return model.LabelZoneBeta, model.LabelRegionBeta
	}
	return model.LabelZone, model.LabelRegion
}

// expressions calls f with every expression of the selector until it returns true, and says whether it did.
func expressions(s *model.NodeSelector, f func(*model.Requirement) bool) bool {
	if s == nil {
		return false
	}
	for i := range s.Terms {
		for j := range s.Terms[i].MatchExpressions {
			if f(&s.Terms[i].MatchExpressions[j]) {
				return true
			}
		}
	}
	return false
}

func mentions(s *model.NodeSelector, key string) bool {
	return expressions(s, func(r *model.Requirement) bool { return r.Key == key })
}

func hasValues(s *model.NodeSelector, key string) bool {
	return expressions(s, func(r *model.Requirement) bool { return r.Key == key && len(r.Values) > 0 })
}

// copied is a selector whose terms and expressions can be changed.
func copied(s *model.NodeSelector) *model.NodeSelector {
	out := &model.NodeSelector{}
	if s != nil {
		out.Terms = slices.Clone(s.Terms)
	}
	for i := range out.Terms {
		out.Terms[i].MatchExpressions = slices.Clone(out.Terms[i].MatchExpressions)
	}
	return out
}

// renamed has another key in place of one.
func renamed(s *model.NodeSelector, from, to string) *model.NodeSelector {
	out := copied(s)
	expressions(out, func(r *model.Requirement) bool {
		if r.Key == from {
			r.Key = to
		}
		return false
	})
	return out
}

// withZones has one requirement more in every term; a selector without terms gets one. A label that
// names no zone changes nothing.
// Source: kubernetes v1.37.2 csi-translation-lib plugins/in_tree_volume.go addTopology.
func withZones(s *model.NodeSelector, key, label string) *model.NodeSelector {
	var zones []string
	for zone := range strings.SplitSeq(label, zoneDelimiter) {
		if zone = strings.TrimSpace(zone); zone != "" {
			zones = append(zones, zone)
		}
	}
	if zones == nil {
		return s
	}
	slices.Sort(zones)
	out := copied(s)
	if len(out.Terms) == 0 {
		out.Terms = make([]model.NodeSelectorTerm, 1)
	}
	for i := range out.Terms {
		t := &out.Terms[i]
		t.MatchExpressions = append(t.MatchExpressions, model.Requirement{Key: key, Operator: model.OpIn, Values: slices.Compact(zones)})
	}
	return out
}
