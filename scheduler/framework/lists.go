package framework

// Lists hands out room for short lists, many at a time: a list that grows now and then has no memory
// made for it alone. A nil Lists makes each list's memory.
type Lists[T any] struct{ space []T }

// Lists begin with shortList places and double up to longList; beyond, each has memory of its own.
const (
	shortList = 8
	longList  = 256
	listSlab  = 4096
)

// Add appends to a list of which nobody keeps a copy.
func (l *Lists[T]) Add(list []T, more ...T) []T {
	need := len(list) + len(more)
	if l == nil || need <= cap(list) || need > longList {
		return append(list, more...)
	}
	size := shortList
	for size < need {
		size *= 2
	}
	if len(l.space) < size {
		l.space = make([]T, listSlab)
	}
	grown := append(append(l.space[:0:size], list...), more...)
	l.space = l.space[size:]
	clear(list) // what it held must not live as long as its neighbours
	return grown
}
