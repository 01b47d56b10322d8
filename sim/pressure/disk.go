package pressure

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// writes counts what containers have written up to an instant.
func (n *node) writes(now sim.Time) {
	seconds := now.Sub(n.disks).Seconds()
	n.disks = now
	if seconds == 0 {
		return
	}
	for _, u := range n.uses {
		said := u.Life.Usage()
		u.layer += said.WritableLayer * seconds
		for i := range said.EmptyDirs {
			if v := u.pod.volume(said.EmptyDirs[i].Volume); v != nil {
				v.bytes += said.EmptyDirs[i].BytesPerSecond * seconds
			}
		}
	}
}

// volume is an emptyDir of the pod on disk, nil when it has none of that name.
func (p *pod) volume(name string) *written {
	for i := range p.volumes {
		if p.volumes[i].name == name {
			return &p.volumes[i]
		}
	}
	return nil
}

// tellDisks tells what is in writable layers to who keeps books of the disk.
func (m *Manager) tellDisks(now sim.Time, n *node) {
	if m.options.Images == nil {
		return
	}
	for _, u := range n.uses {
		if more := int64(u.layer) - u.told; more > 0 && u.Layer != nil {
			m.options.Images.Grow(now, u.Layer, more)
			u.told += more
		}
	}
}

// disk is what is used of a node's disk, by how much that grows a second, and its size; 0, when that is not
// known. Images and emptyDirs are on one file system.
func (m *Manager) disk(n *node) (used, slope float64, capacity int64) {
	if m.options.Images != nil {
		d := m.options.Images.Disk(n.name)
		capacity, used = d.Capacity, float64(d.Images+d.Writable+d.Used)
	}
	if object, ok := m.api.Nodes.Get("", n.name); ok && capacity == 0 {
		q, _ := object.Status.Capacity.Get(model.ResourceEphemeralStorage)
		capacity = q.Value()
	}
	for _, u := range n.uses {
		used += u.layer - float64(u.told)
		slope += u.growth()
	}
	for _, p := range n.pods {
		for i := range p.volumes {
			used += p.volumes[i].bytes
		}
	}
	return used, slope, capacity
}

// growth is how much a container writes in a second.
func (u *use) growth() float64 {
	said := u.Life.Usage()
	sum := said.WritableLayer
	for i := range said.EmptyDirs {
		if u.pod.volume(said.EmptyDirs[i].Volume) != nil {
			sum += said.EmptyDirs[i].BytesPerSecond
		}
	}
	return sum
}

// writing says whether containers of a pod write anything.
func (n *node) writing(p *pod) bool {
	for _, u := range n.uses {
		if u.pod == p && u.growth() > 0 {
			return true
		}
	}
	return false
}

// local is one limit of what a pod may write, with what is written.
type local struct {
	value, slope float64
	limit        int64
	message      string
}

// locals are the limits on what a pod writes, in the order in which the kubelet looks at them.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/eviction_manager.go localStorageEviction,
// emptyDirLimitEviction, podEphemeralStorageLimitEviction, containerEphemeralStorageLimitEviction.
func (n *node) locals(p *pod) []local {
	var out []local
	whole := local{}
	for i := range p.volumes {
		v := &p.volumes[i]
		l := local{value: v.bytes, limit: v.limit,
			message: fmt.Sprintf("Usage of EmptyDir volume %q exceeds the limit %q. ", v.name, quantity(v.limit))}
		for _, u := range n.of(p) {
			said := u.Life.Usage()
			for j := range said.EmptyDirs {
				if said.EmptyDirs[j].Volume == v.name {
					l.slope += said.EmptyDirs[j].BytesPerSecond
				}
			}
		}
		whole.value, whole.slope = whole.value+l.value, whole.slope+l.slope
		if l.limit > 0 {
			out = append(out, l)
		}
	}
	at := len(out)
	for _, u := range n.of(p) {
		rate := u.Life.Usage().WritableLayer
		whole.value, whole.slope = whole.value+u.layer, whole.slope+rate
		limit, ok := u.Spec.Limits.Get(model.ResourceEphemeralStorage)
		if ok && !limit.IsZero() && (u.Index >= len(p.Spec.InitContainers) || u.Spec.Sidecar()) {
			out = append(out, local{value: u.layer, slope: rate, limit: limit.Value(), message: fmt.Sprintf(
				"Container %s exceeded its local ephemeral storage limit %q. ", u.Spec.Name, quantity(limit.Value()))})
		}
	}
	if limit, ok := p.Spec.EffectiveLimits().Get(model.ResourceEphemeralStorage); ok {
		whole.limit = limit.Value()
		whole.message = fmt.Sprintf("Pod ephemeral local storage usage exceeds the total limit of containers %s. ", quantity(whole.limit))
		out = append(out[:at], append([]local{whole}, out[at:]...)...)
	}
	return out
}

// quantity writes bytes as Kubernetes does.
func quantity(bytes int64) string {
	return model.FormatQuantity(model.ResourceMemory, model.WholeQuantity(bytes))
}

// nextLocal is when the first pod is over a limit of its own.
func (n *node) nextLocal(now sim.Time) sim.Time {
	next := sim.Never
	for _, p := range n.pods {
		if p.evicted || !n.writing(p) {
			continue
		}
		for _, l := range n.locals(p) {
			next = min(next, passes(now, l.value, l.slope, float64(l.limit)))
		}
	}
	return next
}
