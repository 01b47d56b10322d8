package cache

import (
	"slices"

	"towtank.dev/towtank/model"
)

// shelf holds the objects of one kind, in order of creation as a whole and by namespace.
type shelf[T model.Object] struct {
	all        rows[T]
	namespaces map[string]*rows[T]
	places     map[string]place[T] // by key
	arrivals   uint64
}

// place is an object and when the first of its key came.
type place[T model.Object] struct {
	arrival uint64
	object  T
}

// rows are objects in the order in which they came.
type rows[T model.Object] struct {
	objects  []T
	arrivals []uint64 // ascending, one for each object
}

// set adds an object, or puts it in the place of the one of the same name.
func (s *shelf[T]) set(o T) {
	m := o.Meta()
	key := m.Key()
	if s.places == nil {
		s.places, s.namespaces = map[string]place[T]{}, map[string]*rows[T]{}
	}
	was, there := s.places[key]
	arrival := was.arrival
	if !there {
		s.arrivals++
		arrival = s.arrivals
	}
	s.places[key] = place[T]{arrival, o}
	s.all.set(arrival, o)
	if m.Namespace != "" {
		own := s.namespaces[m.Namespace]
		if own == nil {
			own = &rows[T]{}
			s.namespaces[m.Namespace] = own
		}
		own.set(arrival, o)
	}
}

// remove takes an object out.
func (s *shelf[T]) remove(o T) {
	m := o.Meta()
	was, there := s.places[m.Key()]
	if !there {
		return
	}
	delete(s.places, m.Key())
	s.all.remove(was.arrival)
	if own := s.namespaces[m.Namespace]; own != nil {
		if own.remove(was.arrival); len(own.objects) == 0 {
			delete(s.namespaces, m.Namespace)
		}
	}
}

// get finds an object by its key; the zero T when it is not there.
func (s *shelf[T]) get(key string) T { return s.places[key].object }

// find finds an object of a namespace; the zero T when it is not there.
func (s *shelf[T]) find(namespace, name string) T {
	var space [128]byte // keys are looked up often, and most are shorter
	key := append(append(append(space[:0], namespace...), '/'), name...)
	return s.places[string(key)].object
}

// in lists the objects of one namespace.
func (s *shelf[T]) in(namespace string) []T {
	if own := s.namespaces[namespace]; own != nil {
		return own.objects
	}
	return nil
}

func (r *rows[T]) set(arrival uint64, o T) {
	i, there := slices.BinarySearch(r.arrivals, arrival)
	if there {
		r.objects[i] = o
		return
	}
	r.objects, r.arrivals = append(r.objects, o), append(r.arrivals, arrival)
}

func (r *rows[T]) remove(arrival uint64) {
	if i, there := slices.BinarySearch(r.arrivals, arrival); there {
		r.objects, r.arrivals = slices.Delete(r.objects, i, i+1), slices.Delete(r.arrivals, i, i+1)
	}
}
