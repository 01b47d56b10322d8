package traffic

import (
	"fmt"
	"math"

	"towtank.dev/towtank/sim"
)

// group is clients whose proxies send requests to the same endpoints.
type group struct {
	nodes  []*node
	weight float64 // their part of the requests
	list   []*endpoint
	// alone: the node is cut off, and reaches nothing but what is on it. lost: no node lets requests in.
	alone *node
	lost  bool
}

// fate is what becomes of an entry's requests: parts of 1, what is left being answered.
type fate struct {
	asking                  bool // there are clients
	none, gone, unreachable float64
}

// spread works out anew to which endpoints the requests to a Service go, and what becomes of them.
func (m *Manager) spread(now sim.Time, f *flow) {
	m.advance(now, f)
	f.byNode = false
	for _, s := range f.sources {
		alike := false
		s.groups, alike = m.group(s)
		f.byNode = f.byNode || !alike || s.From.Node != "" || s.From.Selector != nil
		m.judge(s)
		m.tell(now, s)
		m.forget(s)
	}
	f.usable, f.dirty = f.count(), false
}

// isOutside says whether the clients of an entry are outside the cluster.
func (s *source) isOutside() bool {
	return s.From.Where == Outside || s.From.Where == ByType && s.service != nil && s.service.ExternalTrafficPolicy != ""
}

// isLocal says whether requests stay on the node by way of which they come.
func (s *source) isLocal() bool {
	switch {
	case s.service == nil:
		return false
	case s.isOutside():
		return s.service.ExternalTrafficPolicy == "Local"
	}
	return s.service.InternalTrafficPolicy == "Local"
}

// group finds who sends requests where. Where all do alike, it does not matter which nodes there are, as long as
// there are any.
func (m *Manager) group(s *source) (groups []group, alike bool) {
	outside, local := s.isOutside(), s.isLocal()
	near := sameNode
	if !local {
		near = hinted(s.endpoints)
	}
	clients := m.clients(s, outside)
	if outside && local && s.service.Type == "LoadBalancer" {
		clients = s.withEndpoints(clients)
		if len(clients) == 0 {
			return []group{{weight: 1}}, false // the balancer has nowhere to send them
		}
	}
	switch {
	case len(clients) == 0 && outside:
		return []group{{weight: 1, lost: true}}, false
	case len(clients) == 0:
		return nil, false // there is nobody who asks
	case near == anywhere && m.cluster.cuts == 0:
		return []group{{nodes: clients, weight: 1, list: usable(s.endpoints, spot{}, false)}}, true
	}
	at := map[string]int{}
	for _, n := range clients {
		if n.cut {
			groups = append(groups, group{nodes: []*node{n}, alone: n, list: s.frozen[n]})
			continue
		}
		key := ""
		switch near {
		case sameZone:
			key = n.zone()
		case sameNode:
			key = n.object.Name
		}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, group{list: usable(s.endpoints, n.spot(), local)})
		}
		groups[i].nodes = append(groups[i].nodes, n)
	}
	for i := range groups {
		groups[i].weight = float64(len(groups[i].nodes)) / float64(len(clients))
	}
	return groups, false
}

func (n *node) spot() spot { return spot{n.object.Name, n.zone()} }

// withEndpoints are the nodes to which a load balancer sends requests that stay on the node: those that have
// usable endpoints.
// Source: kubernetes v1.37.2 pkg/proxy/healthcheck/service_health.go ServeHTTP.
func (s *source) withEndpoints(clients []*node) (out []*node) {
	for _, n := range clients {
		if len(usable(s.endpoints, n.spot(), true)) > 0 {
			out = append(out, n)
		}
	}
	return out
}

// judge works out what becomes of the requests of an entry, and the next share of each endpoint.
func (m *Manager) judge(s *source) {
	for _, e := range s.known {
		e.next = 0
	}
	s.fate = fate{asking: len(s.groups) > 0}
	for i := range s.groups {
		g := &s.groups[i]
		switch {
		case g.lost:
			s.fate.unreachable += g.weight
			continue
		case len(g.list) == 0:
			s.fate.none += g.weight
			continue
		}
		gone, unreachable := 0, 0
		for _, e := range g.list {
			switch {
			case !m.reaches(g, e):
				unreachable++
				continue
			case !e.runs:
				gone++
			}
			e.next += g.weight / float64(len(g.list))
		}
		s.fate.gone += g.weight * float64(gone) / float64(len(g.list))
		s.fate.unreachable += g.weight * float64(unreachable) / float64(len(g.list))
	}
	s.most = 0
	sent := 0.0
	for _, e := range s.known {
		s.most = max(s.most, e.next)
		sent += e.next
	}
	if all := sent + s.fate.none + s.fate.unreachable; s.fate.asking && math.Abs(all-1) > 1e-9 {
		panic(fmt.Sprintf("traffic: of the requests to %s/%s %v of 1 are spread", s.Namespace, s.Service, all))
	}
}

// reaches says whether requests of a group come as far as an endpoint's node.
func (m *Manager) reaches(g *group, e *endpoint) bool {
	if e.node == "" {
		return g.alone == nil
	}
	n := m.cluster.nodes[e.node]
	switch {
	case n == nil || n.off:
		return false
	case g.alone != nil:
		return g.alone == n
	}
	return !n.cut
}

// tell has the shares be the next ones, and says so beforehand of the pods for which that is a change.
func (m *Manager) tell(now sim.Time, s *source) {
	for _, e := range s.known {
		if e.next == e.share || e.pod == nil {
			continue
		}
		for _, changing := range m.changing {
			changing(now, e.pod)
		}
	}
	for _, e := range s.known {
		e.share = e.next
	}
}

// count is the number of endpoints to which somebody is sent.
func (f *flow) count() int {
	n := 0
	used := map[string]bool{}
	for _, s := range f.sources {
		for i := range s.groups {
			if len(s.groups) == 1 && len(f.sources) == 1 {
				return len(s.groups[i].list)
			}
			for _, e := range s.groups[i].list {
				if !used[e.key] {
					used[e.key] = true
					n++
				}
			}
		}
	}
	return n
}
