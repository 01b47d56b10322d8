package apiserver

import "towtank.dev/towtank/model"

// Scale is the size of a workload, whatever its kind.
type Scale struct {
	// Replicas is how many pods it asks for, Current how many there are.
	Replicas int32
	Current  int32
	// Selector takes its pods.
	Selector *model.Selector
}

// Scale returns the size of a workload: what the scale subresource gives. Kinds without one are NotFound.
// Source: kubernetes v1.37.2 pkg/registry/apps/deployment/storage/storage.go ScaleREST, and its likes.
func (s *Server) Scale(kind model.Kind, namespace, name string) (Scale, error) {
	o, err := s.scaled(kind, namespace, name)
	if err != nil {
		return Scale{}, err
	}
	switch o := o.(type) {
	case *model.Deployment:
		return Scale{o.Replicas, o.Status.Replicas, o.Selector}, nil
	case *model.ReplicaSet:
		return Scale{o.Replicas, o.Status.Replicas, o.Selector}, nil
	case *model.StatefulSet:
		return Scale{o.Replicas, o.Status.Replicas, o.Selector}, nil
	case *model.ReplicationController:
		return Scale{o.Replicas, o.Status.Replicas, model.SelectorOf(o.Selector)}, nil
	}
	return Scale{}, &StatusError{NotFound, "the server could not find the requested resource"}
}

// SetScale asks a workload for another number of pods. Nothing is written when it asks for as many.
func (s *Server) SetScale(kind model.Kind, namespace, name string, replicas int32) error {
	o, err := s.scaled(kind, namespace, name)
	if err != nil {
		return err
	}
	o = Copy(o)
	var size *int32
	switch o := o.(type) {
	case *model.Deployment:
		size = &o.Replicas
	case *model.ReplicaSet:
		size = &o.Replicas
	case *model.StatefulSet:
		size = &o.Replicas
	case *model.ReplicationController:
		size = &o.Replicas
	default:
		return &StatusError{NotFound, "the server could not find the requested resource"}
	}
	if *size == replicas {
		return nil
	}
	*size = replicas
	return s.Update(o)
}

func (s *Server) scaled(kind model.Kind, namespace, name string) (model.Object, error) {
	store := s.Collection(kind)
	if store == nil {
		return nil, &StatusError{NotFound, "the server could not find the requested resource"}
	}
	o := store.Find(namespace, name)
	if o == nil {
		return nil, notFound(store.Resource(), name)
	}
	return o, nil
}
