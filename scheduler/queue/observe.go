package queue

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Labels of moves that upstream's log does not name.
const (
	// Popped is a pod on its way to an attempt.
	Popped = "Pop"
	// Deleted is a pod taken out because it is gone or has a node.
	Deleted = "Delete"
	// Finished is a pod whose attempt needs the queue no more.
	Finished = "Done"
)

// Move is a pod's way from one place to another.
type Move struct {
	Pod      *model.Pod
	From, To Place
	// Event is the label of what caused the move, as in upstream's log: AssignedPodDelete, NodeAdd,
	// ScheduleAttemptFailure, BackoffComplete, ...; for a pod that returns from an attempt it is
	// ScheduleAttemptFailure, whatever happened meanwhile.
	Event string
	// Strategy is what the hints amounted to. Skip with From equal to To is a pod that stays.
	Strategy Strategy
	// Plugin is the one whose hint decided, "" when none was asked.
	Plugin string
	// Asked are the plugins whose hints said that the event does not help, for a pod that stays and of
	// which StaysOf wants to know.
	Asked []string
}

// cause is the part of a move that is known before it is made.
type cause struct {
	label    string
	strategy Strategy
	plugin   string
}

// moved reports that the item came from a place to where it is now.
func (q *Queue) moved(now sim.Time, i *Item, from Place, c cause) {
	if q.options.Observe != nil {
		q.options.Observe(now, Move{Pod: i.Pod, From: from, To: i.place, Event: c.label, Strategy: c.strategy, Plugin: c.plugin})
	}
}
