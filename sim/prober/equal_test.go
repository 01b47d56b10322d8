package prober

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// piece is a stretch of time in which calls go one way.
type piece struct {
	until  sim.Time
	answer behaviour.Answer
}

// told is something that a worker is told at an instant.
type told struct {
	at  sim.Time
	say func(w *Worker, now sim.Time)
}

// life is what a worker may meet: its probe, the answers, and what it is told.
type life struct {
	options Options
	pieces  []piece
	script  []told
	end     sim.Time
}

// TestJumpsAreAsIfEveryCallHadBeenMade leads a worker that jumps beside one that makes every call, through
// random probes, answers, restarts, pokes, interrupts and stops: all that is seen of them is equal.
func TestJumpsAreAsIfEveryCallHadBeenMade(t *testing.T) {
	lives := 10_000
	if testing.Short() {
		lives = 1000
	}
	seen, moves, steps := 0, 0, 0
	for seed := range lives {
		l := randomLife(uint64(seed))
		jumps, taken := l.lead(false)
		plain, all := l.lead(true)
		seen, steps, moves = seen+len(plain), steps+taken, moves+all
		if !reflect.DeepEqual(jumps, plain) {
			for i := range min(len(jumps), len(plain)) {
				if jumps[i] != plain[i] {
					t.Fatalf("life %d, step %d:\njumping %+v\nplain   %+v\nprobe %+v of %v", seed, i, jumps[i], plain[i], l.options.Probe, l.options.Type)
				}
			}
			t.Fatalf("life %d: jumping sees %d things, plain %d\nprobe %+v of %v", seed, len(jumps), len(plain), l.options.Probe, l.options.Type)
		}
	}
	t.Logf("%d things seen of %d lives, in %d steps and %d plain ones", seen, lives, steps, moves)
	if seen < 3*lives || moves < 10*steps {
		t.Errorf("too little happened to show anything")
	}
	if steps != seen {
		t.Errorf("a worker that jumps took %d steps for %d things seen", steps, seen)
	}
}

// lead takes a worker through the life and returns what was seen, and in how many steps.
func (l *life) lead(every bool) (seen []Step, steps int) {
	o := l.options
	o.EveryPeriod = every
	o.Ask = l.ask
	w := New(o, 0, View{})
	for i := 0; ; {
		next := w.Next()
		if i < len(l.script) && l.script[i].at <= next {
			l.script[i].say(w, l.script[i].at)
			i++
			continue
		}
		if next >= l.end {
			w.through(l.end)
			return seen, steps
		}
		steps++
		if step := w.Step(next); step.Seen() {
			step.Called = false
			seen = append(seen, step)
		}
	}
}

func (l *life) ask(now sim.Time) (behaviour.Answer, sim.Time) {
	for _, p := range l.pieces {
		if now < p.until {
			return p.answer, p.until
		}
	}
	return behaviour.Answer{}, sim.Never
}

// randomLife is a life of up to some ten minutes, much of it in instants that are whole periods.
func randomLife(seed uint64) *life {
	r := rand.New(rand.NewPCG(seed, 1))
	probe := &model.Probe{Handler: model.Handler{Kind: "exec", Command: []string{"probe"}},
		PeriodSeconds: 1 + r.Int32N(10), TimeoutSeconds: 1 + r.Int32N(12), SuccessThreshold: 1 + r.Int32N(3)*r.Int32N(2),
		FailureThreshold: 1 + r.Int32N(4), InitialDelaySeconds: r.Int32N(30) * r.Int32N(2)}
	l := &life{options: Options{Type: Type(r.IntN(3)), Probe: probe, Container: &model.Container{Name: "c"},
		Sidecar: r.IntN(4) == 0, KubeletStarted: sim.At(-time.Hour), Chance: sim.NewKey(seed, "probe")}}
	if r.IntN(5) == 0 {
		l.options.KubeletStarted = sim.At(-time.Duration(r.IntN(5)) * time.Second)
	}
	instant := func(t sim.Time) sim.Time {
		step := sim.At(time.Duration(r.Int64N(int64(90 * time.Second))))
		if r.IntN(2) == 0 {
			step = step.Truncate(time.Second)
		}
		return t + step + 1 - sim.Time(r.IntN(2))
	}
	t := sim.Time(0)
	for range r.IntN(8) {
		t = instant(t)
		l.pieces = append(l.pieces, piece{t, randomAnswer(r)})
	}
	v, at := View{}, sim.Time(0)
	for range 1 + r.IntN(12) {
		at = instant(at)
		l.script = append(l.script, told{at, randomWord(r, &v, at)})
	}
	l.end = max(at, t) + sim.At(time.Minute)
	return l
}

func randomAnswer(r *rand.Rand) behaviour.Answer {
	var a behaviour.Answer
	switch r.IntN(8) {
	case 0, 1:
		a.Exit = 1
	case 2:
		a.Error = "no such process"
	}
	if r.IntN(2) == 0 {
		a.Takes = []time.Duration{time.Millisecond, 400 * time.Millisecond, time.Second, 2300 * time.Millisecond,
			3 * time.Second, 7 * time.Second, 20 * time.Second}[r.IntN(7)]
	}
	return a
}

// randomWord is something to tell a worker, and keeps the view as it is then.
func randomWord(r *rand.Rand, v *View, at sim.Time) func(*Worker, sim.Time) {
	switch r.IntN(9) {
	case 0:
		return (*Worker).Poke
	case 1:
		return (*Worker).Refresh
	case 2:
		return func(w *Worker, now sim.Time) { w.Interrupt(now, behaviour.Answer{Reply: behaviour.Reply{Exit: 137}}) }
	case 3:
		if r.IntN(6) == 0 {
			return (*Worker).Stop
		}
		return (*Worker).Poke
	case 4:
		v.Running, v.Started = false, false
		v.Terminated, v.Restarts = r.IntN(2) == 0, r.IntN(4) > 0
	case 5:
		v.Started = !v.Started
	default:
		if v.ID == 0 || !v.Running || r.IntN(3) == 0 {
			*v = View{ID: v.ID + 1}
		}
		v.IP, v.Running, v.StartedAt, v.Started = "10.0.0.1", true, at.Truncate(time.Second), r.IntN(3) > 0
	}
	view := *v
	return func(w *Worker, now sim.Time) { w.See(now, view) }
}

func (s Step) String() string {
	return fmt.Sprintf("{%v published %v %v of %d, %q %q, done %v}", s.At, s.Published, s.Result, s.ID, s.Reason, s.Message, s.Done)
}
