package kubelet

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"towtank.dev/towtank/model"
)

// Audit counts anew what the kubelets keep books of, and says what does not agree: pods that nobody looks
// after or that somebody looks after in vain, containers that run on nodes that are down, and amounts and
// addresses that are kept for pods that have ended. It holds between two instants, where watches take no time:
// within one a change may be written and not heard yet.
func (f *Fleet) Audit() error {
	found := 0
	for _, n := range f.api.Nodes.List() {
		h, ok := f.hosts[n.Name]
		if !ok {
			return fmt.Errorf("node %s has no kubelet", n.Name)
		}
		count, err := f.auditHost(h)
		if err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
		found += count
	}
	for _, name := range slices.Sorted(maps.Keys(f.hosts)) {
		if h := f.hosts[name]; h.node == nil {
			for w := h.first; w != nil; w = w.next {
				if w.begun {
					return fmt.Errorf("pod %s has begun on %s, which does not exist", w.pod.Key(), name)
				}
				found++
			}
		}
	}
	if found != len(f.workers) {
		return fmt.Errorf("%d pods on nodes, %d known", found, len(f.workers))
	}
	return nil
}

// auditHost counts the pods of a node and what they hold.
func (f *Fleet) auditHost(h *host) (pods int, err error) {
	used, active := amounts(nil), 0
	held := map[netip.Addr]bool{}
	for w := h.first; w != nil; w = w.next {
		pods++
		if err := f.auditWorker(w); err != nil {
			return pods, fmt.Errorf("pod %s: %w", w.pod.Key(), err)
		}
		if w.counted {
			active++
			used = used.plus(w.requests)
		}
		if w.address.IsValid() {
			if held[w.address] {
				return pods, fmt.Errorf("two pods have the address %s", w.address)
			}
			held[w.address] = true
		}
	}
	if active != h.active {
		return pods, fmt.Errorf("%d pods hold something, kept %d", active, h.active)
	}
	for _, a := range h.used {
		if sum := used.of(a.name); sum.Cmp(a.total) != 0 {
			return pods, fmt.Errorf("pods hold %v of %s, kept %v", sum, a.name, a.total)
		}
	}
	return pods, h.addresses.audit(held)
}

// auditWorker holds a pod against its node and its object.
func (f *Fleet) auditWorker(w *worker) error {
	_, there := f.object(w)
	off := w.host.trouble.off
	switch {
	case w.dropped || f.workers[w.pod.UID] != w:
		return fmt.Errorf("is forgotten and still there")
	case !there && !w.orphan && !w.host.trouble.cut && w.static == nil:
		return fmt.Errorf("has no object, and its kubelet does not know")
	case w.finished && !w.dirty && !w.host.trouble.cut && !off:
		return fmt.Errorf("has ended and is not forgotten")
	case !w.begun && !off:
		return fmt.Errorf("is not looked after")
	case w.counted && (!w.begun || w.terminated):
		return fmt.Errorf("holds something and does not run")
	}
	for i := range w.containers {
		c := &w.containers[i]
		switch {
		case !c.running():
		case w.host.trouble.crashed:
			return fmt.Errorf("container %s runs on a node that is down", c.spec.Name)
		case w.terminated:
			return fmt.Errorf("container %s runs and the pod has been stopped", c.spec.Name)
		case w.sandbox != sandboxUp:
			return fmt.Errorf("container %s runs without a sandbox", c.spec.Name)
		}
	}
	return nil
}

// audit holds the addresses that were given against those that pods have and those that came back.
func (a *addresses) audit(held map[netip.Addr]bool) error {
	if !a.prefix.IsValid() {
		return nil
	}
	free := map[netip.Addr]bool{}
	for _, b := range a.free {
		if held[b] || free[b] {
			return fmt.Errorf("address %s is free, and not only once", b)
		}
		free[b] = true
	}
	for b := a.prefix.Addr().Next().Next(); b != a.next; b = b.Next() {
		if !held[b] && !free[b] {
			return fmt.Errorf("address %s is lost", b)
		}
	}
	return nil
}

// LookedAfter says whether a kubelet looks after a pod.
func (f *Fleet) LookedAfter(pod *model.Pod) bool {
	w, ok := f.of(pod.UID)
	return ok && w.begun
}

// Held is how much of a resource the kubelet of a node has given to its pods, and how many pods have some of
// it; nothing when there is no such node.
func (f *Fleet) Held(node, resource string) (q model.Quantity, pods int) {
	h := f.known(node)
	if h == nil {
		return model.Quantity{}, 0
	}
	return h.used.of(resource), h.active
}
