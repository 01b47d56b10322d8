package images

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// node is one node: what is on its disk, the pulls that it has under way, and what its kubelet remembers.
type node struct {
	name     string
	settings *Node
	// started is when its kubelet began, from which its periodic work is counted.
	started sim.Time
	// number counts what is drawn for the node.
	number uint64

	images []*stored // in the order of their coming
	byName map[string]*stored
	layers map[*layer]*shelf
	disk   Disk

	puller
	kubeletMemory

	collection sim.Handle
	failures   int // passes of garbage collection in a row that freed too little
	reporting  sim.Handle
	stats      Stats
	gone       bool
}

// shelf is a layer on a node's disk. It stays as long as an image has it or a pull holds it.
type shelf struct {
	images  int // that have it
	held    int // by pulls under way
	running int // containers that run on it
	ready   sim.Time
}

// stored is an image on a node.
type stored struct {
	image *image
	names []Name // by which it was pulled, in order
	// since is when it came. detected is when the kubelet's garbage collector first saw it, lastUsed when it last
	// saw a container with it; neither, before that.
	since                  sim.Time
	detected, lastUsed     sim.Time
	isDetected, isLastUsed bool
	// containers use it, running or not, since heldSince.
	containers int
	heldSince  sim.Time
	access     []access
}

// called says whether the image has a name on the node.
func (s *stored) called(n Name) bool { return slices.Contains(s.names, n) }

// put brings an image to a node, or gives one that is there another name. It says whether anything is new.
func (n *node) put(now sim.Time, img *image, name Name) (*stored, bool) {
	s := n.find(img)
	if s == nil {
		s = &stored{image: img, since: now}
		n.images = append(n.images, s)
		for _, l := range img.layers {
			n.shelve(l).images++
		}
	} else if s.called(name) {
		return s, false
	}
	s.names = append(s.names, name)
	n.byName[name.String()] = s
	n.byName[name.Repository+"@"+img.digest] = s
	return s, true
}

func (n *node) find(img *image) *stored {
	for _, s := range n.images {
		if s.image == img {
			return s
		}
	}
	return nil
}

// shelve returns the place of a layer, which is on disk from now on.
func (n *node) shelve(l *layer) *shelf {
	s := n.layers[l]
	if s == nil {
		s = &shelf{}
		n.layers[l] = s
		n.disk.Images += l.disk()
	}
	return s
}

// clear frees the place of a layer that nobody needs any more.
func (n *node) clear(l *layer) {
	if place := n.layers[l]; place.images == 0 && place.held == 0 {
		delete(n.layers, l)
		n.disk.Images -= l.disk()
	}
}

// drop removes an image, and the layers that no other has. It returns what that frees.
func (n *node) drop(s *stored) int64 {
	before := n.disk.Images
	for _, l := range s.image.layers {
		n.layers[l].images--
		n.clear(l)
	}
	for _, name := range s.names {
		delete(n.byName, name.String())
		delete(n.byName, name.Repository+"@"+s.image.digest)
	}
	n.images = slices.DeleteFunc(n.images, func(have *stored) bool { return have == s })
	return before - n.disk.Images
}

// usagePercent is how full the disk is, in whole percent as the kubelet reckons; 0 when its capacity is unknown.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go GarbageCollect.
func (d *Disk) usagePercent() int {
	if d.Capacity == 0 {
		return 0
	}
	return 100 - int(d.available()*100/d.Capacity)
}

func (d *Disk) available() int64 {
	writable := d.Writable
	if d.Layout == ImagesAlone {
		writable = 0
	}
	return max(0, d.Capacity-d.Images-writable-d.Used)
}

// Disk is what is on a node's image file system, in bytes.
type Disk struct {
	Capacity int64 // 0: not known
	Images   int64 // layers, each once, as downloaded and as unpacked
	Writable int64 // of containers
	Used     int64 // by others
	// Layout says where Writable is; NodeUsed is what others have on the node's own file system, where that is
	// another.
	Layout   Layout
	NodeUsed int64
	// Cached is what the files of running containers' images take in memory, each layer once.
	Cached int64
}

// Container is a container's writable layer on its node.
type Container struct {
	node    *node
	stored  *stored // nil when nothing is known of its image
	bytes   int64
	running bool
}

// Create makes the writable layer of a new container, which keeps its image from being collected until Remove.
// The image is named as the container names it.
func (m *Manager) Create(now sim.Time, nodeName, image string) *Container {
	n := m.node(now, nodeName)
	c := &Container{node: n}
	if k := m.name(image); k.err == nil {
		c.stored = n.byName[k.full]
	}
	if s := c.stored; s != nil {
		if s.containers == 0 {
			s.heldSince = now
		}
		s.containers++
	}
	return c
}

// Start is the container's processes beginning to run: the files of its image are in memory, once for all
// containers of the node that run them.
func (m *Manager) Start(c *Container) {
	if c == nil || c.running {
		return
	}
	c.running = true
	if c.stored == nil {
		return
	}
	for _, l := range c.stored.image.layers {
		if place := c.node.layers[l]; place != nil {
			if place.running++; place.running == 1 {
				c.node.disk.Cached += l.unpacked
			}
		}
	}
}

// Stop is the end of a container's processes. Its writable layer stays, and its image is still in use.
func (m *Manager) Stop(c *Container) {
	if c == nil || !c.running {
		return
	}
	c.running = false
	if c.stored == nil {
		return
	}
	for _, l := range c.stored.image.layers {
		if place := c.node.layers[l]; place != nil {
			if place.running--; place.running == 0 {
				c.node.disk.Cached -= l.unpacked
			}
		}
	}
}

// Grow adds bytes to a container's writable layer; a negative number takes some away, down to none.
func (m *Manager) Grow(now sim.Time, c *Container, bytes int64) {
	if c == nil {
		return
	}
	bytes = max(bytes, -c.bytes)
	c.bytes += bytes
	c.node.disk.Writable += bytes
	m.usageChanged(now, c.node)
}

// Bytes is what is in the writable layer.
func (c *Container) Bytes() int64 {
	if c == nil {
		return 0
	}
	return c.bytes
}

// Remove ends a container, running or not: its writable layer vanishes and its image may be collected. A
// container that has ended keeps both until its kubelet removes it.
func (m *Manager) Remove(now sim.Time, c *Container) {
	if c == nil {
		return
	}
	m.Stop(c)
	c.node.disk.Writable -= c.bytes
	c.bytes = 0
	s := c.stored
	if c.stored = nil; s == nil {
		return
	}
	if s.containers--; s.containers == 0 {
		c.node.released(now, s)
		m.usageChanged(now, c.node)
	}
}

// SetUsed tells how much others than images and containers have on a node's image file system, in bytes.
func (m *Manager) SetUsed(now sim.Time, nodeName string, bytes int64) {
	n := m.node(now, nodeName)
	n.disk.Used = bytes
	m.usageChanged(now, n)
}

// Disk is what is on a node's image file system.
func (m *Manager) Disk(nodeName string) Disk {
	if n := m.nodes[nodeName]; n != nil {
		return n.disk
	}
	return Disk{}
}

// capacity is the size of the file system that images are on.
func capacity(settings *Node, status *model.NodeStatus) int64 {
	if settings.Disk > 0 {
		return settings.Disk
	}
	q, _ := status.Capacity.Get(model.ResourceEphemeralStorage)
	return q.Value()
}
