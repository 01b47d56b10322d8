package prober

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// course is answers by time since second 10.2, when the container of these tests starts.
type course []behaviour.Says

var container = model.Container{Name: "c", Ports: []model.ContainerPort{{Name: "web", ContainerPort: 8080}}}

const began = sim.Time(10_200_000_000)

// worker is one made at second 10 by an old kubelet, for a container that is seen running from 10.2 on.
func worker(of Type, p model.Probe, says course) *Worker {
	if p.Handler.Kind == "" {
		p.Handler = model.Handler{Kind: "exec", Command: []string{"check", "it"}}
	}
	p.PeriodSeconds, p.TimeoutSeconds = or(p.PeriodSeconds, 10), or(p.TimeoutSeconds, 1)
	p.FailureThreshold, p.SuccessThreshold = or(p.FailureThreshold, 3), or(p.SuccessThreshold, 1)
	pod := &model.Pod{Spec: &model.PodSpec{Containers: []model.Container{container}}}
	set := behaviour.NewSet(1, []behaviour.Behaviour{{Answers: []behaviour.Answers{{Says: says}}}})
	life := set.For(pod, nil).Life(pod, 0, 0)
	ask := func(now sim.Time) (behaviour.Answer, sim.Time) {
		a, until := life.Answer(&p.Handler, now.Sub(began))
		if until == behaviour.Forever {
			return a, sim.Never
		}
		return a, began.Add(until)
	}
	w := New(Options{Type: of, Probe: &p, Container: &container, KubeletStarted: sim.At(-time.Hour),
		Chance: sim.NewKey(1, "probe"), Ask: ask}, sim.At(10*time.Second), View{})
	w.See(began, running(1, of != Startup))
	return w
}

func or(n, otherwise int32) int32 {
	if n == 0 {
		return otherwise
	}
	return n
}

func running(id uint64, started bool) View {
	return View{ID: id, IP: "10.0.0.7", Running: true, StartedAt: began.Truncate(time.Second), Started: started}
}

// story is what is seen of a worker up to an instant, a word each.
func story(w *Worker, end time.Duration) string {
	var words []string
	for w.Next() <= sim.At(end) {
		step := w.Step(w.Next())
		word := fmt.Sprintf("%v", step.At.Seconds())
		if step.Reason != "" {
			word += " event"
		}
		if step.Published {
			word += " " + step.Result.String()
		}
		if step.Done {
			word += " done"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func TestProbesGoByTheNumbers(t *testing.T) {
	minute := time.Minute
	for _, c := range []struct {
		name string
		of   Type
		p    model.Probe
		says course
		end  time.Duration
		want string
	}{
		// Made at 10: ticks at 20, 30, 40, 50, 60. The initial value is set at the first tick that sees it.
		{"the grid is that of the worker, not of the container", Readiness, model.Probe{}, nil, minute,
			"20 Failure, 20 Success"},
		{"a liveness probe that is answered is seen once", Liveness, model.Probe{}, nil, 10 * minute, "20 Success"},
		{"a startup probe speaks once", Startup, model.Probe{}, nil, 10 * minute, "20 Unknown, 20 Success"},
		// Fails from 10.2 + 15 = 25.2 on: 30, 40, 50.
		{"three failures in a row publish one, and hold the worker", Liveness, model.Probe{}, course{exits(15, 1)}, 10 * minute,
			"20 Success, 30 event, 40 event, 50 event Failure"},
		// Failures at 30 and 40, none at 50, then 60, 70, 80.
		{"a success between failures makes the count begin anew", Liveness, model.Probe{}, course{exits(15, 1), exits(35, 0), exits(45, 1)}, 10 * minute,
			"20 Success, 30 event, 40 event, 60 event, 70 event, 80 event Failure"},
		{"readiness goes and comes again at its thresholds", Readiness, model.Probe{FailureThreshold: 2, SuccessThreshold: 2},
			course{exits(25, 1), exits(50, 0)}, 2 * minute,
			"20 Failure, 30 Success, 40 event, 50 event Failure, 60 event, 80 Success"},
		// 10.2 counts as 10: 27 seconds are over at 37, the first tick after is 40. (From 10.2 they would be
		// over at 37.2.) With 30 seconds the tick at 40 is just in time, though only 29.8 seconds are over.
		{"the initial delay is counted in whole seconds", Liveness, model.Probe{InitialDelaySeconds: 27}, course{exits(0, 1)}, 45 * time.Second,
			"20 Success, 40 event"},
		{"and from the whole second of the start", Liveness, model.Probe{InitialDelaySeconds: 30}, course{exits(0, 1)}, 45 * time.Second,
			"20 Success, 40 event"},
		{"a second more, and it is the next tick", Liveness, model.Probe{InitialDelaySeconds: 31}, course{exits(0, 1)}, 55 * time.Second,
			"20 Success, 50 event"},
		// From 25.2 on calls take 5 s, and are given up after 2: 30 to 32, 40 to 42.
		{"a call that is late fails when its time is over", Readiness, model.Probe{TimeoutSeconds: 2, FailureThreshold: 2}, course{takes(15, 5)}, 45 * time.Second,
			"20 Failure, 20 Success, 32 event, 42 event Failure"},
		// Period 2, timeout 5: ticks 12, 14, 16 ... The call of 12 lasts 3 s to 15; the tick of 14 waits and is
		// taken at 15: to 18. The ticks of 16 and 18 are one: at 18 to 21, and so on.
		{"calls longer than the period follow each other", Readiness, model.Probe{PeriodSeconds: 2, TimeoutSeconds: 5, SuccessThreshold: 4}, course{takes(0, 3)}, 40 * time.Second,
			"12 Failure, 24 Success"},
		// The call of 12 fails at 15 having taken 3 s. The next, at 15, takes nothing; then the tick of 16.
		{"after a long call the grid is as it was", Liveness, model.Probe{PeriodSeconds: 2, TimeoutSeconds: 5, FailureThreshold: 3},
			course{exits(0, 1), takes(0, 3), takes(4, 0)}, 40 * time.Second, "12 Success, 15 event, 15 event, 16 event Failure"},
		// Errors count for nothing: no result at 30 and 40, so that the failures of 20, 50 and 60 are in a row.
		{"an error of the handler leaves the count as it was", Liveness, model.Probe{}, course{exits(0, 1), at(15, behaviour.Reply{Error: "gone"}), exits(35, 1)}, 2 * minute,
			"20 Success, 20 event, 30 event, 40 event, 50 event, 60 event Failure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := story(worker(c.of, c.p, c.says), c.end); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

// TestErrorsAreTriedThrice: three tries of 300 ms each, from 20 to 20.9.
func TestErrorsAreTriedThrice(t *testing.T) {
	w := worker(Liveness, model.Probe{}, course{at(0, behaviour.Reply{Error: "gone"}), takes(0, 0.3)})
	if got := story(w, 21*time.Second); got != "20 Success, 20.9 event" {
		t.Error(got)
	}
}

func TestAPokeCallsAtOnceAndMovesTheGrid(t *testing.T) {
	// Answered from 15 on. Poked at 13.5: fails; the grid is then 23.5, where it is ready.
	w := worker(Readiness, model.Probe{}, course{exits(0, 1), exits(4.8, 0)})
	w.Poke(sim.At(13500 * time.Millisecond))
	if got := story(w, time.Minute); got != "13.5 Failure, 13.5 event, 23.5 Success" {
		t.Error(got)
	}
}

func TestANewInstanceBeginsAnew(t *testing.T) {
	w := worker(Liveness, model.Probe{FailureThreshold: 1}, course{exits(5, 1)})
	if got := story(w, time.Minute); got != "20 Success, 20 event Failure" {
		t.Error(got)
	}
	w.See(sim.At(61*time.Second), running(2, true)) // held no longer, and fails at the next tick
	if got := story(w, 2*time.Minute); got != "70 Success, 70 event Failure" {
		t.Error(got)
	}
	if r, known := w.Result(2); r != Failure || !known {
		t.Errorf("result %v, %v", r, known)
	}
	if _, known := w.Result(1); known {
		t.Error("the result of the first instance is still known")
	}
}

func TestTheEndOfAContainer(t *testing.T) {
	gone := View{ID: 1, Terminated: true, Restarts: true}
	w := worker(Readiness, model.Probe{}, nil)
	story(w, 30*time.Second)
	w.See(sim.At(31*time.Second), gone)
	if got := story(w, time.Minute); got != "40 Failure" {
		t.Errorf("one that is restarted: %s", got)
	}
	gone.Restarts = false
	w.See(sim.At(61*time.Second), gone)
	if got := story(w, 2*time.Minute); got != "70 done" {
		t.Errorf("one that is not: %s", got)
	}
}

func TestStopAndInterrupt(t *testing.T) {
	w := worker(Liveness, model.Probe{TimeoutSeconds: 5}, course{takes(0, 4)})
	story(w, 20*time.Second)
	w.Stop(sim.At(21 * time.Second)) // during the call of 20, which ends at 24
	if got := story(w, time.Minute); got != "24 done" {
		t.Errorf("stopped during a call: %s", got)
	}
	w = worker(Liveness, model.Probe{TimeoutSeconds: 5, FailureThreshold: 1}, course{takes(0, 4)})
	story(w, 20*time.Second)
	killed := behaviour.Answer{Reply: behaviour.Reply{Exit: 137}}
	if !w.Interrupt(sim.At(21*time.Second), killed) {
		t.Error("no call to interrupt")
	}
	if got := story(w, time.Minute); got != "21 event Failure" {
		t.Errorf("interrupted: %s", got)
	}
	if w.Interrupt(sim.At(time.Minute), killed) {
		t.Error("a call was interrupted while the worker was on hold")
	}
}

// TestAYoungKubeletSpreadsItsFirstCalls: made 3 s after the kubelet's start, the first call of a worker with
// a period of 10 s is made within that period; with a period of 2 s at once.
func TestAYoungKubeletSpreadsItsFirstCalls(t *testing.T) {
	least, most := sim.Never, sim.Time(0)
	for seed := range uint64(200) {
		w := New(Options{Type: Liveness, Probe: &model.Probe{Handler: model.Handler{Kind: "exec"}, PeriodSeconds: 10}, Container: &container,
			Chance: sim.NewKey(seed, "probe"), Ask: func(sim.Time) (behaviour.Answer, sim.Time) { return behaviour.Answer{}, sim.Never }},
			sim.At(3*time.Second), running(1, true))
		least, most = min(least, w.Next()), max(most, w.Next())
	}
	// Of 200 uniform draws, the least is over 5 % of the range with a probability of 0.95^200 = 0.00004.
	if least < sim.At(3*time.Second) || least > sim.At(3500*time.Millisecond) || most > sim.At(13*time.Second) || most < sim.At(12500*time.Millisecond) {
		t.Errorf("first calls from %v to %v, want 3s to 13s", least, most)
	}
}

// TestARestartOfTheKubeletKeepsReadiness: containers from over 10 s before its start get no initial value.
func TestARestartOfTheKubeletKeepsReadiness(t *testing.T) {
	for started, want := range map[time.Duration]string{80 * time.Second: "100 Success", 91 * time.Second: "100 Failure, 100 Success"} {
		w := New(Options{Type: Readiness, Probe: &model.Probe{Handler: model.Handler{Kind: "exec"}, PeriodSeconds: 10}, Container: &container,
			KubeletStarted: sim.At(100 * time.Second), Ask: func(sim.Time) (behaviour.Answer, sim.Time) { return behaviour.Answer{}, sim.Never }},
			sim.At(110*time.Second), View{ID: 1, Running: true, Started: true, StartedAt: sim.At(started)})
		if got := strings.ReplaceAll(story(w, 2*time.Minute), "110", "100"); got != want {
			t.Errorf("started at %v: %s, want %s", started, got, want)
		}
	}
}

// TestCallsOfChangingLengthAreNotSteppedForEver: lengths that are drawn anew each call cannot be jumped
// over, and a worker that never sees anything still names a next instant.
func TestCallsOfChangingLengthAreNotSteppedForEver(t *testing.T) {
	d, err := sim.NewEmpirical([]float64{0.1, 0.2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := worker(Liveness, model.Probe{}, course{{Takes: d}})
	story(w, 20*time.Second)
	// A call is two moves. The end of the call of 20 and those of 30 to 1290 make 1 + 2 * 127 = 255; the last
	// of the 256 begins the call of 1300, which ends within 0.2 s.
	if next := w.Next(); next <= sim.At(1300*time.Second) || next > sim.At(1300200*time.Millisecond) {
		t.Errorf("next at %v", next)
	}
	if step := w.Step(w.Next()); step.Seen() {
		t.Errorf("saw %v", step)
	}
}

// TestCallsThatAreJumpedOverCountInARow: one failure, too few to be published, and then successes. They
// count over the start of a new instance, which is thus ready at once, though a success needs three.
func TestCallsThatAreJumpedOverCountInARow(t *testing.T) {
	w := worker(Readiness, model.Probe{SuccessThreshold: 3}, course{exits(45, 1), exits(55, 0)}) // fails from 55.2 to 65.2
	if got := story(w, 5*time.Minute); got != "20 Failure, 40 Success, 60 event" {
		t.Error(got)
	}
	w.See(sim.At(301*time.Second), running(2, true))
	if got := story(w, 6*time.Minute); got != "310 Failure, 310 Success" {
		t.Error(got)
	}
}
