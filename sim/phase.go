package sim

import "fmt"

// Phase orders the events of one instant: all of a lower phase run before any of a higher one,
// including those that are scheduled while the instant lasts.
type Phase uint8

const (
	// PhaseInput is for what comes from outside: people, traces, faults.
	PhaseInput Phase = iota
	// PhaseDeliver is for changes reaching those who watch them.
	PhaseDeliver
	// PhaseAct is for what agents do on their own clock.
	PhaseAct
	// PhaseDecide is for decisions that should see everything else the instant brought.
	PhaseDecide
	// PhaseObserve is for sampling. Nothing that runs in it may change the world.
	PhaseObserve

	phases
)

var phaseNames = [phases]string{"input", "deliver", "act", "decide", "observe"}

// String returns the phase's name in lower case.
func (p Phase) String() string {
	if p < phases {
		return phaseNames[p]
	}
	return fmt.Sprintf("phase(%d)", uint8(p))
}

// Actor names a registered Handler. Actors are numbered in the order of registration.
type Actor uint16

// Event is what is scheduled: a value, copied in and out of the queue.
type Event struct {
	Phase Phase
	// Actor is the handler the event goes to.
	Actor Actor
	// Op tells the handler what to do; its meaning is the handler's own.
	Op uint16
	// Background marks periodic work that goes on for ever, such as a heartbeat or a sample: a run
	// that waits for quiet does not wait for it.
	Background bool
	// Arg is free for the handler: an index, a generation, a count. It enters the fingerprint.
	Arg int64
	// Ref is free for the handler. It does not enter the fingerprint. On hot paths it holds a
	// pointer or nothing: any other value costs an allocation.
	Ref any
}

// Handler handles the events scheduled for the actor it is registered as. It may schedule, cancel
// and reschedule on the engine; it may not run it.
type Handler interface {
	Handle(now Time, ev Event)
}
