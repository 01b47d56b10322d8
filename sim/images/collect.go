package images

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// collectionPeriod lies between two passes of garbage collection, and between two looks at which images are there
// and in use: both are counted from the kubelet's start.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go ImageGCPeriod; pkg/kubelet/images/image_gc_manager.go Start.
const collectionPeriod = 5 * time.Minute

// lastPass is the last pass at or before an instant; nextPass the first one after it.
func (n *node) lastPass(t sim.Time) sim.Time { return t.TruncateFrom(n.started, collectionPeriod) }
func (n *node) nextPass(t sim.Time) sim.Time { return n.lastPass(t).Add(collectionPeriod) }

// released is an image that its last container has left: the kubelet last saw it in use in the last pass.
func (n *node) released(now sim.Time, s *stored) {
	if pass := n.lastPass(now); pass >= s.heldSince {
		s.lastUsed, s.isLastUsed = pass, true
	}
}

// usageChanged has garbage collected in the next pass that finds something to do. Passes that do nothing cost
// nothing.
func (m *Manager) usageChanged(now sim.Time, n *node) {
	if m.onDisk != nil && m.known() && n.disk.Capacity > 0 && !n.gone {
		m.onDisk(now, n.name)
	}
	due := n.nextCollection(now)
	if !m.known() || n.gone || due == sim.Never {
		return
	}
	if at, planned := m.engine.When(n.collection); !planned {
		n.collection = m.at(due, opCollect, n)
	} else if due < at {
		m.engine.Reschedule(n.collection, due)
	}
}

// nextCollection is the next pass that finds something to do as things stand.
func (n *node) nextCollection(now sim.Time) sim.Time {
	k := &n.settings.Kubelet
	on := k.ImageGCHighThresholdPercent < 100 || k.ImageMaximumGCAge > 0
	if on && n.disk.Capacity > 0 && n.disk.usagePercent() >= k.ImageGCHighThresholdPercent {
		return n.nextPass(now)
	}
	if due := n.oldest(k.ImageMaximumGCAge); due != sim.Never {
		return max(n.nextPass(now), n.nextPass(due))
	}
	return sim.Never
}

// oldest is when the first unused image will be too old, Never when age does not matter.
func (n *node) oldest(age time.Duration) sim.Time {
	due := sim.Never
	if age == 0 {
		return due
	}
	for _, s := range n.images {
		if s.containers > 0 {
			continue
		}
		from := n.started // of the passes, no image is too old before its kubelet is
		if s.isLastUsed {
			from = max(from, s.lastUsed)
		}
		due = min(due, from.Add(age))
	}
	return due
}

// collect is one pass of garbage collection.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go GarbageCollect.
func (m *Manager) collect(now sim.Time, n *node) {
	if m.options.Runs != nil && !m.options.Runs(n.name) {
		return // Restart looks at the disk again
	}
	n.detect(now)
	k := &n.settings.Kubelet
	before := len(n.images)
	if k.ImageMaximumGCAge > 0 && now.Sub(n.started) > k.ImageMaximumGCAge {
		for _, s := range n.evictable() {
			if !s.isLastUsed || now.Sub(s.lastUsed) > k.ImageMaximumGCAge {
				n.drop(s)
			}
		}
	}
	if percent := n.disk.usagePercent(); n.disk.Capacity > 0 && percent >= k.ImageGCHighThresholdPercent {
		want := n.disk.Capacity*int64(100-k.ImageGCLowThresholdPercent)/100 - n.disk.available()
		freed := n.free(now, want)
		m.short(n, percent, want, freed)
	} else {
		n.failures = 0
	}
	if len(n.images) != before {
		m.imagesChanged(now, n)
	}
	m.usageChanged(now, n)
}

// short tells of a pass that freed too little.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go GarbageCollect; pkg/kubelet/kubelet.go
// StartGarbageCollection.
func (m *Manager) short(n *node, percent int, want, freed int64) {
	if freed >= want {
		n.failures = 0
		return
	}
	message := fmt.Sprintf("Insufficient free disk space on the node's image filesystem (%d%% of %s used). "+
		"Failed to free sufficient space by deleting unused images (freed %d bytes). "+
		"Investigate disk usage, as it could be used by active images, logs, volumes, or other data.",
		percent, formatSize(n.disk.Capacity), freed)
	m.tell(n, "FreeDiskSpaceFailed", message)
	if n.failures++; n.failures > 1 {
		m.tell(n, "ImageGCFailed", message)
	}
}

// tell tells an event about a node.
func (m *Manager) tell(n *node, reason, message string) {
	if object, ok := m.api.Nodes.Get("", n.name); ok {
		m.api.Events.Emit(object, apiserver.Note{Type: warning, Reason: reason, Message: message, Component: "kubelet", Host: n.name})
	}
}

// detect is a look at which images are there; looks before it are made up for. Which are in use is worked out when
// containers go: see released.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go detectImages.
func (n *node) detect(now sim.Time) {
	for _, s := range n.images {
		if !s.isDetected {
			first := n.lastPass(s.since)
			if first < s.since {
				first = first.Add(collectionPeriod)
			}
			s.detected, s.isDetected = min(first, now), true
		}
	}
}

// evictable are the images that no container uses, in the order in which they go: least recently used first.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go imagesInEvictionOrder, byLastUsedAndDetected.
func (n *node) evictable() []*stored {
	var out []*stored
	for _, s := range n.images {
		if s.containers == 0 {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b *stored) int {
		return cmp.Or(cmp.Compare(a.used(), b.used()), cmp.Compare(a.detected, b.detected), cmp.Compare(a.image.number, b.image.number))
	})
	return out
}

// used is when the image was last used; long ago, when it never was.
func (s *stored) used() sim.Time {
	if !s.isLastUsed {
		return math.MinInt64
	}
	return s.lastUsed
}

// free removes unused images until so many bytes are freed, as the kubelet counts them: by the sizes of images,
// whether or not they share layers with others.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go freeSpace.
func (n *node) free(now sim.Time, bytes int64) int64 {
	var freed int64
	for _, s := range n.evictable() {
		if now.Sub(s.detected) < n.settings.Kubelet.ImageMinimumGCAge {
			continue
		}
		n.drop(s)
		if freed += s.image.size; freed >= bytes {
			break
		}
	}
	return freed
}

// DeleteUnused removes all images that no container uses, as node-pressure eviction has done first, and returns how
// many bytes of disk that frees.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go DeleteUnusedImages.
func (m *Manager) DeleteUnused(now sim.Time, nodeName string) int64 {
	n := m.node(now, nodeName)
	n.detect(now)
	before := n.disk.Images
	n.free(now, math.MaxInt64)
	if n.disk.Images != before {
		m.imagesChanged(now, n)
	}
	return before - n.disk.Images
}

// formatSize writes bytes for people.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go formatSize.
func formatSize(bytes int64) string {
	size, unit := float64(bytes), 0
	for size >= 1024 && unit < 4 {
		size /= 1024
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %s", size, [...]string{"", "KiB", "MiB", "GiB", "TiB"}[unit])
}
