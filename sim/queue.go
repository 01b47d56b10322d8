package sim

import "math/bits"

const (
	// arity is the number of children of a heap entry. Four make the heap half as high as two, for
	// about as many comparisons, and the four are one cache line.
	arity = 4
	// top is the place of the first entry. From there on the children of place i start at
	// 4 × i − 8, a multiple of four, so that siblings share a cache line. The places before are
	// unused.
	top = arity - 1

	slotBits     = 24
	sequenceBits = 37
	phaseShift   = slotBits + sequenceBits

	// maxSlot and maxSequence are the greatest slot and sequence number that a key has room for.
	maxSlot     = 1<<slotBits - 1
	maxSequence = 1<<sequenceBits - 1
)

// entry stands for one event in the heap, in 16 bytes. Entries are ordered by (at, key).
type entry struct {
	at  uint64 // the instant with its sign bit flipped, so that unsigned order is the order of time
	key key
}

// key is, from the top bits down, an event's phase, its sequence number and its slot. Sequence
// numbers differ, so the slot has no say in the order.
type key uint64

func newKey(p Phase, sequence uint64, slot uint32) key {
	return key(uint64(p)<<phaseShift | sequence<<slotBits | uint64(slot))
}

func (k key) slot() uint32 { return uint32(k) & maxSlot }

const signBit = 1 << 63

// ordered maps an instant to an unsigned number of the same order.
func ordered(t Time) uint64 { return uint64(t) ^ signBit }

// instant is the inverse of ordered.
func instant(u uint64) Time { return Time(u ^ signBit) }

// before returns 1 when a comes before b and 0 otherwise, without a branch: the outcome of a
// comparison in a heap is as good as random, and a wrong guess by the processor costs more than
// both subtractions.
func before(a, b *entry) uint64 {
	_, borrow := bits.Sub64(uint64(a.key), uint64(b.key), 0)
	_, borrow = bits.Sub64(a.at, b.at, borrow)
	return borrow
}

// queue is a heap of entry values. After drop the top is left vacant until the next call: when that
// is a push, as it mostly is in a simulation, the new entry takes the vacant place and one pass
// down the heap does the work of two.
type queue struct {
	heap   []entry
	vacant bool
}

func newQueue() queue { return queue{heap: make([]entry, top, 64)} }

// len returns the number of entries.
func (q *queue) len() int {
	n := len(q.heap) - top
	if q.vacant {
		n--
	}
	return n
}

// peek returns the first entry, nil when there is none. The pointer is good until the next call.
func (q *queue) peek() *entry {
	if q.vacant {
		q.settle()
	}
	if len(q.heap) == top {
		return nil
	}
	return &q.heap[top]
}

// drop removes the entry that peek returned.
func (q *queue) drop() { q.vacant = true }

// push adds an entry.
func (q *queue) push(e entry) {
	if q.vacant {
		q.vacant = false
		q.down(top, e)
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
	if n > top {
		q.down(top, last)
	}
}

// up puts e at place i or above it.
func (q *queue) up(i int, e entry) {
	h := q.heap
	for i > top {
		parent := i/arity + 2
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
		first := (i - 2) * arity
		if first >= len(h) {
			break
		}
		least := leastOf(h, first)
		if before(&h[least], &e) == 0 {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = e
}

// leastOf returns the place of the first in order of the siblings that start at place first.
func leastOf(h []entry, first int) int {
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
func (q *queue) keep(wanted func(entry) bool) {
	if q.vacant {
		q.settle()
	}
	kept := q.heap[:top]
	for _, e := range q.heap[top:] {
		if wanted(e) {
			kept = append(kept, e)
		}
	}
	q.heap = kept
	if len(kept) > top+1 {
		for i := (len(kept)-1)/arity + 2; i >= top; i-- {
			q.down(i, kept[i])
		}
	}
}
