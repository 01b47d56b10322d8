package plugins

import "math"

// leastTwo are the domains of the two smallest counts, the smallest first. One domain's count may
// change any number of times and the first stays the smallest of all: what it can grow beyond is the
// second. Changing several needs a new leastTwo.
// Source: kubernetes v1.37.2 podtopologyspread/filtering.go criticalPaths.
type leastTwo [2]struct {
	value string
	count int
}

// newLeastTwo has no domain yet, and so large a count that every pod would be too many.
func newLeastTwo() leastTwo { return leastTwo{{count: math.MaxInt32}, {count: math.MaxInt32}} }

// set tells the count of a domain.
func (l *leastTwo) set(value string, count int) {
	switch {
	case value == l[0].value:
		l[0].count = count
	case value == l[1].value:
		l[1].count = count
	case count < l[0].count:
		l[1] = l[0]
		l[0].value, l[0].count = value, count
	case count < l[1].count:
		l[1].value, l[1].count = value, count
	}
	if l[0].count > l[1].count {
		l[0], l[1] = l[1], l[0]
	}
}
