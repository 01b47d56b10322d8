package queue

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Ready says whether Pop would find a pod.
func (q *Queue) Ready(sim.Time) bool { return q.active.len() > 0 || q.rejected.len() > 0 }

// Pop takes the next pod to be tried, and counts the attempt. When no pod is active, a rejected one is
// taken whose back-off is not over; one that met an error is not. The item is in flight until Failed or
// Done.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/active_queue.go unlockedPop.
func (q *Queue) Pop(now sim.Time) (*Item, bool) {
	for q.Ready(now) {
		i := q.popWaiting(now)
		delete(q.waiting, nameOf(i.Pod))
		i.Attempts++
		if q.inFlight.has(i.Pod) {
			// The same pod twice is a mistake of the caller; upstream reports it and goes on.
			i.place = Gone
			q.moved(now, i, Active, cause{label: Deleted})
			continue
		}
		q.inFlight.add(i)
		q.moved(now, i, Active, cause{label: Popped})
		return i, true
	}
	return nil, false
}

// popWaiting takes an item from the active pods or, for want of any, from those in back-off.
func (q *Queue) popWaiting(now sim.Time) *Item {
	if q.active.len() > 0 {
		return q.active.pop()
	}
	i := q.rejected.pop()
	i.place = Active
	q.moved(now, i, Backoff, cause{label: framework.PopFromBackoffQ, strategy: Immediately})
	return i
}

// Done lets a pod go whose attempt needs the queue no more. It does nothing for one that is not in flight.
func (q *Queue) Done(now sim.Time, i *Item) {
	if i.place == InFlight {
		q.inFlight.remove(i)
		q.moved(now, i, InFlight, cause{label: Finished})
	}
}

// Failed puts a pod back whose attempt failed, or whose binding did after Done. pod is the object as
// known now; it must be alive and without a node. unschedulable names the plugins that rejected it,
// pending those that wait for something outside; no plugin at all means an error. Events that happened
// meanwhile are caught up on. When a pod of the same name waits already, the item is let go.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go AddUnschedulablePodIfNotPresent.
func (q *Queue) Failed(now sim.Time, i *Item, pod *model.Pod, unschedulable, pending []string) {
	if q.waiting[nameOf(pod)] != nil {
		q.Done(now, i)
		return
	}
	i.setPod(pod)
	i.unschedulable, i.pending = q.registry.set(unschedulable), q.registry.set(pending)
	if i.rejectors() == 0 {
		i.ConsecutiveErrors++
	} else {
		i.UnschedulableCount++
		i.ConsecutiveErrors = 0
	}
	strategy, plugin := AfterBackoff, ""
	if i.place == InFlight {
		strategy, plugin = q.catchUp(i)
		q.inFlight.remove(i)
	}
	q.stamp(now, i)
	i.place = InFlight // For the observer: it comes from there, also when Done was called before.
	q.requeue(now, i, cause{framework.ScheduleAttemptFailure, strategy, plugin})
}

// catchUp is the most urgent of what the events since Pop mean for the pod.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go determineSchedulingHintForInFlightPod.
func (q *Queue) catchUp(i *Item) (best Strategy, by string) {
	if i.rejectors() == 0 {
		return AfterBackoff, ""
	}
	events := q.inFlight.since(i)
	for n := range events {
		e := &events[n]
		strategy, plugin := i.worth(e.ClusterEvent, e.interest, e.old, e.new)
		if strategy > best {
			best, by = strategy, plugin
		}
		if best == Immediately || best == AfterBackoff && i.pending == 0 {
			break
		}
	}
	return best, by
}

// Activate makes pods active at once that are unschedulable or in back-off, in the given order. For one
// in flight it is remembered; others are passed over.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go Activate.
func (q *Queue) Activate(now sim.Time, pods ...*model.Pod) {
	e := framework.EventForceActivate
	c := cause{label: e.Label(), strategy: Immediately}
	for _, pod := range pods {
		i := q.waiting[nameOf(pod)]
		switch {
		case i != nil && i.place != Active:
			q.toActive(now, i, c)
		case q.inFlight.has(pod):
			q.inFlight.record(e, q.registry.interest(e), nil, pod)
		}
	}
}
