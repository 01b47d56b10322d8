package prober

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// Worker is one probe of one container. Methods that take an instant must be called in order of time, and
// not after an instant of Next that has not been taken.
//
// The worker stands at the last instant at which it was told something, or something was seen. It thinks
// ahead from there on a copy; what it is told before the instant it has found is put in at its own time, by
// going on from where it stands up to it, unseen, and thinking anew.
type Worker struct {
	options Options
	view    View
	now     state
	next    sim.Time
}

// New returns the worker of a probe that is made at an instant, when the kubelet sees the container like
// that. Its first call is made at that instant (or after the wait that follows a start of the kubelet); when
// nothing can be seen of it, for there is no container yet, it is over when New returns.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/worker.go run.
func New(o Options, now sim.Time, view View) *Worker {
	w := &Worker{options: o, view: view}
	first := now
	if period := w.period(); now.Sub(o.KubeletStarted) < period {
		stream := o.Chance.Draw(0)
		first = now.Add(time.Duration(stream.Float64() * float64(period)))
	}
	w.now = state{due: first, tick: first.Add(w.period()), first: true}
	if ahead := w.now; first == now {
		if step := w.move(&ahead); !step.Seen() && !ahead.calling {
			w.now = ahead
		}
	}
	w.think()
	return w
}

func (w *Worker) period() time.Duration {
	return time.Duration(max(w.options.Probe.PeriodSeconds, 1)) * time.Second
}

func (w *Worker) timeout() time.Duration {
	return time.Duration(max(w.options.Probe.TimeoutSeconds, 1)) * time.Second
}

// Next is the next instant at which something is seen, sim.Never when nothing will be as things are.
func (w *Worker) Next() sim.Time { return w.next }

// Step takes what is seen at the instant of Next. When several things are seen at one instant, Next stays
// and the next Step takes the next one.
func (w *Worker) Step(now sim.Time) Step {
	if now != w.next {
		panic(fmt.Sprintf("prober: step at %v, next is %v", now, w.next))
	}
	w.through(now)
	step := Step{At: now}
	for w.now.at() == now && !step.Seen() {
		if step = w.move(&w.now); w.options.EveryPeriod {
			break
		}
	}
	w.think()
	return step
}

// See tells that the kubelet's status is another from now on. A call that would begin at this very instant
// sees it already.
func (w *Worker) See(now sim.Time, view View) {
	if view == w.view {
		return
	}
	w.through(now)
	w.view = view
	w.think()
}

// Poke asks for a call at once, as a status that is made while the container is not ready does; the grid of
// periods begins anew at that call. A poke during a call waits for its end; a second one is lost.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober_manager.go UpdatePodStatus, worker.go run.
func (w *Worker) Poke(now sim.Time) {
	if w.now.done {
		return
	}
	w.through(now)
	if s := &w.now; s.calling || s.first {
		s.poked = true
	} else {
		s.due, s.tick = now, now.Add(w.period())
	}
	w.think()
}

// Refresh tells that what Ask says from now on is another than it said before.
func (w *Worker) Refresh(now sim.Time) {
	w.through(now)
	w.think()
}

// Interrupt ends the call that is under way, if one is, with that answer (Takes does not count), as the end
// of the container does. It says whether there was one.
func (w *Worker) Interrupt(now sim.Time, a behaviour.Answer) bool {
	w.through(now)
	s := &w.now
	if !s.calling || s.done {
		return false
	}
	a.Takes = 0
	s.end = now
	s.out, _ = w.outcome(&a)
	w.think()
	return true
}

// Stop ends the worker: at once, or after the call that is under way. Next says when.
//
// Differs from upstream: there a tick that came during the call may be taken before the stop, by chance.
func (w *Worker) Stop(now sim.Time) {
	if w.now.done {
		return
	}
	w.through(now)
	s := &w.now
	s.stopped = true
	if !s.calling {
		s.due = now
	}
	w.think()
}

// Result is what is published for a container instance, and whether anything is.
func (w *Worker) Result(id uint64) (r Result, known bool) {
	if s := &w.now; !s.done && s.known && s.id == id {
		return s.result, true
	}
	return Unknown, false
}

// patience is how many unseen moves in a row are thought through before the worker asks to be woken on the
// way: calls that each take another time cannot be jumped over.
const patience = 256

// think finds the next instant at which something is seen.
func (w *Worker) think() {
	ahead := w.now
	for range patience {
		w.next = ahead.at()
		if w.next == sim.Never || w.options.EveryPeriod {
			return
		}
		if w.jump(&ahead, sim.Never) {
			continue
		}
		if step := w.move(&ahead); step.Seen() {
			return
		}
	}
	w.next = ahead.at()
}

// through brings the worker up to an instant: through all moves before it, none of which is seen.
func (w *Worker) through(limit sim.Time) {
	for s := &w.now; s.at() < limit; {
		at := s.at()
		if w.jump(s, limit) {
			continue
		}
		if step := w.move(s); step.Seen() || w.options.EveryPeriod {
			panic(fmt.Sprintf("prober: what was to be seen at %v was not taken by %v", at, limit))
		}
	}
}
