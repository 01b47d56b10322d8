package manifest

import (
	v1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"towtank.dev/towtank/model"
)

func (c clock) endpointSlice(s *discoveryv1.EndpointSlice) *model.EndpointSlice {
	out := &model.EndpointSlice{
		ObjectMeta: c.meta(&s.ObjectMeta), AddressType: string(s.AddressType), Endpoints: each(s.Endpoints, endpoint),
		Ports: each(s.Ports, func(p *discoveryv1.EndpointPort) model.EndpointPort {
			out := model.EndpointPort{Name: text(p.Name), Protocol: text(p.Protocol)}
			if p.Port != nil {
				out.Port = *p.Port
			}
			return out
		}),
	}
	out.Source = s
	return out
}

// endpoint reads conditions that are not given as their documentation says: ready and serving, not terminating.
// Source: kubernetes v1.37.2 api discovery/v1/types.go EndpointConditions.
func endpoint(e *discoveryv1.Endpoint) model.Endpoint {
	out := model.Endpoint{Addresses: e.Addresses, NodeName: text(e.NodeName), Zone: text(e.Zone), Hostname: text(e.Hostname)}
	out.Ready = e.Conditions.Ready == nil || *e.Conditions.Ready
	out.Serving = out.Ready
	if e.Conditions.Serving != nil {
		out.Serving = *e.Conditions.Serving
	}
	out.Terminating = e.Conditions.Terminating != nil && *e.Conditions.Terminating
	if e.TargetRef != nil {
		out.Target = reference(e.TargetRef)
	}
	if h := e.Hints; h != nil {
		out.ForZones = each(h.ForZones, func(z *discoveryv1.ForZone) string { return z.Name })
		out.ForNodes = each(h.ForNodes, func(n *discoveryv1.ForNode) string { return n.Name })
	}
	return out
}

func toEndpoint(e *model.Endpoint) discoveryv1.Endpoint {
	out := discoveryv1.Endpoint{
		Addresses: e.Addresses, NodeName: pointer[string](e.NodeName), Zone: pointer[string](e.Zone), Hostname: pointer[string](e.Hostname),
		Conditions: discoveryv1.EndpointConditions{Ready: &e.Ready, Serving: &e.Serving, Terminating: &e.Terminating},
	}
	if e.Target.Kind != "" {
		to := toReference(&e.Target)
		to.APIVersion = ""
		out.TargetRef = &to
	}
	if len(e.ForZones)+len(e.ForNodes) > 0 {
		out.Hints = &discoveryv1.EndpointHints{
			ForZones: each(e.ForZones, func(z *string) discoveryv1.ForZone { return discoveryv1.ForZone{Name: *z} }),
			ForNodes: each(e.ForNodes, func(n *string) discoveryv1.ForNode { return discoveryv1.ForNode{Name: *n} }),
		}
	}
	return out
}

func (c clock) toEndpointSlice(s *model.EndpointSlice) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		TypeMeta: typeMeta(model.KindEndpointSlice), ObjectMeta: c.toMeta(&s.ObjectMeta), AddressType: discoveryv1.AddressType(s.AddressType),
		Endpoints: each(s.Endpoints, toEndpoint),
		Ports: each(s.Ports, func(p *model.EndpointPort) discoveryv1.EndpointPort {
			protocol := v1.Protocol(p.Protocol)
			return discoveryv1.EndpointPort{Name: &p.Name, Protocol: &protocol, Port: &p.Port}
		}),
	}
}
