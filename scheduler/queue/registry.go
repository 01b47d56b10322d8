package queue

import (
	"math/bits"

	"towtank.dev/towtank/scheduler/framework"
)

// plugins is a set of plugins, one bit each.
type plugins uint64

// registry numbers plugins and knows which of them are interested in which events.
type registry struct {
	profiles map[string]int
	options  []Profile
	bits     map[string]plugins
	names    []string
	// preEnqueue holds the bit of each PreEnqueue plugin, by profile.
	preEnqueue [][]plugins
	// interests are made when an event first comes, by resource and kind of action.
	interests [framework.EventResources][actionKinds]*interest
}

// actionKinds are the single actions, then every update, then everything.
const (
	updateKind  = 15
	allKind     = 16
	actionKinds = 17
)

// interest is what the plugins of all profiles make of one event.
type interest struct {
	label string
	any   bool    // some plugin of some profile asks for the event
	gates plugins // which do, of all profiles
	hints [][]hint
	masks []plugins // the plugins with hints, by profile
}

// hint is a plugin's opinion on an event; nil fn means Queue.
type hint struct {
	plugin plugins
	name   string
	fn     framework.HintFn
}

func newRegistry(profiles []Profile) *registry {
	r := &registry{profiles: map[string]int{}, options: profiles, bits: map[string]plugins{}}
	for n, p := range profiles {
		r.profiles[p.Name] = n
		var gates []plugins
		for _, plugin := range p.PreEnqueue {
			gates = append(gates, r.bit(plugin.Name()))
		}
		r.preEnqueue = append(r.preEnqueue, gates)
		for _, registration := range p.Events {
			r.bit(registration.Plugin)
		}
	}
	return r
}

// bit is the set of just this plugin.
func (r *registry) bit(name string) plugins {
	bit, known := r.bits[name]
	if !known {
		if len(r.names) == 64 {
			panic("queue: more than 64 plugins reject pods")
		}
		bit = 1 << len(r.names)
		r.bits[name] = bit
		r.names = append(r.names, name)
	}
	return bit
}

// set is the set of these plugins.
func (r *registry) set(names []string) plugins {
	var s plugins
	for _, name := range names {
		s |= r.bit(name)
	}
	return s
}

// list are the names of the plugins in a set, in the order in which they were first heard of.
func (r *registry) list(s plugins) []string {
	var names []string
	for ; s != 0; s &= s - 1 {
		names = append(names, r.names[bits.TrailingZeros64(uint64(s))])
	}
	return names
}

// profile is the number of the profile for a schedulerName, -1 when there is none.
func (r *registry) profile(schedulerName string) int {
	if n, known := r.profiles[schedulerName]; known {
		return n
	}
	return -1
}

// interest is what the plugins make of the event. Events of any other combination of actions do not occur.
func (r *registry) interest(e framework.ClusterEvent) *interest {
	kind := bits.TrailingZeros16(uint16(e.Action))
	switch e.Action {
	case framework.Update:
		kind = updateKind
	case framework.All:
		kind = allKind
	}
	slot := &r.interests[e.Resource][kind]
	if *slot == nil || e.CustomLabel != "" && (*slot).label != e.CustomLabel {
		*slot = r.newInterest(e)
	}
	return *slot
}

func (r *registry) newInterest(e framework.ClusterEvent) *interest {
	in := &interest{label: e.Label(), any: e.IsWildCard()}
	for _, p := range r.options {
		var hints []hint
		var mask plugins
		for _, registration := range p.Events {
			for _, pattern := range registration.Events {
				if pattern.Event.Matches(e) {
					bit := r.bits[registration.Plugin]
					hints = append(hints, hint{bit, registration.Plugin, pattern.Hint})
					mask |= bit
				}
			}
		}
		in.hints, in.masks = append(in.hints, hints), append(in.masks, mask)
		in.gates |= mask
	}
	in.any = in.any || in.gates != 0
	return in
}
