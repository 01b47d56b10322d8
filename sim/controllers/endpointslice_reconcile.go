package controllers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// sliceChanges are the writes that bring the slices of a Service up to date.
type sliceChanges struct {
	create []*model.EndpointSlice
	update []*model.EndpointSlice
	remove []*model.EndpointSlice
}

// reconcile compares the slices that a Service has with those that it should have, ports by ports.
// Source: endpointslice v0.37.2 reconciler.go reconcileByAddressType.
func (c *endpointSlices) reconcile(s *model.Service, existing []*model.EndpointSlice) (out sliceChanges) {
	have, want, ports := map[string][]*model.EndpointSlice{}, map[string][]model.Endpoint{}, map[string][]model.EndpointPort{}
	for _, e := range existing {
		key := portKey(e.Ports)
		have[key] = append(have[key], e)
	}
	e := c.matched[apiserver.NameOf(s)]
	for _, name := range e.names {
		p := e.pods[name]
		if p.Terminal() || p.Status.PodIP == "" {
			continue
		}
		node, there := c.manager.API.Nodes.Get("", p.NodeName)
		if !there && !s.PublishNotReadyAddresses {
			continue
		}
		list := portsOf(s, p)
		key := portKey(list)
		want[key], ports[key] = append(want[key], endpointOf(s, p, node)), list
	}
	for _, key := range sortedNames(want) {
		out.merge(c.fill(s, have[key], want[key], ports[key]))
	}
	for _, key := range sortedNames(have) {
		if _, wanted := want[key]; !wanted {
			out.remove = append(out.remove, have[key]...)
		}
	}
	if len(existing) == len(out.remove) && len(out.create) == 0 {
		empty := len(out.remove) == 1 && len(out.remove[0].Endpoints) == 0 && len(out.remove[0].Ports) == 0
		if empty {
			out.remove = nil
		} else {
			out.create = append(out.create, newSlice(s, nil))
		}
	}
	return out
}

func (s *sliceChanges) merge(o sliceChanges) {
	s.create, s.update, s.remove = append(s.create, o.create...), append(s.update, o.update...), append(s.remove, o.remove...)
}

// fill keeps endpoints in the slices they are in, takes out those that are gone, and puts new ones into slices
// that change anyway, then into one that has room for all of them, then into new ones.
// Source: endpointslice v0.37.2 reconciler.go reconcileByPortMapping.
func (c *endpointSlices) fill(s *model.Service, existing []*model.EndpointSlice, want []model.Endpoint, ports []model.EndpointPort) (out sliceChanges) {
	left := map[string]model.Endpoint{}
	for _, e := range want {
		left[e.Target.UID] = e
	}
	var unchanged []*model.EndpointSlice
	for _, old := range existing {
		var kept []model.Endpoint
		changed := false
		for i := range old.Endpoints {
			e, wanted := left[old.Endpoints[i].Target.UID]
			if wanted {
				kept = append(kept, e)
				changed = changed || !sameEndpoint(&e, &old.Endpoints[i])
				delete(left, e.Target.UID)
			}
		}
		switch {
		case !changed && len(kept) == len(old.Endpoints):
			unchanged = append(unchanged, old)
		case len(kept) == 0:
			out.remove = append(out.remove, old)
		default:
			out.update = append(out.update, withEndpoints(old, kept))
		}
	}
	rest := slices.DeleteFunc(slices.Clone(want), func(e model.Endpoint) bool { _, ok := left[e.Target.UID]; return !ok })
	slices.SortStableFunc(out.update, func(a, b *model.EndpointSlice) int { return cmp.Compare(len(b.Endpoints), len(a.Endpoints)) })
	for _, slice := range out.update {
		rest = put(slice, rest)
	}
	for len(rest) > 0 {
		slice := roomFor(unchanged, len(rest))
		if slice == nil {
			slice = newSlice(s, ports)
			out.create = append(out.create, slice)
		} else {
			unchanged = slices.DeleteFunc(unchanged, func(u *model.EndpointSlice) bool { return u == slice })
			slice = withEndpoints(slice, slices.Clone(slice.Endpoints))
			out.update = append(out.update, slice)
		}
		rest = put(slice, rest)
	}
	return out
}

// put adds endpoints to a slice while it has room, and returns the others.
func put(slice *model.EndpointSlice, rest []model.Endpoint) []model.Endpoint {
	n := min(len(rest), max(0, maxEndpoints-len(slice.Endpoints)))
	slice.Endpoints = append(slice.Endpoints, rest[:n]...)
	return rest[n:]
}

// roomFor is the fullest slice into which so many endpoints fit.
// Source: endpointslice v0.37.2 utils.go getSliceToFill.
func roomFor(list []*model.EndpointSlice, n int) (best *model.EndpointSlice) {
	if n >= maxEndpoints {
		return nil
	}
	closest := maxEndpoints
	for _, s := range list {
		if room := maxEndpoints - n - len(s.Endpoints); room >= 0 && room < closest {
			closest, best = room, s
		}
	}
	return best
}

func withEndpoints(s *model.EndpointSlice, endpoints []model.Endpoint) *model.EndpointSlice {
	out := apiserver.Copy(s).(*model.EndpointSlice)
	out.Endpoints = endpoints
	return out
}

// newSlice is an empty slice of a Service.
// Source: endpointslice v0.37.2 utils.go newEndpointSlice, setEndpointSliceLabels.
func newSlice(s *model.Service, ports []model.EndpointPort) *model.EndpointSlice {
	labels := map[string]string{}
	for k, v := range s.Labels {
		labels[k] = v
	}
	labels[model.LabelServiceName], labels[model.LabelManagedBy] = s.Name, managedBySlices
	if s.ClusterIP == "None" {
		labels["service.kubernetes.io/headless"] = ""
	}
	return &model.EndpointSlice{ObjectMeta: model.ObjectMeta{GenerateName: s.Name + "-", Namespace: s.Namespace, Labels: labels,
		Owners: []model.OwnerReference{controllerRef("v1", s)}}, AddressType: "IPv4", Ports: ports}
}

// endpointOf is a pod as an endpoint.
// Source: endpointslice v0.37.2 utils.go podToEndpoint.
func endpointOf(s *model.Service, p *model.Pod, node *model.Node) model.Endpoint {
	e := model.Endpoint{Addresses: []string{p.Status.PodIP}, Serving: ready(p), Terminating: p.Deleting, NodeName: p.NodeName,
		Target: model.ObjectReference{Kind: model.KindPod, Namespace: p.Namespace, Name: p.Name, UID: p.UID}}
	e.Ready = s.PublishNotReadyAddresses || e.Serving && !e.Terminating
	if node == nil {
		return e
	}
	e.Zone = node.Labels[model.LabelZone]
	switch s.TrafficDistribution {
	case "PreferClose", "PreferSameZone":
		if e.Zone != "" && e.Ready {
			e.ForZones = []string{e.Zone}
		}
	case "PreferSameNode":
		if e.Ready {
			e.ForNodes = []string{p.NodeName}
			if e.Zone != "" {
				e.ForZones = []string{e.Zone}
			}
		}
	}
	return e
}

func sameEndpoint(a, b *model.Endpoint) bool {
	return a.Ready == b.Ready && a.Serving == b.Serving && a.Terminating == b.Terminating && a.NodeName == b.NodeName &&
		a.Zone == b.Zone && a.Target == b.Target && slices.Equal(a.Addresses, b.Addresses) && slices.Equal(a.ForZones, b.ForZones) &&
		slices.Equal(a.ForNodes, b.ForNodes)
}

// portsOf are the ports of a Service as a pod has them; one that the pod does not name is left out.
// Source: endpointslice v0.37.2 utils.go getEndpointPorts, FindPort.
func portsOf(s *model.Service, p *model.Pod) (out []model.EndpointPort) {
	for _, port := range s.Ports {
		if n, ok := targetPort(port, p); ok {
			out = append(out, model.EndpointPort{Name: port.Name, Protocol: port.Protocol, Port: n})
		}
	}
	return out
}

func targetPort(port model.ServicePort, p *model.Pod) (int32, bool) {
	if n, err := strconv.ParseInt(port.TargetPort, 10, 32); err == nil && n > 0 {
		return int32(n), true
	}
	if port.TargetPort == "" || port.TargetPort == "0" {
		return port.Port, true
	}
	containers := slices.Clone(p.Spec.Containers)
	for i := range p.Spec.InitContainers {
		if p.Spec.InitContainers[i].Sidecar() {
			containers = append(containers, p.Spec.InitContainers[i])
		}
	}
	for i := range containers {
		for _, c := range containers[i].Ports {
			if c.Name == port.TargetPort && c.Protocol == port.Protocol {
				return c.ContainerPort, true
			}
		}
	}
	return 0, false
}

// portKey is the same for ports that are.
func portKey(ports []model.EndpointPort) string {
	var parts []string
	for _, p := range ports {
		parts = append(parts, fmt.Sprintf("%s/%s/%d", p.Name, p.Protocol, p.Port))
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// finalize writes: slices that would be deleted are used for those that would be created.
// Source: endpointslice v0.37.2 reconciler.go finalize.
func (c *endpointSlices) finalize(s *model.Service, ch sliceChanges) error {
	key := apiserver.NameOf(s)
	for len(ch.remove) > 0 && len(ch.create) > 0 {
		last := len(ch.create) - 1
		reused := withEndpoints(ch.remove[0], ch.create[last].Endpoints)
		reused.Ports, reused.Labels = ch.create[last].Ports, ch.create[last].Labels
		ch.update = append(ch.update, reused)
		ch.create, ch.remove = ch.create[:last], ch.remove[1:]
	}
	if !s.Deleting {
		for _, slice := range ch.create {
			made, err := c.loop.Create(slice)
			if isTerminatingNamespace(err) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("failed to create EndpointSlice for Service %s/%s: %w", s.Namespace, s.Name, err)
			}
			c.wrote.WroteAt(key, s.UID, made)
		}
	}
	for _, slice := range ch.update {
		written, err := c.loop.Update(slice)
		if err != nil {
			return fmt.Errorf("failed to update %s EndpointSlice for Service %s/%s: %w", slice.Name, s.Namespace, s.Name, err)
		}
		c.wrote.WroteAt(key, s.UID, written)
	}
	for _, slice := range ch.remove {
		err := c.loop.Delete(model.KindEndpointSlice, slice.Namespace, slice.Name, apiserver.DeleteOptions{})
		if err != nil && !apiserver.Is(err, apiserver.NotFound) {
			return fmt.Errorf("failed to delete %s EndpointSlice for Service %s/%s: %w", slice.Name, s.Namespace, s.Name, err)
		}
	}
	return nil
}
