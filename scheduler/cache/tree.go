package cache

import (
	"slices"

	"towtank.dev/towtank/model"
)

// tree orders nodes by zone: zones in order of first appearance, nodes in order of arrival.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/cache/node_tree.go.
type tree struct {
	zones []string
	nodes map[string][]string // zone to names
	of    map[string]string   // name to zone
}

func newTree() *tree { return &tree{nodes: map[string][]string{}, of: map[string]string{}} }

// zoneOf is the key of a node's zone: region and zone, by the beta labels when a node has them, ""
// when it has neither.
// Source: kubernetes v1.37.2 component-helpers node/topology/helpers.go GetZoneKey.
func zoneOf(node *model.Node) string {
	zone, has := node.Labels[model.LabelZoneBeta]
	if !has {
		zone = node.Labels[model.LabelZone]
	}
	region, has := node.Labels[model.LabelRegionBeta]
	if !has {
		region = node.Labels[model.LabelRegion]
	}
	if zone == "" && region == "" {
		return ""
	}
	return region + ":\x00:" + zone
}

// put adds a node at the end of its zone, taking it out of another zone first. A node that stays in
// its zone keeps its place.
func (t *tree) put(node *model.Node) {
	zone := zoneOf(node)
	if old, has := t.of[node.Name]; has {
		if old == zone {
			return
		}
		t.remove(node.Name)
	}
	if len(t.nodes[zone]) == 0 {
		t.zones = append(t.zones, zone)
	}
	t.nodes[zone] = append(t.nodes[zone], node.Name)
	t.of[node.Name] = zone
}

// remove takes a node out; a zone without nodes goes with it.
func (t *tree) remove(name string) {
	zone, has := t.of[name]
	if !has {
		return
	}
	delete(t.of, name)
	names := t.nodes[zone]
	i := slices.Index(names, name)
	if names = slices.Delete(names, i, i+1); len(names) > 0 {
		t.nodes[zone] = names
		return
	}
	delete(t.nodes, zone)
	i = slices.Index(t.zones, zone)
	t.zones = slices.Delete(t.zones, i, i+1)
}

// list is the order of search: the first nodes of all zones, then the second ones, and so on.
func (t *tree) list() []string {
	names := make([]string, 0, len(t.of))
	for round := 0; len(names) < len(t.of); round++ {
		for _, zone := range t.zones {
			if in := t.nodes[zone]; round < len(in) {
				names = append(names, in[round])
			}
		}
	}
	return names
}
