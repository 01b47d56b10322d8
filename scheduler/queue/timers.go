package queue

import (
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// NextWake is the next instant at which a timer moves a pod, Never when there is none. Until then Tick
// does nothing, unless pods come or events happen.
func (q *Queue) NextWake(now sim.Time) sim.Time {
	wake := sim.Never
	for _, h := range []*heap{&q.rejected, &q.failed} {
		if i := h.head(); i != nil {
			wake = min(wake, i.expiry.Add(orderingWindow))
		}
	}
	if i := q.unschedulable.due.head(); i != nil {
		wake = min(wake, i.due)
	}
	return max(wake, now)
}

// Tick runs the timers that are due: the flush of back-off at whole seconds of the wall clock, then the
// check every 30 s for pods that have been unschedulable for too long.
func (q *Queue) Tick(now sim.Time) {
	q.flushBackoff(now, &q.rejected)
	q.flushBackoff(now, &q.failed)
	q.flushLeftover(now)
}

// flushBackoff makes the pods active whose back-off is over.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go flushBackoffQCompleted.
func (q *Queue) flushBackoff(now sim.Time, h *heap) {
	for i := h.head(); i != nil && !q.backingOff(now, i); i = h.head() {
		q.toActive(now, i, cause{label: framework.BackoffComplete, strategy: Immediately})
	}
}

// flushLeftover has pods tried again that have been unschedulable for too long, whatever rejected them.
// Gated ones stay if their plugin says so, and wait as long again.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go flushUnschedulableEntitiesLeftover.
func (q *Queue) flushLeftover(now sim.Time) {
	e := framework.EventUnschedulableTimeout
	in := q.registry.interest(e)
	late := false
	for i := q.unschedulable.due.head(); i != nil && i.due <= now; i = q.unschedulable.due.head() {
		i.flushed = now
		q.offer(now, i, e, in, nil, nil)
		late = true
	}
	if late {
		q.inFlight.record(e, in, nil, nil)
	}
}
