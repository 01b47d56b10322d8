package behaviour

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// field is one field of a behaviour.
type field uint8

const (
	fieldStartup field = iota
	fieldReady
	fieldRun
	fieldExit
	fieldReason
	fieldStop
	fieldPostStart
	fieldPreStop
	fieldAnswers
	fieldPorts
	fieldUntil
	fieldPull
	fieldUsage
	fields
)

var fieldNames = [fields]string{"startup", "ready", "run", "exit", "reason", "stop", "postStart", "preStop",
	"answers", "ports", "until", "pull", "usage"}

// source is a behaviour with the keys of its draws.
type source struct {
	*Behaviour
	keys [fields]sim.Key
}

func newSource(seed uint64, b *Behaviour) source {
	s := source{Behaviour: b}
	place := b.Place
	if place == "" {
		place = "annotation"
	}
	for i, name := range fieldNames {
		s.keys[i] = sim.NewKey(seed, place+"."+name)
	}
	return s
}

// sets says whether the behaviour says that field.
func (s *source) sets(f field) bool {
	switch f {
	case fieldStartup:
		return s.Startup != nil
	case fieldReady:
		return s.Ready != nil
	case fieldRun:
		return s.Run != nil || len(s.Restarts) > 0
	case fieldExit:
		return s.Exit != nil || len(s.Restarts) > 0
	case fieldReason:
		return s.Reason != "" || len(s.Restarts) > 0
	case fieldStop:
		return s.Stop != nil
	case fieldPostStart:
		return s.PostStart != nil
	case fieldPreStop:
		return s.PreStop != nil
	case fieldAnswers:
		return len(s.Answers) > 0
	case fieldPorts:
		return len(s.Ports) > 0
	case fieldUntil:
		return s.Until != nil
	case fieldPull:
		return len(s.Pull) > 0
	default:
		return s.Usage != nil
	}
}

// regularOnly says which fields are about regular containers only where a behaviour names no container: a pod's
// time to run is not that of its init containers and sidecars.
var regularOnly = [fields]bool{fieldReady: true, fieldRun: true, fieldExit: true, fieldReason: true,
	fieldPostStart: true, fieldPreStop: true, fieldAnswers: true, fieldPorts: true, fieldUsage: true}

// plan is which behaviour decides each field for a container; nil where none does.
type plan [fields]*source

// resolve finds who decides each field; nil when nobody decides any.
func (s *Set) resolve(pod *model.Pod, c *model.Container, init, regular bool, own []source) *plan {
	var p plan
	any := false
	for _, list := range [2][]source{own, s.sources} {
		for i := range list {
			from := &list[i]
			if !from.Match.Matches(pod, c.Name) {
				continue
			}
			for f := range fields {
				if p[f] != nil || !from.sets(f) || from.Match.Container == "" && !about(f, init, regular) {
					continue
				}
				p[f], any = from, true
			}
		}
	}
	switch {
	case !any:
		return nil
	case len(own) > 0: // its sources are the pod's own: nobody shares it
		kept := p
		return &kept
	}
	return s.intern(p)
}

// about says whether a behaviour that names no container speaks of such a container in that field.
func about(f field, init, regular bool) bool {
	return regular || !regularOnly[f] && (f != fieldUntil || init)
}

// intern keeps one plan of each kind, for the pods of a template are many and their plans few.
func (s *Set) intern(p plan) *plan {
	kept, ok := s.plans[p]
	if !ok {
		kept = new(plan)
		*kept = p
		s.plans[p] = kept
	}
	return kept
}
