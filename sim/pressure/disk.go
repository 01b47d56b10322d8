package pressure

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/images"
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
		u.files += said.Inodes * seconds
		for i := range said.EmptyDirs {
			if v := u.pod.volume(said.EmptyDirs[i].Volume); v != nil {
				v.bytes += said.EmptyDirs[i].BytesPerSecond * seconds
			} else if k := u.pod.keeps(said.EmptyDirs[i].Volume); k != nil {
				k.Bytes += said.EmptyDirs[i].BytesPerSecond * seconds
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
	n.telling = true
	for _, u := range n.uses {
		if more := int64(u.layer) - u.told; more > 0 && u.Layer != nil {
			m.options.Images.Grow(now, u.Layer, more)
			u.told += more
		}
	}
	n.telling = false
}

// filesystem is what is used of a file system, in bytes and in files, by how much that grows a second, and its
// size; 0, when that is not known.
type filesystem struct {
	used, slope   float64
	capacity      int64
	files, making float64
}

// fileSystems are the node's own file system and that with the images, which may be the same.
func (m *Manager) fileSystems(n *node) (own, apart filesystem) {
	var d images.Disk
	if m.options.Images != nil {
		d = m.options.Images.Disk(n.name)
	}
	if object, ok := m.api.Nodes.Get("", n.name); ok {
		q, _ := object.Status.Capacity.Get(model.ResourceEphemeralStorage)
		own.capacity = q.Value()
	}
	own.used, apart.capacity, apart.used = float64(d.NodeUsed), d.Capacity, float64(d.Images+d.Used)
	layers, volumes := &apart, &own
	switch d.Layout {
	case images.OneFileSystem:
		if apart.capacity == 0 {
			apart.capacity = own.capacity
		}
		volumes = &apart
	case images.ImagesAlone:
		layers = &own
	}
	n.onto(layers, volumes, d.Writable)
	for _, path := range n.paths {
		volumes.used += path.Bytes
	}
	if d.Layout == images.OneFileSystem {
		own = apart
	}
	return own, apart
}

// onto adds what pods write, so many bytes of which are known to be in layers.
func (n *node) onto(layers, volumes *filesystem, known int64) {
	layers.used += float64(known)
	for _, u := range n.uses {
		said := u.Life.Usage()
		layers.used += u.layer - float64(u.told)
		layers.slope += said.WritableLayer
		layers.files += u.files
		layers.making += said.Inodes
		volumes.slope += u.growth() - said.WritableLayer
	}
	for _, p := range n.pods {
		for i := range p.volumes {
			volumes.used += p.volumes[i].bytes
		}
	}
}

// processes is how many processes containers have, and by how much that grows a second.
func (n *node) processes(now sim.Time) (value, slope float64) {
	for _, u := range n.uses {
		value += u.pids.at(now)
		slope += u.pids.slope
	}
	return value, slope
}

// growth is how much a container writes in a second.
func (u *use) growth() float64 {
	said := u.Life.Usage()
	sum := said.WritableLayer
	for i := range said.EmptyDirs {
		k := u.pod.keeps(said.EmptyDirs[i].Volume)
		if u.pod.volume(said.EmptyDirs[i].Volume) != nil || k != nil && k.Kind == hostPath {
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

// locals are the limits on what a pod writes, in the order in which the kubelet looks at them. Where images have
// a file system apart, a container's own limit is not about its layer.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/eviction_manager.go localStorageEviction,
// emptyDirLimitEviction, podEphemeralStorageLimitEviction, containerEphemeralStorageLimitEviction.
func (m *Manager) locals(n *node, p *pod) []local {
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
		if ok && !limit.IsZero() && m.layout(n) == images.OneFileSystem && (u.Index >= len(p.Spec.InitContainers) || u.Spec.Sidecar()) {
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

// layout says which file systems the node has.
func (m *Manager) layout(n *node) images.Layout {
	if m.options.Images == nil {
		return images.OneFileSystem
	}
	return m.options.Images.Disk(n.name).Layout
}

// number writes a number as Kubernetes does.
func number(n int64) string { return model.FormatQuantity("", model.WholeQuantity(n)) }

// quantity writes bytes as Kubernetes does.
func quantity(bytes int64) string {
	return model.FormatQuantity(model.ResourceMemory, model.WholeQuantity(bytes))
}

// nextLocal is when the first pod is over a limit of its own.
func (m *Manager) nextLocal(now sim.Time, n *node) sim.Time {
	next := sim.Never
	for _, p := range n.pods {
		if p.evicted || !n.writing(p) {
			continue
		}
		for _, l := range m.locals(n, p) {
			next = min(next, passes(now, l.value, l.slope, float64(l.limit)))
		}
	}
	return next
}
