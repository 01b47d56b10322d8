package pressure

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/kubelet"
)

// evictedReason is the reason of pods that were evicted, and of the event.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go Reason.
const evictedReason = "Evicted"

// candidate is a pod that could be evicted, with what it uses of what is short, in bytes.
type candidate struct {
	pod     *model.Pod
	exceeds bool  // what it requests
	over    int64 // how far
}

// rank puts pods in the order in which they are evicted: those first that use more than they request, then
// those of lower priority, then those that use the most over what they request. Nobody requests processes.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go rankMemoryPressure, rankDiskPressureFunc,
// rankPIDPressure.
func rank(list []candidate) {
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(first(a.exceeds, b.exceeds), cmp.Compare(a.pod.Spec.Priority, b.pod.Spec.Priority), cmp.Compare(b.over, a.over))
	})
}

// first puts what is so before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// candidates are the pods of a node that are not over, with what they use of what a signal is about. Inodes are
// held against the bytes of storage that a pod requests, as upstream does it.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go exceedDiskRequests, disk, process.
func (m *Manager) candidates(now sim.Time, n *node, s Signal) []candidate {
	var out []candidate
	resource, counts := s.resource(), counted(m.layout(n), s)
	for _, p := range m.api.PodsOn(n.name) {
		if p.Terminal() || m.kubelets.Stopped(p.UID) {
			continue
		}
		uses := int64(0)
		for _, have := range n.pods {
			if have.UID == kubelet.UIDOf(p) {
				uses = n.usedBy(now, have, resource, counts)
			}
		}
		request, _ := p.EffectiveRequests().Get(resource)
		c := candidate{pod: p, exceeds: uses > request.Value(), over: uses - request.Value()}
		switch resource {
		case resourceInodes:
			bytes, _ := p.EffectiveRequests().Get(model.ResourceEphemeralStorage)
			c.over = uses - bytes.Value()
		case resourcePIDs:
			c.exceeds = false
		}
		out = append(out, c)
	}
	return out
}

// counts says what of a pod's writing is on a file system.
type counts struct{ layers, volumes bool }

// counted says what of a pod's writing a signal is about.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go buildSignalToRankFunc.
func counted(l images.Layout, s Signal) counts {
	switch l {
	case images.ImagesApart:
		return counts{layers: s.ofImages(), volumes: !s.ofImages()}
	case images.ImagesAlone:
		return counts{layers: !s.ofImages(), volumes: !s.ofImages()}
	}
	return counts{true, true}
}

// usedBy is what a pod uses of a resource.
func (n *node) usedBy(now sim.Time, p *pod, resource string, c counts) int64 {
	sum := 0.0
	storage := resource == model.ResourceEphemeralStorage || resource == resourceInodes
	for _, u := range n.of(p) {
		if !storage || c.layers {
			sum += u.used(now, resource)
		}
	}
	if resource == model.ResourceEphemeralStorage && c.volumes {
		for i := range p.volumes {
			sum += p.volumes[i].bytes
		}
	}
	return int64(sum)
}

func (u *use) used(now sim.Time, resource string) float64 {
	switch resource {
	case model.ResourceMemory:
		return float64(pages(u.memory.at(now)))
	case resourceInodes:
		return math.Floor(u.files)
	case resourcePIDs:
		return math.Floor(u.pids.at(now))
	}
	return float64(pages(u.layer))
}

// reclaim does what is to be done about the first threshold that is met, and returns the UID of the pod that
// it has evicted.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/eviction_manager.go synchronize, reclaimNodeLevelResources.
func (m *Manager) reclaim(now sim.Time, n *node, seen *[signals]observation) (uid string) {
	at := slices.Index(n.met, true)
	for i := range n.met {
		if n.met[i] && n.config.Thresholds[i].Signal.condition() == memoryPressure {
			at = i // memory comes first
			break
		}
	}
	if at < 0 {
		return ""
	}
	t := &n.config.Thresholds[at]
	resource := t.Signal.resource()
	m.tell(n, apiserver.Warning, "EvictionThresholdMet", "Attempting to reclaim "+resource)
	if m.options.Images != nil && t.Signal.condition() == diskPressure && (t.Signal.ofImages() || m.layout(n) == images.OneFileSystem) {
		m.kubelets.RemoveContainers(now, n.name)
		m.options.Images.DeleteUnused(now, n.name)
		after := m.observe(now, n)
		if !slices.ContainsFunc(n.config.Thresholds, func(t Threshold) bool { return after[t.Signal].unreclaimed(&t) }) {
			return ""
		}
	}
	list := m.candidates(now, n, t.Signal)
	rank(list)
	for i := range list {
		message := n.message(now, list[i].pod, t, &seen[t.Signal])
		if m.evict(now, n, list[i].pod, message, n.grace(t, list[i].pod), m.kubelets.Evict) {
			return list[i].pod.UID
		}
	}
	return ""
}

// grace is what a pod has to stop, in seconds.
func (n *node) grace(t *Threshold, p *model.Pod) int64 {
	if t.Hard {
		return immediateGrace
	}
	return min(n.config.MaxGrace, p.Spec.TerminationGracePeriodSeconds)
}

// evictor is a way to stop a pod.
type evictor func(now sim.Time, uid, reason, message string, grace *int64) bool

// evict evicts a pod, unless it is critical or on its way out already.
func (m *Manager) evict(now sim.Time, n *node, p *model.Pod, message string, grace int64, by evictor) bool {
	if kubelet.Critical(p) || p.Deleting {
		return false
	}
	m.tellPod(n, p, evictedReason, message)
	return by(now, p.UID, evictedReason, message, &grace)
}

// message says why a pod is evicted.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go evictionMessage.
func (n *node) message(now sim.Time, p *model.Pod, t *Threshold, o *observation) string {
	resource := t.Signal.resource()
	text := fmt.Sprintf("The node was low on resource: %s. Threshold quantity: %s, available: %s. ", resource,
		t.text(o.capacity), t.said(o.available))
	if request, ok := p.Spec.PodRequests.Get(model.ResourceMemory); ok && resource == model.ResourceMemory {
		for _, have := range n.pods {
			if have.UID == kubelet.UIDOf(p) {
				text += fmt.Sprintf("Pod %s was using %s, request is %s, has larger consumption of %s. ", p.Name,
					quantity(n.usedBy(now, have, resource, counts{})), quantity(request.Value()), resource)
			}
		}
	}
	if resource != model.ResourceMemory && resource != model.ResourceEphemeralStorage {
		return text
	}
	for _, u := range n.uses {
		request, _ := u.Spec.Requests.Get(resource)
		if used := int64(u.used(now, resource)); u.Pod.UID == kubelet.UIDOf(p) && used > request.Value() {
			text += fmt.Sprintf("Container %s was using %s, request is %s, has larger consumption of %s. ", u.Spec.Name,
				quantity(used), quantity(request.Value()), resource)
		}
	}
	return text
}

// evictLocal evicts all pods that have written more than they may.
func (m *Manager) evictLocal(now sim.Time, n *node) (uids []string) {
	for _, p := range slices.Clone(n.pods) {
		if p.evicted {
			continue
		}
		for _, l := range m.locals(n, p) {
			if !over(l.value, float64(l.limit)) {
				continue
			}
			p.evicted = true
			if m.evict(now, n, p.Pod, l.message, immediateGrace, m.kubelets.EvictForItself) {
				uids = append(uids, p.UID)
			}
			break
		}
	}
	return uids
}
