package apiserver

import (
	"iter"

	"towtank.dev/towtank/model"
)

// Name identifies an object among those of its kind; Namespace is empty for cluster-scoped kinds.
type Name struct{ Namespace, Name string }

// NameOf is the name of an object.
func NameOf(o model.Object) Name {
	m := o.Meta()
	return Name{m.Namespace, m.Name}
}

// Store holds the objects of one kind in the order of their creation. Only the Server writes to it.
type Store[T model.Object] struct {
	resource    Resource
	entries     map[Name]*entry[T]
	first, last *entry[T]
}

type entry[T model.Object] struct {
	object     T
	prev, next *entry[T]
}

func newStore[T model.Object](kind model.Kind) *Store[T] {
	r, _ := ResourceOf(kind)
	return &Store[T]{resource: r, entries: map[Name]*entry[T]{}}
}

// Len is the number of objects.
func (s *Store[T]) Len() int { return len(s.entries) }

// Resource says how the API calls the kind.
func (s *Store[T]) Resource() Resource { return s.resource }

// Get returns the object of that name and whether there is one.
func (s *Store[T]) Get(namespace, name string) (T, bool) {
	if e, ok := s.entries[Name{namespace, name}]; ok {
		return e.object, true
	}
	var none T
	return none, false
}

// All yields the objects in the order of their creation. The store must not change meanwhile.
func (s *Store[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for e := s.first; e != nil; e = e.next {
			if !yield(e.object) {
				return
			}
		}
	}
}

// List returns the objects in the order of their creation, as a slice of the caller's own.
func (s *Store[T]) List() []T {
	out := make([]T, 0, len(s.entries))
	for o := range s.All() {
		out = append(out, o)
	}
	return out
}

func (s *Store[T]) add(o T) {
	e := &entry[T]{object: o, prev: s.last}
	if s.last == nil {
		s.first = e
	} else {
		s.last.next = e
	}
	s.last = e
	s.entries[NameOf(o)] = e
}

// replace puts o in the place of the object of the same name.
func (s *Store[T]) replace(o T) { s.entries[NameOf(o)].object = o }

func (s *Store[T]) remove(n Name) {
	e := s.entries[n]
	delete(s.entries, n)
	if e.prev == nil {
		s.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		s.last = e.prev
	} else {
		e.next.prev = e.prev
	}
}

// Collection is a Store seen without its type.
type Collection interface {
	Resource() Resource
	Len() int
	// Find returns the object of that name, nil when there is none.
	Find(namespace, name string) model.Object
	// Objects returns all objects in the order of their creation, as a slice of the caller's own.
	Objects() []model.Object

	addObject(model.Object)
	replaceObject(model.Object)
	remove(Name)
}

// Find returns the object of that name, nil when there is none.
func (s *Store[T]) Find(namespace, name string) model.Object {
	if o, ok := s.Get(namespace, name); ok {
		return o
	}
	return nil
}

// Objects returns all objects in the order of their creation, as a slice of the caller's own.
func (s *Store[T]) Objects() []model.Object {
	out := make([]model.Object, 0, len(s.entries))
	for o := range s.All() {
		out = append(out, o)
	}
	return out
}

func (s *Store[T]) addObject(o model.Object)     { s.add(o.(T)) }
func (s *Store[T]) replaceObject(o model.Object) { s.replace(o.(T)) }
