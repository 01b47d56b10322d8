package traffic

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// cluster is the nodes, on which clients, proxies and endpoints are.
type cluster struct {
	nodes map[string]*node
	order []*node // as they came
	// generation counts the changes of what nodes there are and how they are.
	generation uint64
	cuts       int      // nodes that are cut off
	running    int      // nodes that are not off
	up         [2]spots // those that run; those of them that are not cut off
}

// spots are nodes on which there are clients, or by way of which they come, as of a generation.
type spots struct {
	nodes      []*node
	generation uint64
	known      bool
}

type node struct {
	object   *model.Node
	off, cut bool
}

func (n *node) zone() string { return n.object.Labels[model.LabelZone] }

// observe follows the nodes.
func (m *Manager) observe(c apiserver.Change) {
	object, ok := c.Object().(*model.Node)
	if !ok {
		return
	}
	now, n := m.engine.Now(), m.cluster.nodes[object.Name]
	switch {
	case c.Type == apiserver.Added:
		n = &node{object: object}
		m.advanceOn(now, n)
		m.cluster.nodes[object.Name] = n
		m.cluster.order = append(m.cluster.order, n)
		m.cluster.running++
	case c.Type == apiserver.Deleted:
		m.advanceOn(now, n)
		m.cluster.cuts -= count(n.cut)
		m.cluster.running -= count(!n.off)
		delete(m.cluster.nodes, object.Name)
		m.cluster.order = slices.DeleteFunc(m.cluster.order, func(have *node) bool { return have == n })
	default:
		same := n.zone() == object.Labels[model.LabelZone] && sameLabels(n.object, object)
		n.object = object
		if same {
			return
		}
	}
	m.cluster.generation++
	if !m.api.Loading() {
		m.nodesChanged(now, n, false)
	}
}

func sameLabels(a, b *model.Node) bool {
	if len(a.Labels) != len(b.Labels) {
		return false
	}
	for k, v := range a.Labels {
		if has, ok := b.Labels[k]; !ok || has != v {
			return false
		}
	}
	return true
}

// NodeOff tells that a node has no power, or has it again.
func (m *Manager) NodeOff(now sim.Time, name string, off bool) {
	n := m.cluster.nodes[name]
	if n == nil || n.off == off {
		return
	}
	m.advanceOn(now, n)
	n.off = off
	m.cluster.running += count(!off) - count(off)
	m.cluster.generation++
	m.nodesChanged(now, n, false)
}

// NodeCut tells that a node is cut off from all others, or is not any more.
func (m *Manager) NodeCut(now sim.Time, name string, cut bool) {
	n := m.cluster.nodes[name]
	if n == nil || n.cut == cut {
		return
	}
	for _, f := range m.flows {
		m.advance(now, f)
		for _, s := range f.sources {
			s.freeze(n, cut)
		}
	}
	n.cut = cut
	m.cluster.cuts += 2*count(cut) - 1
	m.cluster.generation++
	m.nodesChanged(now, n, true)
}

// advanceOn counts up to now for the Services with an endpoint on a node.
func (m *Manager) advanceOn(now sim.Time, n *node) {
	for _, e := range m.onNode[n.object.Name] {
		m.advance(now, e.source.flow)
	}
}

// nodesChanged spreads anew the traffic that depends on a node: for its clients, its endpoints, or as all does.
func (m *Manager) nodesChanged(now sim.Time, n *node, all bool) {
	for _, e := range m.onNode[n.object.Name] {
		e.source.flow.touched = true
	}
	all = all || m.cluster.running == 0
	for _, f := range m.flows {
		if all || f.byNode || f.touched {
			m.spread(now, f)
		}
		f.touched = false
	}
}

// clients are the nodes on which an entry's clients are, or by way of which they come.
func (m *Manager) clients(s *source, outside bool) []*node {
	all := outside || s.From.Node == "" && s.From.Selector == nil
	list := &s.spots
	if all {
		list = &m.cluster.up[count(outside)]
	}
	if list.known && list.generation == m.cluster.generation {
		return list.nodes
	}
	*list = spots{generation: m.cluster.generation, known: true}
	for _, n := range m.cluster.order {
		if !n.off && !(outside && n.cut) && (all || s.From.matches(n.object)) {
			list.nodes = append(list.nodes, n)
		}
	}
	return list.nodes
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
