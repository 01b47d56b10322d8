package queue

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Event tells of a change in the cluster: pods that it may help become active or go into back-off, and
// pods in flight will hear of it. old is nil when an object was added, new is nil when one was deleted.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go MoveAllToActiveOrBackoffQueue.
func (q *Queue) Event(now sim.Time, e framework.ClusterEvent, old, new model.Object) {
	q.EventIf(now, e, old, new, nil)
}

// EventIf is Event for those waiting pods only for which check is true; pods in flight hear of it all the
// same, as upstream has it.
func (q *Queue) EventIf(now sim.Time, e framework.ClusterEvent, old, new model.Object, check func(*model.Pod) bool) {
	in := q.registry.interest(e)
	if !in.any {
		return
	}
	all := e.IsWildCard() || q.options.ObserveStays
	for i := q.unschedulable.start(in, e.IsWildCard(), all); i != nil; i = q.unschedulable.following() {
		if check == nil || check(i.Pod) {
			q.offer(now, i, e, in, old, new)
		}
	}
	q.stayed(now, e, in, check)
	q.inFlight.record(e, in, old, new)
}

// offer moves an unschedulable pod if the event may help it.
func (q *Queue) offer(now sim.Time, i *Item, e framework.ClusterEvent, in *interest, old, new model.Object) {
	strategy, plugin := i.worth(e, in, old, new)
	c := cause{in.label, strategy, plugin}
	if strategy != Skip {
		q.requeue(now, i, c)
	} else if q.options.ObserveStays && q.options.StaysOf == nil {
		q.moved(now, i, i.place, c)
	}
}

// requeue puts an item where the strategy sends it.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go requeueEntityWithQueueingStrategy.
func (q *Queue) requeue(now sim.Time, i *Item, c cause) {
	switch {
	case c.strategy == Skip:
		from := q.detach(i)
		q.enter(i, from)
		q.toUnschedulable(now, i)
		q.moved(now, i, from, c)
	case c.strategy == AfterBackoff && q.backingOff(now, i):
		q.toBackoff(now, i, c)
	default:
		q.toActive(now, i, c)
	}
}

// toActive makes the item active, unless a plugin gates it. Plugins were asked already when a pod went
// into back-off.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go moveToActiveQ.
func (q *Queue) toActive(now sim.Time, i *Item, c cause) {
	from := q.detach(i)
	if from != Backoff {
		q.preEnqueue(i)
	}
	q.enter(i, from)
	if i.gating != 0 {
		q.toUnschedulable(now, i)
	} else {
		i.InitialAttempt = min(i.InitialAttempt, now)
		i.place = Active
		q.active.push(i)
	}
	q.moved(now, i, from, c)
}

// toBackoff puts the item into back-off, unless a plugin gates it.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go moveToBackoffQ.
func (q *Queue) toBackoff(now sim.Time, i *Item, c cause) {
	from := q.detach(i)
	q.preEnqueue(i)
	q.enter(i, from)
	if i.gating != 0 {
		q.toUnschedulable(now, i)
	} else {
		i.place = Backoff
		q.backoffOf(i).push(i)
	}
	q.moved(now, i, from, c)
}

// backoffOf is the heap for the item in back-off.
func (q *Queue) backoffOf(i *Item) *heap {
	if i.rejectors() == 0 {
		return &q.failed
	}
	return &q.rejected
}

// enter makes an item findable that did not wait before.
func (q *Queue) enter(i *Item, from Place) {
	if from == Gone || from == InFlight {
		q.waiting[nameOf(i.Pod)] = i
	}
}

// detach takes a waiting item out of where it is, and says where that was. It can still be found.
func (q *Queue) detach(i *Item) Place {
	from := i.place
	switch from {
	case Active:
		q.active.remove(i)
	case Backoff:
		q.backoffOf(i).remove(i)
	case Unschedulable, Gated:
		q.unschedulable.remove(i)
		q.unwatch(i)
	}
	i.place = Gone
	return from
}

// preEnqueue asks the plugins whether the pod may be tried, first the one that gated it. A plugin that
// gates it counts among those that rejected it.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go runPreEnqueuePluginsForPod.
func (q *Queue) preEnqueue(i *Item) {
	if i.profile < 0 {
		return
	}
	asked, bits := q.options.Profiles[i.profile].PreEnqueue, q.registry.preEnqueue[i.profile]
	gatedBy := i.gating
	for pass := range 2 {
		for n, plugin := range asked {
			if first := bits[n] == gatedBy; first != (pass == 0) {
				continue
			}
			if !plugin.PreEnqueue(i.Pod).OK() {
				i.unschedulable |= bits[n]
				i.gating, i.Gating = bits[n], plugin.Name()
				return
			}
		}
	}
	i.gating, i.Gating = 0, ""
}
