package prober

import (
	"time"

	"towtank.dev/towtank/sim"
)

// jump passes over the calls from the next one on that change nothing and are all alike, up to an instant
// before which the worker is to stay (sim.Never: as far as they go). It says whether it passed over any.
// What it leaves is as if every call had been made.
func (w *Worker) jump(s *state, limit sim.Time) bool {
	if s.done || s.calling || s.stopped || s.first || s.poked || w.options.EveryPeriod {
		return false
	}
	until, lasts, kind := w.alike(s)
	if kind == unlike {
		return false
	}
	period, stride := w.period(), lasts
	if lasts < period {
		if s.tick != s.due && s.tick != s.due.Add(period) {
			return false // off the grid: the next call comes sooner
		}
		stride = period
	}
	until = min(until, limit)
	if until == sim.Never {
		s.due = sim.Never
		return true
	}
	// A call that lasts is left to begin before the instant, for it may not be over then.
	n := (until.Sub(s.due) + stride - 1) / stride
	if lasts > 0 {
		n--
	}
	if n <= 0 {
		return false
	}
	s.due = s.due.Add(n * stride)
	s.tick = onGrid(s.tick, s.due, period)
	if kind == good {
		s.run = int32(min(int64(s.run)+int64(n), most))
	}
	return true
}

// onGrid is the tick that a call which begins at t has yet to take: t itself on the grid, the next one off it.
func onGrid(tick, t sim.Time, period time.Duration) sim.Time {
	if tick >= t {
		return tick
	}
	next := after(tick, t, period)
	if next.Add(-period) == t {
		return t
	}
	return next
}

// kind is what becomes of a call: it changes something, is not made, or is answered well once more.
type kind uint8

const (
	unlike kind = iota
	idle
	good
)

// alike says whether the next call changes nothing, and if so, until when calls that begin go the same way
// and how long each lasts.
func (w *Worker) alike(s *state) (until sim.Time, lasts time.Duration, of kind) {
	v := &w.view
	switch {
	case v.PodEnded || v.ID != 0 && v.ID != s.id:
		return 0, 0, unlike
	case v.ID == 0 || s.hold:
		return sim.Never, 0, idle
	case !v.Running:
		if s.known && s.result == Failure && !(v.Terminated && !v.Restarts) {
			return sim.Never, 0, idle
		}
		return 0, 0, unlike
	case s.due < w.delayed():
		return w.delayed(), 0, idle
	case !w.wanted():
		return sim.Never, 0, idle
	case w.options.Type == Startup || !s.known || s.result != Success || s.last != Success:
		return 0, 0, unlike
	}
	a, until := w.options.Ask(s.due)
	out, lasts := w.outcome(&a)
	if out.result == Success && out.reason == "" && until > s.due {
		return until, lasts, good
	}
	return 0, 0, unlike
}
