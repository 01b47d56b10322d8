package scheduler

import "towtank.dev/towtank/scheduler/framework"

// choose picks one of the feasible nodes by their totals.
func (c *Core) choose() *framework.NodeInfo {
	s := &c.cycle
	switch c.options.TieBreak {
	case TieName:
		return s.feasible[c.smallestName()]
	case TieRandom:
		return s.feasible[c.drawn()]
	}
	return s.feasible[c.heapTop()]
}

// heapTop is the place of the node that comes up first in a heap of all totals, built as
// container/heap builds it. Where totals tie, it is the heap's mechanics that decide.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/sorted_nodes.go NewSortedScoredNodes.
func (c *Core) heapTop() int {
	s := &c.cycle
	n := len(s.totals)
	if cap(s.heap) < n {
		s.heap = make([]int32, 2*n)
	}
	heap := s.heap[:n]
	for i := range heap {
		heap[i] = int32(i)
	}
	for root := n/2 - 1; root >= 0; root-- {
		siftDown(heap, s.totals, root)
	}
	return int(heap[0])
}

// siftDown lets the node at the root sink below those with larger totals.
// Source: Go 1.26 container/heap down.
func siftDown(heap []int32, totals []int64, root int) {
	for {
		child := 2*root + 1
		if child >= len(heap) {
			return
		}
		if right := child + 1; right < len(heap) && totals[heap[right]] > totals[heap[child]] {
			child = right
		}
		if totals[heap[child]] <= totals[heap[root]] {
			return
		}
		heap[root], heap[child] = heap[child], heap[root]
		root = child
	}
}

// smallestName is the place of the best node with the smallest name.
func (c *Core) smallestName() int {
	s := &c.cycle
	best := 0
	for i := 1; i < len(s.totals); i++ {
		if s.totals[i] > s.totals[best] || s.totals[i] == s.totals[best] && s.feasible[i].Name < s.feasible[best].Name {
			best = i
		}
	}
	return best
}

// drawn is the place of one of the best nodes, each as likely as the others. One draw is made per
// choice, tie or not.
func (c *Core) drawn() int {
	s := &c.cycle
	best, ties := 0, 0
	for i, total := range s.totals {
		switch {
		case ties == 0 || total > s.totals[best]:
			best, ties = i, 1
		case total == s.totals[best]:
			ties++
		}
	}
	pick := c.ties.IntN(ties)
	for i := best; ; i++ {
		if s.totals[i] != s.totals[best] {
			continue
		}
		if pick == 0 {
			return i
		}
		pick--
	}
}
