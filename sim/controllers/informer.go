package controllers

import (
	"iter"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Informer keeps the objects of a kind as its watch has told of them, which is a little later than they
// were written. All controllers share it.
// Source: client-go tools/cache/shared_informer.go.
type Informer[T model.Object] struct {
	kind        model.Kind
	items       map[apiserver.Name]*item[T]
	first, last *item[T]
	owned       map[string]*owned[T] // by UID of the controller; orphans by "/" and their namespace
	handlers    []Handlers[T]
	indexes     []func(old, new T)
	seen        uint64
}

// Handlers are told of changes once the informer has them. Nil ones are not called.
type Handlers[T model.Object] struct {
	Add    func(o T)
	Update func(old, new T)
	Delete func(o T)
}

// item is an object with its places in the order of creation and among those of its owner.
type item[T model.Object] struct {
	object     T
	prev, next *item[T]
	owner      string
	position   int
}

// owned are the objects of one owner.
type owned[T model.Object] struct{ items []*item[T] }

// InformerOf returns the informer of a kind, which begins with what is there now.
func InformerOf[T model.Object](m *Manager, kind model.Kind) *Informer[T] {
	if known, ok := m.informers[kind]; ok {
		return known.(*Informer[T])
	}
	i := &Informer[T]{kind: kind, items: map[apiserver.Name]*item[T]{}, owned: map[string]*owned[T]{}}
	m.informers[kind] = i
	m.relists = append(m.relists, i.relist)
	for _, o := range m.API.Collection(kind).Objects() {
		if o != m.arriving {
			i.add(o.(T))
		}
	}
	r, _ := apiserver.ResourceOf(kind)
	m.API.Watch("controllers/"+r.Plural, apiserver.WatchOptions{Kinds: []model.Kind{kind},
		Latency: m.options.WatchLatency}, i)
	return i
}

// Handle adds functions that are told of changes from now on; of what is there they are told at once.
func (i *Informer[T]) Handle(h Handlers[T]) {
	i.handlers = append(i.handlers, h)
	if h.Add == nil {
		return
	}
	for o := range i.All() {
		h.Add(o)
	}
}

// Index has a function told of every change from now on, before any handler is: old is the zero T for what is new,
// new for what goes.
func (i *Informer[T]) Index(f func(old, new T)) { i.indexes = append(i.indexes, f) }

func (i *Informer[T]) index(old, new T) {
	for _, f := range i.indexes {
		f(old, new)
	}
}

// relist tells the handlers of every object once more.
func (i *Informer[T]) relist() {
	for n := range i.handlers {
		if add := i.handlers[n].Add; add != nil {
			for o := range i.All() {
				add(o)
			}
		}
	}
}

// Len is the number of objects.
func (i *Informer[T]) Len() int { return len(i.items) }

// Get returns the object of that name and whether there is one.
func (i *Informer[T]) Get(namespace, name string) (T, bool) {
	if it, ok := i.items[apiserver.Name{Namespace: namespace, Name: name}]; ok {
		return it.object, true
	}
	var none T
	return none, false
}

// All yields the objects in the order of their creation.
func (i *Informer[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for it := i.first; it != nil; it = it.next {
			if !yield(it.object) {
				return
			}
		}
	}
}

// OwnedBy yields the objects whose controller has that UID, in an order that is the same in every run.
func (i *Informer[T]) OwnedBy(uid string) iter.Seq[T] { return i.group(uid) }

// Orphans yields the objects of a namespace that have no controller.
func (i *Informer[T]) Orphans(namespace string) iter.Seq[T] { return i.group("/" + namespace) }

func (i *Informer[T]) group(owner string) iter.Seq[T] {
	return func(yield func(T) bool) {
		o, ok := i.owned[owner]
		if !ok {
			return
		}
		for _, it := range o.items {
			if !yield(it.object) {
				return
			}
		}
	}
}

// Seen is the resource version of the last change that the informer has, deletions apart.
func (i *Informer[T]) Seen() uint64 { return i.seen }

// Deliver takes a change and tells the handlers.
func (i *Informer[T]) Deliver(_ sim.Time, c apiserver.Change) {
	name := apiserver.NameOf(c.Object())
	known, ok := i.items[name]
	switch {
	case c.Type == apiserver.Deleted:
		if ok {
			i.remove(known, c.Old.(T))
		}
	case !ok:
		i.add(c.New.(T))
		for n := range i.handlers {
			if h := i.handlers[n].Add; h != nil {
				h(c.New.(T))
			}
		}
	case known.object.Meta().ResourceVersion < c.New.Meta().ResourceVersion:
		i.update(known, c.New.(T))
	}
}

func (i *Informer[T]) add(o T) {
	it := &item[T]{object: o, prev: i.last}
	if i.last == nil {
		i.first = it
	} else {
		i.last.next = it
	}
	i.last = it
	i.items[apiserver.NameOf(o)] = it
	i.seen = max(i.seen, o.Meta().ResourceVersion)
	i.join(it)
	var none T
	i.index(none, o)
}

func (i *Informer[T]) update(it *item[T], o T) {
	old := it.object
	it.object = o
	i.seen = max(i.seen, o.Meta().ResourceVersion)
	if ownerOf(o) != it.owner {
		i.leave(it)
		i.join(it)
	}
	i.index(old, o)
	for n := range i.handlers {
		if h := i.handlers[n].Update; h != nil {
			h(old, o)
		}
	}
}

func (i *Informer[T]) remove(it *item[T], last T) {
	delete(i.items, apiserver.NameOf(last))
	if it.prev == nil {
		i.first = it.next
	} else {
		it.prev.next = it.next
	}
	if it.next == nil {
		i.last = it.prev
	} else {
		it.next.prev = it.prev
	}
	i.leave(it)
	var none T
	i.index(it.object, none)
	for n := range i.handlers {
		if h := i.handlers[n].Delete; h != nil {
			h(last)
		}
	}
}

// ownerOf is what an object is found by among those of its owner.
func ownerOf(o model.Object) string {
	m := o.Meta()
	if c := m.Controller(); c != nil {
		return c.UID
	}
	return "/" + m.Namespace
}

func (i *Informer[T]) join(it *item[T]) {
	it.owner = ownerOf(it.object)
	o, ok := i.owned[it.owner]
	if !ok {
		o = &owned[T]{}
		i.owned[it.owner] = o
	}
	it.position = len(o.items)
	o.items = append(o.items, it)
}

// leave takes an object from those of its owner; the last one takes its place.
func (i *Informer[T]) leave(it *item[T]) {
	o := i.owned[it.owner]
	n := len(o.items) - 1
	o.items[it.position] = o.items[n]
	o.items[it.position].position = it.position
	o.items[n] = nil
	o.items = o.items[:n]
	if n == 0 {
		delete(i.owned, it.owner)
	}
}
