package queue

import (
	"time"

	"towtank.dev/towtank/sim"
)

// backoffDuration is how long a pod waits after so many failures: initial, twice, four times ..., at
// most max. initial and max may be anything from 0.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/backoff_queue.go calculateBackoffDuration.
func backoffDuration(initial, max time.Duration, count int) time.Duration {
	if count == 0 {
		return 0
	}
	shift := count - 1
	if initial > max>>shift {
		return max
	}
	return initial << shift
}

// backoffExpiry is the window in which the pod's back-off ends.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/backoff_queue.go getBackoffTime.
func (q *Queue) backoffExpiry(i *Item) sim.Time {
	count := i.UnschedulableCount
	if i.ConsecutiveErrors > 0 {
		count = i.ConsecutiveErrors
	}
	if count == 0 || q.options.MaxBackoff == 0 {
		return noExpiry
	}
	return q.window(i.Timestamp.Add(backoffDuration(q.options.InitialBackoff, q.options.MaxBackoff, count)))
}

// window is the last whole second of the wall clock.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/backoff_queue.go alignToWindow.
func (q *Queue) window(t sim.Time) sim.Time {
	return t.TruncateFrom(sim.At(-q.options.WallOffset), orderingWindow)
}

// backingOff says whether the pod still has to wait. The window in which back-off ends counts.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/backoff_queue.go isEntityBackingoff.
func (q *Queue) backingOff(now sim.Time, i *Item) bool {
	return i.expiry >= q.window(now)
}

// beforeActive is the order of active pods, and in back-off of those whose back-off ends together.
func (q *Queue) beforeActive(a, b *Item) bool {
	if q.options.Less == nil {
		if a.priority != b.priority {
			return a.priority > b.priority
		}
		return a.order < b.order
	}
	if q.options.Less(a.Pod, a.Timestamp, b.Pod, b.Timestamp) {
		return true
	}
	return a.order < b.order && !q.options.Less(b.Pod, b.Timestamp, a.Pod, a.Timestamp)
}

// beforeBackoff is the order of rejected pods in back-off.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/backoff_queue.go lessBackoffCompletedWithPriority.
func (q *Queue) beforeBackoff(a, b *Item) bool {
	if a.expiry != b.expiry {
		return a.expiry < b.expiry
	}
	return q.beforeActive(a, b)
}

// beforeError is the order of pods in back-off that met an error.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/backoff_queue.go lessBackoffCompleted.
func beforeError(a, b *Item) bool {
	if a.expiry != b.expiry {
		return a.expiry < b.expiry
	}
	return a.order < b.order
}

// beforeDue is the order in which unschedulable pods have been so for too long.
func beforeDue(a, b *Item) bool {
	if a.due != b.due {
		return a.due < b.due
	}
	return a.entered < b.entered
}
