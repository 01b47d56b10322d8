package cache

import (
	"slices"

	"towtank.dev/towtank/model"
)

// offers sorts persistent volumes by who could get them.
type offers struct {
	// unclaimed are volumes without a claim by class, reserved those with one by the claim.
	unclaimed, reserved map[string]*rows[*model.PersistentVolume]
}

// classAnnotation names a volume's class before its field does.
// Source: kubernetes v1.37.2 component-helpers storage/volume/helpers.go GetPersistentVolumeClass.
const classAnnotation = "volume.beta.kubernetes.io/storage-class"

// list finds the list that a volume belongs to, and its key there.
func (f *offers) list(v *model.PersistentVolume) (map[string]*rows[*model.PersistentVolume], string) {
	if f.unclaimed == nil {
		f.unclaimed, f.reserved = map[string]*rows[*model.PersistentVolume]{}, map[string]*rows[*model.PersistentVolume]{}
	}
	if v.ClaimName != "" {
		return f.reserved, v.ClaimNamespace + "/" + v.ClaimName
	}
	if class, has := v.Annotations[classAnnotation]; has {
		return f.unclaimed, class
	}
	return f.unclaimed, v.StorageClass
}

func (f *offers) set(arrival uint64, v *model.PersistentVolume) {
	lists, key := f.list(v)
	if lists[key] == nil {
		lists[key] = &rows[*model.PersistentVolume]{}
	}
	lists[key].put(arrival, v)
}

func (f *offers) remove(arrival uint64, v *model.PersistentVolume) {
	lists, key := f.list(v)
	if lists[key].remove(arrival); len(lists[key].objects) == 0 {
		delete(lists, key)
	}
}

// put is set where an older object may come back.
func (r *rows[T]) put(arrival uint64, o T) {
	i, there := slices.BinarySearch(r.arrivals, arrival)
	if there {
		r.objects[i] = o
		return
	}
	r.objects, r.arrivals = slices.Insert(r.objects, i, o), slices.Insert(r.arrivals, i, arrival)
}

// volume sets or removes a persistent volume.
func (s *Objects) volume(v *model.PersistentVolume, stays bool) {
	if was, there := s.volumes.places[v.Key()]; there {
		s.offers.remove(was.arrival, was.object)
	}
	if put(&s.volumes, v, stays); stays {
		s.offers.set(s.volumes.places[v.Key()].arrival, v)
	}
}

// PersistentVolumesFor are the persistent volumes of a class that no claim has, and those that are
// reserved for the claim, in order of creation.
func (s *Objects) PersistentVolumesFor(class, namespace, claim string) []*model.PersistentVolume {
	free, own := s.offers.unclaimed[class], s.offers.reserved[namespace+"/"+claim]
	switch {
	case own == nil && free == nil:
		return nil
	case own == nil:
		return free.objects
	case free == nil:
		return own.objects
	}
	both := rows[*model.PersistentVolume]{objects: slices.Clone(free.objects), arrivals: slices.Clone(free.arrivals)}
	for i, v := range own.objects {
		both.put(own.arrivals[i], v)
	}
	return both.objects
}
