package model

import (
	"cmp"
	"maps"
	"slices"
)

// Label is a label with its value.
type Label struct{ Name, Value string }

// SelectorIndex finds, among the selectors of many objects, those that may take some labels, without asking
// each: a selector lies under one of the labels that it requires. The zero SelectorIndex is empty and ready for
// use.
type SelectorIndex[K comparable] struct {
	places  map[K]selectorPlace
	shelves map[selectorShelf][]K
	last    uint64
	found   []K
}

// selectorShelf is where the selectors of a namespace lie that require a label; the zero label is for those
// that require none.
type selectorShelf struct {
	namespace string
	label     Label
}

type selectorPlace struct {
	shelf selectorShelf
	order uint64 // of coming
}

// Set files an object's selector, which requires these labels, in place of the one it had.
func (x *SelectorIndex[K]) Set(key K, namespace string, required []Label) {
	if x.places == nil {
		x.places, x.shelves = map[K]selectorPlace{}, map[selectorShelf][]K{}
	}
	place, known := x.places[key]
	if known {
		x.take(key, place.shelf)
	} else {
		x.last++
		place.order = x.last
	}
	place.shelf = selectorShelf{namespace: namespace}
	for i, l := range required {
		if shelf := (selectorShelf{namespace, l}); i == 0 || len(x.shelves[shelf]) < len(x.shelves[place.shelf]) {
			place.shelf = shelf
		}
	}
	x.places[key] = place
	x.shelves[place.shelf] = append(x.shelves[place.shelf], key)
}

// Remove forgets an object.
func (x *SelectorIndex[K]) Remove(key K) {
	if place, known := x.places[key]; known {
		x.take(key, place.shelf)
		delete(x.places, key)
	}
}

func (x *SelectorIndex[K]) take(key K, shelf selectorShelf) {
	left := slices.DeleteFunc(x.shelves[shelf], func(k K) bool { return k == key })
	if len(left) == 0 {
		delete(x.shelves, shelf)
		return
	}
	x.shelves[shelf] = left
}

// Find lists the objects of a namespace whose selectors may take any of the sets of labels, in the order in
// which they came: all that do, and some that do not. The list is good until the next call.
func (x *SelectorIndex[K]) Find(namespace string, sets ...map[string]string) []K {
	x.found = append(x.found[:0], x.shelves[selectorShelf{namespace: namespace}]...)
	for i, labels := range sets {
		for name, value := range labels {
			if i > 0 && sets[0][name] == value && has(sets[0], name) {
				continue
			}
			x.found = append(x.found, x.shelves[selectorShelf{namespace, Label{name, value}}]...)
		}
	}
	slices.SortFunc(x.found, func(a, b K) int { return cmp.Compare(x.places[a].order, x.places[b].order) })
	return x.found
}

func has(labels map[string]string, name string) bool {
	_, ok := labels[name]
	return ok
}

// RequiredLabels are the labels of a selector that is a map, by name.
func RequiredLabels(selector map[string]string) []Label {
	var out []Label
	for _, name := range slices.Sorted(maps.Keys(selector)) {
		out = append(out, Label{name, selector[name]})
	}
	return out
}

// Required are the labels without which the selector matches nothing; there may be none.
func (s *Selector) Required() []Label {
	if s == nil {
		return nil
	}
	var out []Label
	for i := range s.Requirements {
		if r := &s.Requirements[i]; r.Operator == OpIn && len(r.Values) == 1 {
			out = append(out, Label{r.Key, r.Values[0]})
		}
	}
	return out
}
