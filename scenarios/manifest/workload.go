package manifest

import (
	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"towtank.dev/towtank/model"
)

func (c clock) service(s *v1.Service) *model.Service {
	out := &model.Service{ObjectMeta: c.meta(&s.ObjectMeta), Selector: s.Spec.Selector, ClusterIP: s.Spec.ClusterIP}
	out.Source = s
	for i := range s.Spec.Ports {
		p := &s.Spec.Ports[i]
		out.Ports = append(out.Ports, model.ServicePort{Name: p.Name, Protocol: string(p.Protocol), Port: p.Port, TargetPort: p.TargetPort.String()})
	}
	return out
}

func (c clock) toService(s *model.Service) *v1.Service {
	out := &v1.Service{}
	source, ok := s.Source.(*v1.Service)
	if ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindService), c.toMeta(&s.ObjectMeta)
	out.Spec.Selector, out.Spec.ClusterIP = s.Selector, s.ClusterIP
	if ok {
		return out // ports do not change but by patches, which make a new source
	}
	for i := range s.Ports {
		p := &s.Ports[i]
		out.Spec.Ports = append(out.Spec.Ports, v1.ServicePort{
			Name: p.Name, Protocol: v1.Protocol(p.Protocol), Port: p.Port, TargetPort: intstr.Parse(p.TargetPort),
		})
	}
	return out
}

func (c clock) replicationController(r *v1.ReplicationController) *model.ReplicationController {
	out := &model.ReplicationController{ObjectMeta: c.meta(&r.ObjectMeta), Selector: r.Spec.Selector, Replicas: *r.Spec.Replicas}
	out.Source = r
	return out
}

func (c clock) toReplicationController(r *model.ReplicationController) *v1.ReplicationController {
	out := &v1.ReplicationController{}
	if source, ok := r.Source.(*v1.ReplicationController); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindReplicationController), c.toMeta(&r.ObjectMeta)
	out.Spec.Selector, out.Spec.Replicas = r.Selector, &r.Replicas
	return out
}

func (c clock) replicaSet(r *appsv1.ReplicaSet) *model.ReplicaSet {
	out := &model.ReplicaSet{ObjectMeta: c.meta(&r.ObjectMeta), Selector: selector(r.Spec.Selector), Replicas: *r.Spec.Replicas}
	out.Source = r
	return out
}

func (c clock) toReplicaSet(r *model.ReplicaSet) *appsv1.ReplicaSet {
	out := &appsv1.ReplicaSet{}
	source, ok := r.Source.(*appsv1.ReplicaSet)
	if ok {
		*out = *source
	} else {
		out.Spec.Selector = toSelector(r.Selector)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindReplicaSet), c.toMeta(&r.ObjectMeta)
	out.Spec.Replicas = &r.Replicas
	return out
}

func (c clock) statefulSet(s *appsv1.StatefulSet) *model.StatefulSet {
	out := &model.StatefulSet{ObjectMeta: c.meta(&s.ObjectMeta), Selector: selector(s.Spec.Selector), Replicas: *s.Spec.Replicas}
	out.Source = s
	return out
}

func (c clock) toStatefulSet(s *model.StatefulSet) *appsv1.StatefulSet {
	out := &appsv1.StatefulSet{}
	source, ok := s.Source.(*appsv1.StatefulSet)
	if ok {
		*out = *source
	} else {
		out.Spec.Selector = toSelector(s.Selector)
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindStatefulSet), c.toMeta(&s.ObjectMeta)
	out.Spec.Replicas = &s.Replicas
	return out
}
