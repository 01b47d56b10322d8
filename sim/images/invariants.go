package images

import (
	"fmt"
	"slices"
)

// check derives what is kept anew and panics where it differs. The engine calls it after every event in builds with
// the tag invariants.
func (m *Manager) check() {
	waiting, active := 0, 0
	for _, n := range m.nodes {
		n.check()
		waiting += len(n.queue)
		active += len(n.active)
	}
	if waiting != m.total.Waiting || active != m.total.Active {
		panic(fmt.Sprintf("images: %d pulls wait and %d are active, counted %d and %d", waiting, active, m.total.Waiting, m.total.Active))
	}
	for _, f := range m.network.flows {
		if f.pull.over || f.pull.flow != f || f.position > f.pull.own[len(f.pull.own)-1].upto {
			panic(fmt.Sprintf("images: the download of %s on %s is no longer wanted", f.pull.known.asked, f.pull.node.name))
		}
	}
}

// check holds a node's disk against its images, and what is coming against its pulls.
func (n *node) check() {
	images := map[*layer]int{}
	var bytes, cached int64
	for _, s := range n.images {
		for _, l := range s.image.layers {
			if images[l]++; images[l] == 1 {
				bytes += l.disk()
			}
		}
	}
	for l, place := range n.layers {
		if images[l] == 0 {
			bytes += l.disk()
		}
		if images[l] != place.images || place.images+place.held <= 0 || place.running < 0 {
			panic(fmt.Sprintf("images: %d images of %s have a layer that %d are counted for", images[l], n.name, place.images))
		}
		if place.running > 0 {
			cached += l.unpacked
		}
	}
	if bytes != n.disk.Images || cached != n.disk.Cached || n.disk.Writable < 0 {
		panic(fmt.Sprintf("images: %s holds %d bytes and %d in memory, counted %+v", n.name, bytes, cached, n.disk))
	}
	for l, p := range n.coming {
		if p.over || p.node != n || !slices.ContainsFunc(p.own[p.next:], func(c parcel) bool { return c.layer == l }) {
			panic(fmt.Sprintf("images: nothing brings a layer to %s that is said to come", n.name))
		}
	}
	if limit := n.settings.Kubelet.MaxParallelImagePulls; limit > 0 && len(n.active) > limit {
		panic(fmt.Sprintf("images: %d pulls at once on %s", len(n.active), n.name))
	}
}
