package cache

import (
	"slices"

	"towtank.dev/towtank/model"
)

// shelf holds the objects of one kind, in order of creation as a whole and by namespace.
type shelf[T model.Object] struct {
	all        rows[T]
	namespaces map[string]*rows[T]
	places     map[string]uint64 // by key: when the object came
	arrivals   uint64
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
		s.places, s.namespaces = map[string]uint64{}, map[string]*rows[T]{}
	}
	arrival, there := s.places[key]
	if !there {
		s.arrivals++
		arrival = s.arrivals
		s.places[key] = arrival
	}
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
	arrival, there := s.places[m.Key()]
	if !there {
		return
	}
	delete(s.places, m.Key())
	s.all.remove(arrival)
	if own := s.namespaces[m.Namespace]; own != nil {
		if own.remove(arrival); len(own.objects) == 0 {
			delete(s.namespaces, m.Namespace)
		}
	}
}

// get finds an object by its key; the zero T when it is not there.
func (s *shelf[T]) get(key string) (o T) {
	if arrival, there := s.places[key]; there {
		i, _ := slices.BinarySearch(s.all.arrivals, arrival)
		o = s.all.objects[i]
	}
	return o
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
