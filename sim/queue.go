package sim

import "math/bits"

// arity is the number of children of a heap entry. Four make the heap half as high as two, for as
// many comparisons, and the children of an entry lie side by side.
const arity = 4

// entry stands for one event in the heap. Entries are ordered by (at, key), that is by time, phase
// and sequence.
type entry struct {
	at   uint64 // the instant with its sign bit flipped, so that unsigned order is the order of time
	key  uint64 // phase in the top byte, sequence number below
	slot uint32
}

const signBit = 1 << 63

// ordered maps an instant to an unsigned number of the same order.
func ordered(t Time) uint64 { return uint64(t) ^ signBit }

// instant is the inverse of ordered.
func instant(u uint64) Time { return Time(u ^ signBit) }

// before returns 1 when a comes before b and 0 otherwise, without a branch: the outcome of a
// comparison in a heap is as good as random, and a wrong guess by the processor costs more than
// both subtractions.
func before(a, b *entry) uint64 {
	_, borrow := bits.Sub64(a.key, b.key, 0)
	_, borrow = bits.Sub64(a.at, b.at, borrow)
	return borrow
}

// queue is a heap of entry values. After pop the top is left vacant until the next call: when that
// is a push, as it mostly is in a simulation, the new entry takes the vacant place and one pass
// down the heap does the work of two.
type queue struct {
	heap   []entry
	vacant bool
}

// len returns the number of entries.
func (q *queue) len() int {
	if q.vacant {
		return len(q.heap) - 1
	}
	return len(q.heap)
}

// peek returns the first entry, nil when there is none. The pointer is good until the next call.
func (q *queue) peek() *entry {
	if q.vacant {
		q.settle()
	}
	if len(q.heap) == 0 {
		return nil
	}
	return &q.heap[0]
}

// drop removes the entry that peek returned.
func (q *queue) drop() { q.vacant = true }

// push adds an entry.
func (q *queue) push(e entry) {
	if q.vacant {
		q.vacant = false
		q.down(0, e)
		return
	}
	q.heap = append(q.heap, e)
	q.up(len(q.heap)-1, e)
}

// settle fills the vacant top with the last entry.
func (q *queue) settle() {
	q.vacant = false
	n := len(q.heap) - 1
	last := q.heap[n]
	q.heap = q.heap[:n]
	if n > 0 {
		q.down(0, last)
	}
}

// up puts e at place i or above it.
func (q *queue) up(i int, e entry) {
	h := q.heap
	for i > 0 {
		parent := (i - 1) / arity
		if before(&e, &h[parent]) == 0 {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

// down puts e at place i or below it.
func (q *queue) down(i int, e entry) {
	h := q.heap
	for {
		first := i*arity + 1
		if first >= len(h) {
			break
		}
		least := leastChild(h, first)
		if before(&h[least], &e) == 0 {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = e
}

// leastChild returns the place of the first of the siblings that start at place first.
func leastChild(h []entry, first int) int {
	if first+arity > len(h) {
		least := first
		for c := first + 1; c < len(h); c++ {
			least += (c - least) * int(before(&h[c], &h[least]))
		}
		return least
	}
	s := (*[arity]entry)(h[first:])
	left := before(&s[1], &s[0])
	right := 2 + before(&s[3], &s[2])
	return first + int(left+(right-left)*before(&s[right&3], &s[left&3]))
}

// keep removes the entries for which wanted is false.
func (q *queue) keep(wanted func(*entry) bool) {
	if q.vacant {
		q.settle()
	}
	kept := q.heap[:0]
	for i := range q.heap {
		if wanted(&q.heap[i]) {
			kept = append(kept, q.heap[i])
		}
	}
	q.heap = kept
	for i := (len(kept) - 2) / arity; i >= 0 && len(kept) > 1; i-- {
		q.down(i, kept[i])
	}
}
