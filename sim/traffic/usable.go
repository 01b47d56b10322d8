package traffic

import (
	"slices"

	"towtank.dev/towtank/model"
)

// spot is where a proxy is.
type spot struct{ node, zone string }

// usable are the endpoints to which the proxy at a spot sends requests. With the policy Local these are its
// node's own. Without ready ones it takes those that end and still serve.
// Source: kubernetes v1.37.2 pkg/proxy/topology.go CategorizeEndpoints.
func usable(all []*endpoint, at spot, local bool) []*endpoint {
	ready := func(e *model.Endpoint) bool { return e.Ready }
	ending := func(e *model.Endpoint) bool { return e.Serving && e.Terminating }
	if local {
		here := func(is func(*model.Endpoint) bool) []*endpoint {
			return only(all, func(e *model.Endpoint) bool { return e.NodeName == at.node && is(e) })
		}
		if list := here(ready); len(list) > 0 {
			return list
		}
		return here(ending)
	}
	near := preference(all, at)
	list := only(all, func(e *model.Endpoint) bool {
		return e.Ready && (near != sameNode || slices.Contains(e.ForNodes, at.node)) && (near != sameZone || slices.Contains(e.ForZones, at.zone))
	})
	if len(list) > 0 {
		return list
	}
	return only(all, ending)
}

func only(all []*endpoint, is func(*model.Endpoint) bool) (list []*endpoint) {
	for _, e := range all {
		if is(e.object) {
			list = append(list, e)
		}
	}
	return list
}

// nearness is which endpoints a proxy keeps to.
type nearness uint8

const (
	anywhere nearness = iota
	sameZone
	sameNode
)

// preference is which hints of the endpoints the proxy at a spot follows: those for its node when every ready
// endpoint has such hints and one is for it, else those for its zone likewise.
// Source: kubernetes v1.37.2 pkg/proxy/topology.go topologyModeFromHints.
func preference(all []*endpoint, at spot) nearness {
	forNode, forZone, any := false, false, false
	allNodes, allZones := true, true
	for _, e := range all {
		if !e.object.Ready {
			continue
		}
		any = true
		allNodes, forNode = allNodes && len(e.object.ForNodes) > 0, forNode || slices.Contains(e.object.ForNodes, at.node)
		allZones, forZone = allZones && len(e.object.ForZones) > 0, forZone || slices.Contains(e.object.ForZones, at.zone)
	}
	switch {
	case any && allNodes && forNode:
		return sameNode
	case any && allZones && forZone:
		return sameZone
	}
	return anywhere
}

// hinted is what spots can differ in for a Service whose policy is not Local: nothing, their zones, or their nodes.
func hinted(all []*endpoint) nearness {
	nodes, zones, any := true, true, false
	for _, e := range all {
		if e.object.Ready {
			any = true
			nodes, zones = nodes && len(e.object.ForNodes) > 0, zones && len(e.object.ForZones) > 0
		}
	}
	switch {
	case any && nodes:
		return sameNode
	case any && zones:
		return sameZone
	}
	return anywhere
}
