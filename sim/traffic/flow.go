package traffic

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// flow is what comes to a Service.
type flow struct {
	Totals
	sources []*source
	seen    seen
	stale   bool // the proxies know more than their rules
	dirty   bool // what becomes of the requests is to be worked out anew
	byNode  bool // it depends on what nodes there are
	touched bool // by a change of a node that is being looked at
	since   sim.Time
	usable  int      // endpoints to which somebody is sent
	failing sim.Time // since when requests fail, Never: they do not
}

func newFlow(name apiserver.Name) *flow {
	return &flow{Totals: Totals{Namespace: name.Namespace, Name: name.Name}, dirty: true, byNode: true, failing: sim.Never}
}

// source is one entry of traffic, with the rules that its requests go by.
type source struct {
	*Entry
	flow      *flow
	service   *model.Service
	endpoints []*endpoint // in the rules, usable or not
	groups    []group
	fate      fate
	most      float64 // the largest share of an endpoint

	byKey map[string]*endpoint
	known []*endpoint // in the rules of some proxy, as they came
	// frozen is what the proxies of nodes that are cut off send requests to.
	frozen map[*node][]*endpoint

	spots spots // of its clients, if they are not on all nodes
}

// endpoint is an endpoint of a port as an entry's clients see it.
type endpoint struct {
	source    *source
	object    *model.Endpoint
	key       string     // its pod's UID, or its address
	uid       string     // its pod's by which the kubelet knows it, or the key
	node      string     // where it is; "": nowhere in the cluster
	listed    bool       // among the endpoints that are being taken into the rules
	pod       *model.Pod // nil: none, or it was gone when it came into the rules
	container int
	runs      bool
	// share is which part of the entry's requests reaches it, next what that is to be.
	share, next float64
}

// freeze keeps the rules of a node that is to be cut off as they are, or forgets them.
func (s *source) freeze(n *node, cut bool) {
	if !cut {
		delete(s.frozen, n)
		return
	}
	if s.frozen == nil {
		s.frozen = map[*node][]*endpoint{}
	}
	s.frozen[n] = usable(s.endpoints, n.spot(), s.isLocal())
}

// forget drops the endpoints that are in nobody's rules any more.
func (m *Manager) forget(s *source) {
	if len(s.frozen) > 0 || len(s.known) == len(s.endpoints) {
		return
	}
	in := map[*endpoint]bool{}
	for _, e := range s.endpoints {
		in[e] = true
	}
	s.known = slices.DeleteFunc(s.known, func(e *endpoint) bool {
		if in[e] {
			return false
		}
		delete(s.byKey, e.key)
		drop(m.pods, e.uid, e)
		drop(m.onNode, e.node, e)
		return true
	})
}

// drop takes an endpoint out of one of the lists by which endpoints are found.
func drop(lists map[string][]*endpoint, key string, e *endpoint) {
	list := slices.DeleteFunc(lists[key], func(have *endpoint) bool { return have == e })
	if len(list) == 0 {
		delete(lists, key)
		return
	}
	lists[key] = list
}
