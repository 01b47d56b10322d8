package images

import (
	"time"

	"towtank.dev/towtank/sim"
)

// Record is a pull that has ended.
type Record struct {
	Node      string
	Namespace string
	Pod       string
	Image     string // as the container has it
	// Queued is when it was asked for, Began when its turn came, Ended when it was over.
	Queued, Began, Ended sim.Time
	// Bytes is what was downloaded for it.
	Bytes int64
	// Failure is what it failed with; "": it succeeded.
	Failure string
}

// Stats are pulls in numbers.
type Stats struct {
	Pulls  int   // that ended well
	Failed int   // that did not
	Bytes  int64 // downloaded, in vain too
	// Pulling is the time that pulls were under way, Queued that they waited for their turn, summed over pulls.
	Pulling time.Duration
	Queued  time.Duration
	// Waiting is how many wait for their turn now, Active how many are under way.
	Waiting int
	Active  int
}

// Stats are the pulls of a node so far, or of all nodes for "".
func (m *Manager) Stats(nodeName string) Stats {
	if nodeName == "" {
		return m.total
	}
	if n := m.nodes[nodeName]; n != nil {
		return n.stats
	}
	return Stats{}
}

// count counts for a node and for all.
func (m *Manager) count(n *node, by func(*Stats)) {
	by(&n.stats)
	by(&m.total)
}
