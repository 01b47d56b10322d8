package traffic

import (
	"slices"
	"strconv"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/kubelet"
)

// proxy is when the kube-proxies sync their rules.
// Source: kubernetes v1.37.2 pkg/proxy/runner/bounded_frequency_runner.go BoundedFrequencyRunner.
type proxy struct {
	every   time.Duration
	next    sim.Time // when a sync may begin at the earliest
	planned bool
}

// Deliver takes a change of a Service or of a slice. What is headless is none of a proxy's business.
// Source: kubernetes v1.37.2 pkg/proxy/iptables/proxier.go OnServiceUpdate, OnEndpointSliceUpdate;
// cmd/kube-proxy/app/server.go Run (noHeadlessEndpoints).
func (m *Manager) Deliver(now sim.Time, c apiserver.Change) {
	meta := c.Object().Meta()
	name := apiserver.NameOf(c.Object())
	if _, headless := meta.Labels[labelHeadless]; headless {
		return
	}
	switch o := c.Object().(type) {
	case *model.Service:
		if f := m.byService[name]; f != nil {
			f.seen.service = o
			if c.Type == apiserver.Deleted {
				f.seen.service = nil
			}
			f.stale = true
		}
	case *model.EndpointSlice:
		if f := m.byService[apiserver.Name{Namespace: o.Namespace, Name: o.Labels[model.LabelServiceName]}]; f != nil {
			f.seen.take(c.Type == apiserver.Deleted, o)
			f.stale = true
		}
	}
	m.plan(now)
}

const labelHeadless = "service.kubernetes.io/headless"

// plan has the rules synced at once, or as soon as the last sync is long enough ago.
func (m *Manager) plan(now sim.Time) {
	if !m.proxy.planned {
		m.proxy.planned = true
		m.engine.Schedule(max(now, m.proxy.next), sim.Event{Phase: sim.PhaseAct, Actor: m.actor, Op: opSync})
	}
}

// What events are for.
const (
	opBegin uint16 = iota // of the run: clients are there
	opSync                // of the proxies
)

// Handle takes the events that the manager has scheduled.
func (m *Manager) Handle(now sim.Time, ev sim.Event) {
	if ev.Op == opSync {
		m.sync(now)
		return
	}
	for _, f := range m.flows {
		m.spread(now, f)
	}
}

// sync has what is known of Services and slices be what requests go by.
func (m *Manager) sync(now sim.Time) {
	m.proxy.planned = false
	if now > 0 { // what is there when the run begins has been known for long
		m.proxy.next = now.Add(m.proxy.every)
	}
	for _, f := range m.flows {
		if f.stale {
			f.stale = false
			m.advance(now, f)
			for _, s := range f.sources {
				m.take(s, &f.seen)
			}
			m.spread(now, f)
		}
	}
}

// seen is what the proxies know of a Service.
type seen struct {
	service *model.Service
	slices  []*model.EndpointSlice // as they came
}

func (v *seen) take(gone bool, s *model.EndpointSlice) {
	i := slices.IndexFunc(v.slices, func(have *model.EndpointSlice) bool { return have.Name == s.Name })
	switch {
	case gone && i >= 0:
		v.slices = slices.Delete(v.slices, i, i+1)
	case gone:
	case i < 0:
		v.slices = append(v.slices, s)
	default:
		v.slices[i] = s
	}
}

// port is the port of a Service that an entry means: by its name, its number, or the first.
func (v *seen) port(want string) *model.ServicePort {
	if v.service == nil || v.service.Type == "ExternalName" {
		return nil
	}
	for i := range v.service.Ports {
		if p := &v.service.Ports[i]; want == "" || p.Name == want || strconv.Itoa(int(p.Port)) == want {
			return p
		}
	}
	return nil
}

// take takes over the endpoints of an entry's port into the rules.
func (m *Manager) take(s *source, v *seen) {
	s.service, s.endpoints = v.service, s.endpoints[:0:0]
	port := v.port(s.Port)
	if port == nil {
		return
	}
	for _, slice := range v.slices {
		for i := range slice.Ports {
			if slice.Ports[i].Name != port.Name {
				continue
			}
			for j := range slice.Endpoints {
				if e := m.endpoint(s, &slice.Endpoints[j], slice.Ports[i].Port); !e.listed {
					e.listed = true
					s.endpoints = append(s.endpoints, e)
				}
			}
		}
	}
	for _, e := range s.endpoints {
		e.listed = false
	}
}

// endpoint is an endpoint of an entry, known already or new.
func (m *Manager) endpoint(s *source, object *model.Endpoint, port int32) *endpoint {
	key := object.Target.UID
	if key == "" && len(object.Addresses) > 0 {
		key = object.Addresses[0]
	}
	if e := s.byKey[key]; e != nil {
		e.object = object
		return e
	}
	e := &endpoint{source: s, object: object, key: key, node: object.NodeName, runs: true}
	s.byKey[key] = e
	s.known = append(s.known, e)
	m.onNode[e.node] = append(m.onNode[e.node], e)
	if object.Target.Kind != model.KindPod {
		return e // somebody outside the cluster, who always answers
	}
	e.runs, e.uid = false, key
	if pod, ok := m.api.Pods.Get(object.Target.Namespace, object.Target.Name); ok && pod.UID == key {
		e.pod, e.container = pod, containerOf(pod, port)
		e.uid = kubelet.UIDOf(pod)
		e.runs = m.kubelets.ContainerRuns(e.uid, e.container)
	}
	m.pods[e.uid] = append(m.pods[e.uid], e)
	return e
}

// containerOf is the number of the container of a pod that listens on a port: a regular one or a sidecar that
// names it, else the first regular one. Init containers count first.
func containerOf(pod *model.Pod, port int32) int {
	names := func(c *model.Container) bool {
		return slices.ContainsFunc(c.Ports, func(p model.ContainerPort) bool { return p.ContainerPort == port })
	}
	inits := len(pod.Spec.InitContainers)
	for i := range pod.Spec.Containers {
		if names(&pod.Spec.Containers[i]) {
			return inits + i
		}
	}
	for i := range pod.Spec.InitContainers {
		if c := &pod.Spec.InitContainers[i]; c.Sidecar() && names(c) {
			return i
		}
	}
	return inits
}
