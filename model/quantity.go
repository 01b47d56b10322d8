package model

import "sort"

// Quantity is an exact Kubernetes quantity: whole units plus nano-units. Both parts carry the same
// sign; Nanos is in (-1e9, 1e9). Memory is in bytes, CPU in cores.
type Quantity struct {
	Units int64
	Nanos int32
}

const nanosPerUnit = 1_000_000_000

// WholeQuantity is a quantity of n whole units.
func WholeQuantity(n int64) Quantity { return Quantity{Units: n} }

// MilliQuantity is a quantity of n thousandths of a unit.
func MilliQuantity(n int64) Quantity {
	return Quantity{Units: n / 1000, Nanos: int32(n % 1000 * 1_000_000)}
}

// Add returns q + r.
func (q Quantity) Add(r Quantity) Quantity {
	units, nanos := q.Units+r.Units, int64(q.Nanos)+int64(r.Nanos)
	units, nanos = units+nanos/nanosPerUnit, nanos%nanosPerUnit
	if units > 0 && nanos < 0 {
		units, nanos = units-1, nanos+nanosPerUnit
	} else if units < 0 && nanos > 0 {
		units, nanos = units+1, nanos-nanosPerUnit
	}
	return Quantity{Units: units, Nanos: int32(nanos)}
}

// Cmp is -1, 0 or +1 as q is less than, equal to or greater than r.
func (q Quantity) Cmp(r Quantity) int {
	switch {
	case q.Units < r.Units || q.Units == r.Units && q.Nanos < r.Nanos:
		return -1
	case q == r:
		return 0
	}
	return 1
}

// IsZero says whether the quantity is exactly nothing.
func (q Quantity) IsZero() bool { return q == Quantity{} }

// Value is the quantity in whole units, fractions rounded away from zero.
// Source: kubernetes v1.37.2 apimachinery pkg/api/resource/quantity.go Value.
func (q Quantity) Value() int64 {
	switch {
	case q.Nanos > 0:
		return q.Units + 1
	case q.Nanos < 0:
		return q.Units - 1
	}
	return q.Units
}

// MilliValue is the quantity in thousandths, fractions rounded away from zero.
// Source: kubernetes v1.37.2 apimachinery pkg/api/resource/quantity.go MilliValue.
func (q Quantity) MilliValue() int64 {
	millis, rest := int64(q.Nanos)/1_000_000, q.Nanos%1_000_000
	switch {
	case rest > 0:
		millis++
	case rest < 0:
		millis--
	}
	return q.Units*1000 + millis
}

// Names of the resources that are not extended ones.
const (
	ResourceCPU              = "cpu"
	ResourceMemory           = "memory"
	ResourceEphemeralStorage = "ephemeral-storage"
	ResourcePods             = "pods"
	HugePagesPrefix          = "hugepages-"
)

// ResourceAmount is one entry of a ResourceList.
type ResourceAmount struct {
	Name     string
	Quantity Quantity
}

// ResourceList is a v1.ResourceList: amounts sorted by name, each name once. An absent name and an
// explicit zero differ (the scheduler's non-zero defaults depend on it).
type ResourceList []ResourceAmount

// Get returns the amount of one resource and whether the list names it.
func (l ResourceList) Get(name string) (Quantity, bool) {
	for i := range l {
		if l[i].Name == name {
			return l[i].Quantity, true
		}
	}
	return Quantity{}, false
}

// With returns a list in which name stands at q; l itself is not changed.
func (l ResourceList) With(name string, q Quantity) ResourceList {
	i := sort.Search(len(l), func(i int) bool { return l[i].Name >= name })
	out := make(ResourceList, 0, len(l)+1)
	out = append(out, l[:i]...)
	out = append(out, ResourceAmount{name, q})
	if i < len(l) && l[i].Name == name {
		i++
	}
	return append(out, l[i:]...)
}

// Plus returns the sum of both lists, name by name.
func (l ResourceList) Plus(m ResourceList) ResourceList { return merge(l, m, Quantity.Add) }

// Max returns the larger amount of both lists, name by name.
func (l ResourceList) Max(m ResourceList) ResourceList {
	return merge(l, m, func(a, b Quantity) Quantity {
		if a.Cmp(b) < 0 {
			return b
		}
		return a
	})
}

// merge combines two sorted lists; a name in only one of them keeps its amount.
func merge(l, m ResourceList, combine func(a, b Quantity) Quantity) ResourceList {
	if len(m) == 0 {
		return l
	}
	if len(l) == 0 {
		return m
	}
	out := make(ResourceList, 0, len(l)+len(m))
	for len(l) > 0 && len(m) > 0 {
		switch {
		case l[0].Name < m[0].Name:
			out, l = append(out, l[0]), l[1:]
		case l[0].Name > m[0].Name:
			out, m = append(out, m[0]), m[1:]
		default:
			out = append(out, ResourceAmount{l[0].Name, combine(l[0].Quantity, m[0].Quantity)})
			l, m = l[1:], m[1:]
		}
	}
	out = append(out, l...)
	return append(out, m...)
}
