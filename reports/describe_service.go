package reports

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeService.
var serviceDescription = description{model.KindService, func(d *Describer, s *sheet, o model.Object) {
	svc := o.(*model.Service)
	s.head(&svc.ObjectMeta)
	s.marks(&svc.ObjectMeta)
	s.put(0, "Selector:\t%s", equalities(svc.Selector))
	s.put(0, "Type:\t%s", svc.Type)
	d.families(s, svc)
	s.put(0, "IP:\t%s", svc.ClusterIP)
	s.put(0, "IPs:\t%s", orNone(orWord(d.written(svc, "spec", "clusterIPs"), svc.ClusterIP)))
	s.maybe("External IPs", d.written(svc, "spec", "externalIPs"))
	s.maybe("Desired LoadBalancer IP", d.written(svc, "spec", "loadBalancerIP"))
	s.maybe("External Name", svc.ExternalName)
	slices := d.slicesOf(svc)
	for i := range svc.Ports {
		describeServicePort(s, &svc.Ports[i], slices)
	}
	s.put(0, "Session Affinity:\t%s", svc.SessionAffinity)
	s.maybe("External Traffic Policy", svc.ExternalTrafficPolicy)
	s.maybe("Internal Traffic Policy", svc.InternalTrafficPolicy)
	s.maybe("Traffic Distribution", svc.TrafficDistribution)
	d.events(s)
}}

// families are what the API server of a cluster of one family gives a service that does not say.
// Source: kubernetes v1.37.2 pkg/registry/core/service/storage/alloc.go initIPFamilyFields.
func (d *Describer) families(s *sheet, svc *model.Service) {
	policy, families := d.written(svc, "spec", "ipFamilyPolicy"), d.written(svc, "spec", "ipFamilies")
	if svc.Type != "ExternalName" {
		policy, families = orWord(policy, "SingleStack"), orWord(families, "IPv4")
	}
	s.maybe("IP Family Policy", policy)
	s.put(0, "IP Families:\t%s", orNone(families))
}

func (d *Describer) slicesOf(svc *model.Service) []*model.EndpointSlice {
	var out []*model.EndpointSlice
	for _, slice := range objectsOf[*model.EndpointSlice](d, model.KindEndpointSlice, svc.Namespace) {
		if slice.Labels[model.LabelServiceName] == svc.Name {
			out = append(out, slice)
		}
	}
	return out
}

func describeServicePort(s *sheet, p *model.ServicePort, slices []*model.EndpointSlice) {
	name := orWord(p.Name, unsetWord)
	s.put(0, "Port:\t%s\t%d/%s", name, p.Port, p.Protocol)
	s.put(0, "TargetPort:\t%s/%s", p.TargetPort, p.Protocol)
	if p.NodePort != 0 {
		s.put(0, "NodePort:\t%s\t%d/%s", name, p.NodePort, p.Protocol)
	}
	s.put(0, "Endpoints:\t%s", endpointsText(slices, p.Name))
}

// endpointsText lists the first ready endpoints of a port, and says how many more there are.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go formatEndpointSlices.
func endpointsText(slices []*model.EndpointSlice, port string) string {
	if len(slices) == 0 {
		return noneWord
	}
	const most = 3
	var list []string
	for _, slice := range slices {
		for i := range slice.Ports {
			if slice.Ports[i].Name == port {
				list = append(list, readyAddresses(slice, ":"+strconv.Itoa(int(slice.Ports[i].Port)))...)
			}
		}
		if len(slice.Ports) == 0 {
			list = append(list, readyAddresses(slice, "")...)
		}
	}
	if len(list) > most {
		return fmt.Sprintf("%s + %d more...", strings.Join(list[:most], ","), len(list)-most)
	}
	return strings.Join(list, ",")
}

// readyAddresses are the first addresses of the endpoints that are ready, with a port behind.
func readyAddresses(slice *model.EndpointSlice, port string) []string {
	var out []string
	for i := range slice.Endpoints {
		if e := &slice.Endpoints[i]; e.Ready && len(e.Addresses) > 0 {
			address := e.Addresses[0]
			if port != "" {
				address = net.JoinHostPort(address, port[1:])
			}
			out = append(out, address)
		}
	}
	return out
}
