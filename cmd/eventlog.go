package cmd

import (
	"cmp"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/world"
)

// eventLife is how long the API server keeps an event that is not told again.
// Source: kubernetes v1.37.2 pkg/controlplane/apiserver/options/options.go NewOptions (EventTTL).
const eventLife = time.Hour

// eventLog keeps the events of a run that somebody asks for, as the API server does.
type eventLog struct {
	wanted func(*model.Event) bool
	byName map[string]*model.Event
}

// begin watches the events of a session.
func (l *eventLog) begin(s *world.Session) {
	l.byName = map[string]*model.Event{}
	s.API().Events.Observe(func(_ apiserver.ChangeType, e *model.Event) {
		if l.wanted(e) {
			kept := *e
			l.byName[e.Namespace+"/"+e.Name] = &kept
		}
	})
}

// at lists the events that are still there at an instant, by when they were last told.
func (l *eventLog) at(now sim.Time) []*model.Event {
	var out []*model.Event
	for _, e := range l.byName {
		if now.Sub(e.Last) < eventLife {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *model.Event) int {
		return cmp.Or(cmp.Compare(a.Last, b.Last), cmp.Compare(a.ResourceVersion, b.ResourceVersion))
	})
	return out
}
