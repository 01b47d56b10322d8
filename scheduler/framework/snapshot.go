package framework

import "slices"

// Snapshot is the cluster as a scheduling cycle sees it. It is live: between cycles the cache changes
// it in place.
type Snapshot struct {
	// Nodes in the order in which they are searched: round robin over zones.
	Nodes []*NodeInfo
	// WithPodAffinity and WithRequiredAnti are the nodes having such pods, in order of Nodes.
	WithPodAffinity  []*NodeInfo
	WithRequiredAnti []*NodeInfo

	// ByName finds a node of Nodes.
	ByName map[string]*NodeInfo
}

// Node finds a node by name, nil when there is none.
func (s *Snapshot) Node(name string) *NodeInfo { return s.ByName[name] }

// NodeNames is a set of node names, sorted.
type NodeNames struct{ names []string }

// NewNodeNames is the set of the given names.
func NewNodeNames(names ...string) *NodeNames {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return &NodeNames{slices.Compact(sorted)}
}

// Names are the members in order.
func (n *NodeNames) Names() []string { return n.names }

// Len is how many names there are.
func (n *NodeNames) Len() int { return len(n.names) }

// Has says whether the name is in the set.
func (n *NodeNames) Has(name string) bool {
	_, found := slices.BinarySearch(n.names, name)
	return found
}

// Intersect is what both sets have; nil means all nodes.
func (n *NodeNames) Intersect(m *NodeNames) *NodeNames {
	if n == nil {
		return m
	}
	if m == nil {
		return n
	}
	both := &NodeNames{}
	for _, name := range n.names {
		if m.Has(name) {
			both.names = append(both.names, name)
		}
	}
	return both
}
