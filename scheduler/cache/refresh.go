package cache

import "towtank.dev/towtank/scheduler/framework"

// Refresh brings the snapshot up to date. The node list is only made anew when nodes have come or
// gone: a node that changed its zone, or left and came back in between, keeps its place till then.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/cache/cache.go UpdateSnapshot.
func (c *Cache) Refresh() {
	var nodes, affinity bool
	gone := 0
	for _, it := range c.dirty {
		it.dirty = false
		if it.info.Node == nil {
			if it.listed {
				gone++
			}
			continue
		}
		nodes = nodes || !it.listed
		affinity = affinity || it.affinity != (len(it.info.WithPodAffinity) > 0) || it.anti != (len(it.info.WithRequiredAnti) > 0)
		object := c.countImages(it) || it.object
		it.object = false
		if it.listed {
			c.journal.note(it, object)
		}
	}
	if nodes || gone > 0 {
		c.relist()
	} else if affinity {
		c.affinityStale = true
		if !c.journal.on {
			c.RefreshAffinity()
		}
	}
	clear(c.dirty)
	c.dirty = c.dirty[:0]
}

// relist makes the list of nodes and all that hangs on it.
func (c *Cache) relist() {
	s := c.snapshot
	c.journal.Lists++
	for _, info := range s.Nodes {
		c.nodes[info.Name].listed = false
	}
	old := s.Nodes
	clear(s.ByName)
	names := c.tree.list()
	s.Nodes = make([]*framework.NodeInfo, 0, len(names))
	for _, name := range names {
		it := c.nodes[name]
		it.listed = true
		s.Nodes = append(s.Nodes, it.info)
		s.ByName[name] = it.info
	}
	for _, info := range old {
		if it := c.nodes[info.Name]; it != nil {
			c.drop(it)
		}
	}
	c.relistAffinity()
}

// RefreshAffinity brings the snapshot's lists of nodes that have pods with affinity up to date. Refresh
// does so itself unless a journal is kept: whoever reads it seldom needs the lists.
func (c *Cache) RefreshAffinity() {
	if c.affinityStale {
		c.relistAffinity()
	}
}

// relistAffinity lists the nodes that have pods with affinity.
func (c *Cache) relistAffinity() {
	s := c.snapshot
	c.affinityStale = false
	s.WithPodAffinity, s.WithRequiredAnti = s.WithPodAffinity[:0], s.WithRequiredAnti[:0]
	for _, info := range s.Nodes {
		it := c.nodes[info.Name]
		if it.affinity = len(info.WithPodAffinity) > 0; it.affinity {
			s.WithPodAffinity = append(s.WithPodAffinity, info)
		}
		if it.anti = len(info.WithRequiredAnti) > 0; it.anti {
			s.WithRequiredAnti = append(s.WithRequiredAnti, info)
		}
	}
}
