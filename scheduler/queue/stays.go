package queue

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// watch notes an unschedulable pod of which StaysOf wants to know.
func (q *Queue) watch(i *Item) {
	if q.options.StaysOf != nil && q.options.Observe != nil && q.options.StaysOf(i.Pod) {
		q.watched = append(q.watched, i)
	}
}

// unwatch forgets a pod that is not unschedulable any more.
func (q *Queue) unwatch(i *Item) {
	if n := slices.Index(q.watched, i); n >= 0 {
		q.watched = slices.Delete(q.watched, n, n+1)
	}
}

// stayed reports the watched pods that an event has left where they were. What the event moved, or put back,
// came after it began; gated pods are only looked at when the plugin that gates them is interested.
func (q *Queue) stayed(now sim.Time, e framework.ClusterEvent, in *interest, check func(*model.Pod) bool) {
	for _, i := range q.watched {
		if i.entered > q.unschedulable.last || check != nil && !check(i.Pod) || !e.IsWildCard() && !i.group.concernedBy(in, true) {
			continue
		}
		q.options.Observe(now, Move{Pod: i.Pod, From: i.place, To: i.place, Event: in.label, Asked: i.asked(in)})
	}
}

// asked are the plugins that rejected the pod and asked for the event.
func (i *Item) asked(in *interest) []string {
	var names []string
	if i.profile < 0 {
		return names
	}
	for _, h := range in.hints[i.profile] {
		if i.rejectors()&h.plugin != 0 && !slices.Contains(names, h.name) {
			names = append(names, h.name)
		}
	}
	return names
}
