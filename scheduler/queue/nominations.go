package queue

import (
	"maps"
	"slices"
)

// Nodes are the nodes to which pods are nominated, sorted.
func (n *Nominator) Nodes() []string {
	if len(n.nodes) == 0 {
		return nil
	}
	nodes := make([]string, 0, len(n.nodes))
	for _, node := range slices.Sorted(maps.Keys(n.pods)) {
		if len(n.pods[node]) > 0 {
			nodes = append(nodes, node)
		}
	}
	return nodes
}
