package cache

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// Cache holds nodes and the pods on them.
type Cache struct {
	vocabulary *framework.Vocabulary
	snapshot   *framework.Snapshot

	nodes map[string]*item
	tree  *tree
	free  []int // indexes of nodes that are gone
	next  int   // index of the next new node
	spare []framework.NodeInfo
	lists framework.Lists[*framework.PodInfo]

	images       map[int]*image
	imageVersion uint64

	generation uint64
	dirty      []*item
	journal    Journal
	// affinityStale says that the snapshot's lists of nodes having pods with affinity are out of date.
	affinityStale bool
}

// item is a node by name. It outlives its node while pods are on it or the snapshot lists it.
type item struct {
	info       *framework.NodeInfo
	dirty      bool
	object     bool // dirty, and not only for the pods on it
	listed     bool
	imagesSeen uint64
	// affinity and anti: what the snapshot's lists say of the node.
	affinity, anti bool
}

// New is an empty cache.
func New(v *framework.Vocabulary) *Cache {
	return &Cache{
		vocabulary: v,
		snapshot:   &framework.Snapshot{ByName: map[string]*framework.NodeInfo{}},
		nodes:      map[string]*item{},
		tree:       newTree(),
		images:     map[int]*image{},
	}
}

// Snapshot is what plugins read; it stays the same value for good.
func (c *Cache) Snapshot() *framework.Snapshot { return c.snapshot }

// item finds or makes the entry of a node name.
func (c *Cache) item(name string) *item {
	it := c.nodes[name]
	if it == nil {
		it = &item{info: c.info()}
		it.info.Name, it.info.Index = name, c.index()
		c.nodes[name] = it
	}
	return it
}

// slab is how many nodes lie side by side in memory: they are searched one after the other.
const slab = 256

// info is a new node's place.
func (c *Cache) info() *framework.NodeInfo {
	if len(c.spare) == 0 {
		c.spare = make([]framework.NodeInfo, slab)
	}
	info := &c.spare[0]
	c.spare = c.spare[1:]
	info.Lists = &c.lists
	return info
}

// index is the smallest number given back last, or a new one.
func (c *Cache) index() int {
	if n := len(c.free); n > 0 {
		index := c.free[n-1]
		c.free = c.free[:n-1]
		return index
	}
	c.next++
	return c.next - 1
}

// Indexes bounds the indexes of nodes: all are below it.
func (c *Cache) Indexes() int { return c.next }

// touch notes that a node has changed.
func (c *Cache) touch(it *item) {
	c.generation++
	it.info.Generation = c.generation
	if !it.dirty {
		it.dirty = true
		c.dirty = append(c.dirty, it)
	}
}

// SetNode adds a node or replaces its object.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/cache/cache.go AddNode, UpdateNode.
func (c *Cache) SetNode(node *model.Node) {
	it := c.item(node.Name)
	c.removeImages(it.info)
	c.tree.put(node)
	c.addImages(it.info, node)
	it.info.SetNode(c.vocabulary, node)
	it.object = true
	c.touch(it)
}

// RemoveNode takes a node out. Pods of which the deletion is still to be heard stay known.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/cache/cache.go RemoveNode.
func (c *Cache) RemoveNode(name string) {
	it := c.nodes[name]
	if it == nil || it.info.Node == nil {
		return
	}
	c.tree.remove(name)
	c.removeImages(it.info)
	it.info.Node = nil
	c.touch(it)
	c.drop(it)
}

// drop forgets an entry that nothing refers to any more.
func (c *Cache) drop(it *item) {
	if it.info.Node == nil && len(it.info.Pods) == 0 && !it.listed {
		delete(c.nodes, it.info.Name)
		c.free = append(c.free, it.info.Index)
	}
}

// AddPod counts a pod in on its node, which need not be known yet.
func (c *Cache) AddPod(pod *framework.PodInfo) {
	it := c.item(pod.Node)
	it.info.AddPod(pod)
	c.journal.notePod(it, pod, 1)
	c.touch(it)
}

// RemovePod counts a pod out and says whether it was there.
func (c *Cache) RemovePod(pod *framework.PodInfo) bool {
	it := c.nodes[pod.Node]
	if it == nil || !it.info.RemovePod(pod) {
		return false
	}
	c.journal.notePod(it, pod, -1)
	c.touch(it)
	c.drop(it)
	return true
}

// Node finds a node that exists now, whether or not the snapshot lists it yet; nil otherwise.
func (c *Cache) Node(name string) *framework.NodeInfo {
	if it := c.nodes[name]; it != nil && it.info.Node != nil {
		return it.info
	}
	return nil
}
