package world

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// recountEvery is after how many events everything is counted anew.
const recountEvery = 512

// check has the invariants of the cluster checked after every event, in builds with the tag invariants.
func (w *world) check() {
	if !invariants {
		return
	}
	events := 0
	w.engine.Checks(func() {
		if w.recorder.orphans < 0 || w.recorder.totals.queue < 0 {
			panic(fmt.Sprintf("world: %d orphans and %d pods waiting", w.recorder.orphans, w.recorder.totals.queue))
		}
		if events++; events%recountEvery == 0 {
			w.recount()
		}
	})
}

// recount holds the running counts against the stores: every pod is in exactly one place, and what nodes
// hold is the sum of their pods and, where only the scheduler brought them, no more than they offer.
func (w *world) recount() {
	r := w.recorder
	held := map[string]amounts{}
	for _, n := range r.order {
		held[n.node.Name] = make(amounts, len(r.resources.names))
	}
	queue, orphans := int64(0), 0
	for pod := range w.api.Pods.All() {
		sum, onNode := held[pod.NodeName]
		switch {
		case pod.Terminal():
		case pod.NodeName == "":
			queue++
		case !onNode:
			orphans++
		default:
			sum.add(r.needOf(pod).all, +1)
		}
	}
	if queue != r.totals.queue || orphans != r.orphans {
		panic(fmt.Sprintf("world: counted %d pods waiting and %d on no node, kept %d and %d", queue, orphans, r.totals.queue, r.orphans))
	}
	for _, n := range r.order {
		n.verify(held[n.node.Name], r.resources.names)
	}
}

func (n *nodeUse) verify(held amounts, names []string) {
	for i, name := range names {
		if held[i] != n.requested[i] {
			panic(fmt.Sprintf("world: node %s holds %d of %s, kept %d", n.node.Name, held[i], name, n.requested[i]))
		}
		limited := name != model.ResourcePods || n.allocatable[i] > 0
		if limited && !n.foreign && n.requested[i] > n.allocatable[i] {
			panic(fmt.Sprintf("world: node %s holds %d of %s and offers %d", n.node.Name, n.requested[i], name, n.allocatable[i]))
		}
	}
}
