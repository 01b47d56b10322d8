package world

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/record"
)

func (r *recorder) node(now sim.Time, c apiserver.Change, node *model.Node) {
	switch c.Type {
	case apiserver.Added:
		r.nodeAdded(now, node)
	case apiserver.Modified:
		r.nodeChanged(now, r.nodes[node.Name], node)
	default:
		r.nodeRemoved(now, r.nodes[node.Name])
	}
}

func (r *recorder) nodeAdded(now sim.Time, node *model.Node) {
	n := &nodeUse{created: node.Created, from: now, last: now,
		requested: make(amounts, len(r.resources.names)), peak: make(amounts, len(r.resources.names))}
	n.see(node, &r.resources)
	r.nodes[node.Name] = n
	r.order = append(r.order, n)
	r.totals.nodes++
	r.totals.allocatable.add(n.allocatable, +1)
	r.counts.readyNodes += ready(n)
	r.unknown(node)
	for l := r.first; l != nil && r.orphans > 0; l = l.next {
		if !l.over && l.node == nil && l.pod.NodeName == node.Name {
			r.orphans--
			r.occupy(now, l, n)
			n.foreign = true
		}
	}
}

// unknown tells of extended resources that came too late to be among the run's.
func (r *recorder) unknown(node *model.Node) {
	for _, a := range extendedOf(node.Status.Allocatable) {
		found := false
		for _, name := range r.resources.names {
			found = found || name == a.Name
		}
		if !found {
			r.world.notes.add(fmt.Sprintf("resource %s is not among the totals and series: no node had it at the start", a.Name))
		}
	}
}

func ready(n *nodeUse) int64 {
	if n.ready {
		return 1
	}
	return 0
}

func (r *recorder) nodeChanged(now sim.Time, n *nodeUse, node *model.Node) {
	n.advance(now)
	r.totals.allocatable.add(n.allocatable, -1)
	r.counts.readyNodes -= ready(n)
	n.see(node, &r.resources)
	n.foreign = true
	r.totals.allocatable.add(n.allocatable, +1)
	r.counts.readyNodes += ready(n)
}

// nodeRemoved writes the node's row. Its pods are on no node any more.
func (r *recorder) nodeRemoved(now sim.Time, n *nodeUse) {
	n.advance(now)
	r.totals.nodes--
	r.totals.allocatable.add(n.allocatable, -1)
	r.totals.requested.add(n.requested, -1)
	if n.requested[podCount] > 0 {
		r.totals.used--
	}
	r.counts.readyNodes -= ready(n)
	for l := r.first; l != nil && n.requested[podCount] > 0; l = l.next {
		if l.node == n {
			n.requested.add(l.need.all, -1)
			l.node = nil
			r.orphans++
		}
	}
	delete(r.nodes, n.node.Name)
	for i, known := range r.order {
		if known == n {
			r.order = append(r.order[:i], r.order[i+1:]...)
			break
		}
	}
	r.writeNode(n, now)
}

func (r *recorder) writeNode(n *nodeUse, removed sim.Time) {
	row := n.row(removed)
	for _, s := range r.sinks {
		s.Node(row)
	}
}

// close writes the rows of what lives at the end of the run, in the order in which it came, and the
// totals.
func (r *recorder) close(now sim.Time, f *record.Footer) {
	for l := r.first; l != nil; l = l.next {
		r.writePod(l, false)
	}
	for _, n := range r.order {
		n.advance(now)
		r.writeNode(n, sim.Never)
	}
	r.writeWorkloads(now)
	r.writeServices(now)
	r.writeVolumes(now)
	r.totals.close(now, r.resources.names, f)
}

// end closes the sinks and returns the first error, be it the run's or theirs.
func (r *recorder) end(f *record.Footer, err error) error {
	for _, s := range r.sinks {
		if e := s.End(f); err == nil {
			err = e
		}
	}
	return err
}
