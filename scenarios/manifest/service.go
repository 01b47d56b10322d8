package manifest

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"towtank.dev/towtank/model"
)

func (c clock) service(s *v1.Service) *model.Service {
	out := &model.Service{
		ObjectMeta: c.meta(&s.ObjectMeta), Selector: s.Spec.Selector, ClusterIP: s.Spec.ClusterIP, Type: string(s.Spec.Type),
		SessionAffinity: string(s.Spec.SessionAffinity), InternalTrafficPolicy: text(s.Spec.InternalTrafficPolicy),
		ExternalTrafficPolicy: string(s.Spec.ExternalTrafficPolicy), TrafficDistribution: text(s.Spec.TrafficDistribution),
		ExternalName: s.Spec.ExternalName, PublishNotReadyAddresses: s.Spec.PublishNotReadyAddresses,
	}
	if a := s.Spec.SessionAffinityConfig; a != nil && a.ClientIP != nil && a.ClientIP.TimeoutSeconds != nil {
		out.AffinitySeconds = *a.ClientIP.TimeoutSeconds
	}
	out.Source = s
	for i := range s.Spec.Ports {
		p := &s.Spec.Ports[i]
		out.Ports = append(out.Ports, model.ServicePort{Name: p.Name, Protocol: string(p.Protocol), Port: p.Port, TargetPort: p.TargetPort.String(), NodePort: p.NodePort})
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
	out.Spec.Selector, out.Spec.ClusterIP, out.Spec.Type = s.Selector, s.ClusterIP, v1.ServiceType(s.Type)
	if s.ClusterIP != "" {
		out.Spec.ClusterIPs = []string{s.ClusterIP}
	}
	if ok {
		return out // ports do not change but by patches, which make a new source
	}
	out.Spec.SessionAffinity, out.Spec.InternalTrafficPolicy = v1.ServiceAffinity(s.SessionAffinity), pointer[v1.ServiceInternalTrafficPolicy](s.InternalTrafficPolicy)
	out.Spec.ExternalTrafficPolicy, out.Spec.TrafficDistribution = v1.ServiceExternalTrafficPolicy(s.ExternalTrafficPolicy), pointer[string](s.TrafficDistribution)
	out.Spec.ExternalName, out.Spec.PublishNotReadyAddresses = s.ExternalName, s.PublishNotReadyAddresses
	if s.AffinitySeconds != 0 {
		out.Spec.SessionAffinityConfig = &v1.SessionAffinityConfig{ClientIP: &v1.ClientIPConfig{TimeoutSeconds: &s.AffinitySeconds}}
	}
	for i := range s.Ports {
		p := &s.Ports[i]
		out.Spec.Ports = append(out.Spec.Ports, v1.ServicePort{
			Name: p.Name, Protocol: v1.Protocol(p.Protocol), Port: p.Port, TargetPort: intstr.Parse(p.TargetPort), NodePort: p.NodePort,
		})
	}
	return out
}
