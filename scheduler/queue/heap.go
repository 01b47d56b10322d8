package queue

// heap is a four-ary heap of items, each of which knows its position. before must be a total order;
// then the order of taking items out does not depend on the order of putting them in.
type heap struct {
	before func(a, b *Item) bool
	items  []*Item
}

const arity = 4

func (h *heap) len() int { return len(h.items) }

// head is the first item, nil when the heap is empty.
func (h *heap) head() *Item {
	if len(h.items) == 0 {
		return nil
	}
	return h.items[0]
}

func (h *heap) push(i *Item) {
	h.items = append(h.items, i)
	h.up(len(h.items)-1, i)
}

// pop takes out the first item.
func (h *heap) pop() *Item {
	i := h.items[0]
	h.remove(i)
	return i
}

func (h *heap) remove(i *Item) {
	last := len(h.items) - 1
	moved := h.items[last]
	h.items[last] = nil
	h.items = h.items[:last]
	if moved != i {
		moved.position = i.position
		h.fix(moved)
	}
}

// fix restores the order after the item has changed.
func (h *heap) fix(i *Item) {
	if !h.up(i.position, i) {
		h.down(i.position, i)
	}
}

// up places the item at or above position, and says whether it moved.
func (h *heap) up(position int, i *Item) bool {
	start := position
	for position > 0 {
		parent := (position - 1) / arity
		if !h.before(i, h.items[parent]) {
			break
		}
		h.place(position, h.items[parent])
		position = parent
	}
	h.place(position, i)
	return position != start
}

// down places the item at or below position.
func (h *heap) down(position int, i *Item) {
	for {
		child := h.firstChild(position)
		if child < 0 || !h.before(h.items[child], i) {
			break
		}
		h.place(position, h.items[child])
		position = child
	}
	h.place(position, i)
}

// firstChild is the child that comes before its siblings, -1 when there is none.
func (h *heap) firstChild(position int) int {
	low := arity*position + 1
	if low >= len(h.items) {
		return -1
	}
	first := low
	for c := low + 1; c < min(low+arity, len(h.items)); c++ {
		if h.before(h.items[c], h.items[first]) {
			first = c
		}
	}
	return first
}

func (h *heap) place(position int, i *Item) {
	h.items[position] = i
	i.position = position
}
