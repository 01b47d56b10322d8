package prober

import (
	"time"

	"towtank.dev/towtank/sim"
)

// state is where a worker stands between two of its moves: waiting for the next call, or in one.
type state struct {
	due  sim.Time // when the next call begins, unless one is under way
	tick sim.Time // the next tick that has not been taken

	end     sim.Time // of the call under way
	out     outcome  // of that call
	calling bool
	first   bool // the first call has not begun
	poked   bool // a poke waits for the end of the call
	stopped bool
	done    bool

	hold   bool
	known  bool // result is published for id
	result Result
	last   Result // of the last call that counted
	run    int32  // so many calls in a row have had it
	coins  uint32 // how often chance has decided
	id     uint64 // the instance last seen
}

// at is the instant of the next move.
func (s *state) at() sim.Time {
	switch {
	case s.done:
		return sim.Never
	case s.calling:
		return s.end
	default:
		return s.due
	}
}

// move makes the next move: it begins a call, which may come to nothing, or ends the one under way.
func (w *Worker) move(s *state) Step {
	if s.calling {
		return w.finish(s)
	}
	return w.begin(s)
}

// begin is the beginning of a call, with all that can keep it from being made.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/worker.go doProbe.
func (w *Worker) begin(s *state) Step {
	t, v := s.due, &w.view
	step := Step{At: t}
	s.first = false
	if s.tick == t {
		s.tick = t.Add(w.period())
	}
	if s.stopped || v.PodEnded {
		return end(s, step)
	}
	if v.ID != 0 && v.ID != s.id {
		w.renew(s, &step)
	}
	switch {
	case v.ID == 0 || s.hold:
	case !v.Running:
		s.publish(Failure, &step)
		if v.Terminated && !v.Restarts {
			return end(s, step)
		}
	case t < w.delayed() || !w.wanted():
	default:
		s.calling = true
		s.out, s.end = w.call(t)
		step.Called = true
		return step
	}
	w.rest(s, t)
	return step
}

func end(s *state, step Step) Step {
	s.done, s.known, step.Done = true, false, true
	return step
}

// renew is the sight of a new instance of the container.
func (w *Worker) renew(s *state, step *Step) {
	v := &w.view
	s.id, s.known, s.hold = v.ID, false, false
	switch {
	case !w.predates():
		s.publish(w.options.Type.initial(), step)
	case w.options.Sidecar && w.options.Type == Startup && v.Started:
		s.publish(Success, step)
	}
}

// restartGrace is how long before the kubelet's start a container must have started for the kubelet to
// leave its readiness as it was.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober_manager.go kubeletRestartGracePeriod.
const restartGrace = 10 * time.Second

// predates says whether the container runs since before the kubelet.
func (w *Worker) predates() bool {
	return w.view.Running && w.view.StartedAt < w.options.KubeletStarted.Add(-restartGrace)
}

// delayed is when the initial delay is over. The delay counts from the start as the status says it, in
// whole seconds, and whole seconds have to have passed: the part of a second that the status leaves out is
// won.
func (w *Worker) delayed() sim.Time {
	return w.view.StartedAt.Add(time.Duration(w.options.Probe.InitialDelaySeconds) * time.Second)
}

// wanted says whether it is this probe's turn: the startup probe's until the container has started, then
// the others'.
func (w *Worker) wanted() bool { return w.view.Started == (w.options.Type != Startup) }

// finish is the end of a call: what it came to counts, or is thrown away when the handler had an error.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/worker.go doProbe, prober.go probe.
func (w *Worker) finish(s *state) Step {
	step := Step{At: s.end, Reason: s.out.reason, Message: s.out.message}
	s.calling = false
	if r := s.out.result; r != Unknown {
		w.count(s, r, &step)
	}
	s.out = outcome{}
	w.rest(s, s.end)
	return step
}

// most is as far as results in a row are counted: beyond every threshold.
const most = 1 << 30

// count takes the result of a call.
func (w *Worker) count(s *state, r Result, step *Step) {
	if s.last != r {
		s.last, s.run = r, 0
	}
	s.run = min(s.run+1, most)
	p := w.options.Probe
	if r == Failure && s.run < p.FailureThreshold || r == Success && s.run < p.SuccessThreshold {
		return
	}
	s.publish(r, step)
	if w.options.Type == Liveness && r == Failure || w.options.Type == Startup {
		s.hold, s.run = true, 0
	}
}

// publish sets the result for the present instance.
func (s *state) publish(r Result, step *Step) {
	if s.known && s.result == r {
		return
	}
	s.known, s.result = true, r
	step.Published, step.Result, step.ID = true, r, s.id
}

// rest is what follows a call that ended at t: the stop, poke or tick that came meanwhile, or the next tick.
// Of ticks that came during one call, one is kept.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/worker.go run; go1.26 time.Ticker, whose Reset drops a tick
// that waits.
func (w *Worker) rest(s *state, t sim.Time) {
	ticked := s.tick <= t
	switch {
	case s.stopped:
		s.due = t
	case s.poked && (!ticked || w.coin(s)):
		s.poked, s.due, s.tick = false, t, t.Add(w.period())
	case ticked:
		s.due, s.tick = t, after(s.tick, t, w.period())
	default:
		s.due = s.tick
	}
}

// after is the first tick of a grid that comes after t.
func after(tick, t sim.Time, period time.Duration) sim.Time {
	if tick > t {
		return tick
	}
	return tick.Add((t.Sub(tick)/period + 1) * period)
}

// coin decides between two things that are ready at once, as a Go select does.
func (w *Worker) coin(s *state) bool {
	s.coins++
	stream := w.options.Chance.Draw(uint64(s.coins))
	return stream.Uint64()&1 == 0
}
