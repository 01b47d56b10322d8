package world

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// leave counts out a pod whose life is over.
func (r *recorder) leave(l *life) {
	l.over = true
	l.unready.stop(r.world.engine.Now())
	r.countPhase(l.pod.Status.Phase, -1)
	if l.isReady {
		r.counts.ready--
	}
	switch {
	case l.pod.NodeName == "":
		r.totals.queue--
	case l.node != nil:
		r.release(l)
	default:
		r.orphans--
	}
	if l.arrival != nil {
		r.world.input.attempted(l.arrival, l.pod.UID)
	}
}

// file writes the row of a pod whose life is over and forgets it; gone: its object, too.
func (r *recorder) file(l *life, gone bool) {
	r.unlink(l)
	r.writePod(l, gone)
}

func (r *recorder) release(l *life) {
	l.node.advance(r.world.engine.Now())
	l.node.requested.add(l.need.all, -1)
	r.totals.requested.add(l.need.all, -1)
	if l.node.requested[podCount] == 0 {
		r.totals.used--
	}
	l.node = nil
}

func (r *recorder) unlink(l *life) {
	delete(r.lives, l.pod.UID)
	if l.prev == nil {
		r.first = l.next
	} else {
		l.prev.next = l.next
	}
	if l.next == nil {
		r.lastLife = l.prev
	} else {
		l.next.prev = l.prev
	}
}

// follow remembers which arrivals wait for a pod's first attempt.
func (r *recorder) follow(uid string, a *arrivals) {
	if l, ok := r.lives[uid]; ok {
		l.arrival = a
	}
}

// tried notes that a pod has had an attempt.
func (r *recorder) tried(c *scheduler.Cycle) {
	l, ok := r.lives[c.Pod.UID]
	if !ok {
		return
	}
	l.attempts = int32(c.Attempt)
	if l.tried == sim.Never {
		l.tried = c.Started
	}
	if l.arrival != nil {
		r.world.input.attempted(l.arrival, l.pod.UID)
		l.arrival = nil
	}
}

// explained notes why a pod was not placed.
func (r *recorder) explained(uid, message string) {
	if l, ok := r.lives[uid]; ok {
		l.message = message
	}
}

func (r *recorder) preempted(uid string) {
	if l, ok := r.lives[uid]; ok {
		l.preemptions++
	}
}

func (r *recorder) attempt(a *attempt) {
	c := a.cycle
	row := record.AttemptRow{At: c.Started, Namespace: c.Pod.Namespace, Pod: c.Pod.Name, Attempt: int32(c.Attempt),
		Result: a.result, Node: c.Node, Feasible: int32(c.Feasible), Evaluated: int32(c.Evaluated),
		Plugins: c.UnschedulablePlugins, Message: a.message}
	if row.Node == "" {
		row.Node = c.NominatedNode
	}
	for _, s := range r.sinks {
		s.Attempt(&row)
	}
}

func (r *recorder) event(e *model.Event) {
	row := record.EventRow{First: e.First, Last: e.Last, Count: e.Count, Type: e.Type, Reason: e.Reason,
		Kind: string(e.Object.Kind), Namespace: e.Object.Namespace, Object: e.Object.Name, Source: e.Component, Message: e.Message}
	for _, s := range r.sinks {
		s.Event(&row)
	}
}
