package sim

import "fmt"

// Step runs the next event and returns true, or returns false when none is left.
func (e *Engine) Step() bool {
	e.enter()
	defer e.leave()
	return e.step(Never)
}

// RunUntil runs all events up to and including the instant t, also those scheduled on the way, and
// then moves the clock to t. With Never it runs until nothing is left, and the clock stays at the
// last event. It panics when t lies in the past. After Stop the clock stays where it was.
func (e *Engine) RunUntil(t Time) {
	e.enterUntil(t)
	defer e.leave()
	for !e.stopped && e.step(t) {
	}
	if !e.stopped && t != Never {
		e.now = t
	}
}

// RunUntilIdle runs events up to and including the instant limit until only Background ones are
// left, and no longer: the clock then stays at the last event that ran. When limit comes first, the
// clock moves there. It panics when limit lies in the past.
func (e *Engine) RunUntilIdle(limit Time) {
	e.enterUntil(limit)
	defer e.leave()
	for !e.stopped && e.foreground > 0 && e.step(limit) {
	}
	if !e.stopped && e.foreground > 0 && limit != Never {
		e.now = limit
	}
}

// Stop makes the RunUntil or RunUntilIdle that is under way return after the event being handled.
// Without one it does nothing.
func (e *Engine) Stop() { e.stopped = e.running }

// Stopped reports whether the last RunUntil or RunUntilIdle ended by Stop.
func (e *Engine) Stopped() bool { return e.stopped }

func (e *Engine) enterUntil(t Time) {
	if t < e.now {
		panic(fmt.Sprintf("sim: run until %v, now %v", t, e.now))
	}
	e.enter()
}

func (e *Engine) enter() {
	if e.running {
		panic("sim: the engine is run by an event it handles")
	}
	e.running = true
	e.stopped = false
}

func (e *Engine) leave() { e.running = false }

// step runs the next event if it is not after limit.
func (e *Engine) step(limit Time) bool {
	for {
		next := e.queue.peek()
		if next == nil {
			return false
		}
		s := &e.slots.all[next.key.slot()]
		if s.key != next.key {
			e.queue.drop()
			continue
		}
		at := instant(next.at)
		if at > limit {
			return false
		}
		if at < e.now {
			panic(fmt.Sprintf("sim: time goes back from %v to %v", e.now, at))
		}
		ev := s.ev
		e.release(next.key.slot(), s)
		e.queue.drop()
		e.dispatch(at, ev)
		return true
	}
}

// dispatch moves the clock and hands the event to its actor.
func (e *Engine) dispatch(at Time, ev Event) {
	e.now = at
	e.processed++
	e.fingerprint.Mix(uint64(at))
	e.fingerprint.Mix(uint64(ev.Phase)<<32 | uint64(ev.Actor)<<16 | uint64(ev.Op))
	e.fingerprint.Mix(uint64(ev.Arg))
	e.handlers[ev.Actor].Handle(at, ev)
	if invariants {
		for _, check := range e.checks {
			check()
		}
	}
}
