package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// journal writes down what it handles and then does what it was told for that op.
type journal struct {
	lines []string
	then  map[uint16]func(now Time, ev Event)
}

func (j *journal) Handle(now Time, ev Event) {
	j.lines = append(j.lines, fmt.Sprintf("%v %v %d", now, ev.Phase, ev.Op))
	if f := j.then[ev.Op]; f != nil {
		f(now, ev)
	}
}

// newJournal returns an engine with a journal as its only actor.
func newJournal() (*Engine, *journal) {
	e, j := NewEngine(1), &journal{then: map[uint16]func(Time, Event){}}
	e.Register("journal", j)
	return e, j
}

func (j *journal) want(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(j.lines, want) {
		t.Errorf("ran\n  %s\nwant\n  %s", strings.Join(j.lines, "\n  "), strings.Join(want, "\n  "))
	}
}

func op(n uint16) Event               { return Event{Phase: PhaseAct, Op: n} }
func background(n uint16) Event       { return Event{Phase: PhaseAct, Op: n, Background: true} }
func inPhase(p Phase, n uint16) Event { return Event{Phase: p, Op: n} }
func seconds(n time.Duration) Time    { return At(n * time.Second) }
func wantNow(t *testing.T, e *Engine, want Time) {
	t.Helper()
	if e.Now() != want {
		t.Errorf("now %v, want %v", e.Now(), want)
	}
}

func TestEventsRunByTimeThenPhaseThenSequence(t *testing.T) {
	e, j := newJournal()
	e.Schedule(seconds(2), inPhase(PhaseInput, 1))
	for p := PhaseObserve; ; p-- {
		e.Schedule(seconds(1), inPhase(p, 2))
		e.Schedule(seconds(1), inPhase(p, 3))
		if p == PhaseInput {
			break
		}
	}
	e.RunUntil(Never)
	j.want(t, "1s input 2", "1s input 3", "1s deliver 2", "1s deliver 3", "1s act 2", "1s act 3",
		"1s decide 2", "1s decide 3", "1s observe 2", "1s observe 3", "2s input 1")
	wantNow(t, e, seconds(2))
}

func TestAnEventScheduledForThisInstantRunsInIt(t *testing.T) {
	e, j := newJournal()
	j.then[1] = func(now Time, _ Event) {
		e.Schedule(now, inPhase(PhaseObserve, 4))
		e.Schedule(now, inPhase(PhaseInput, 3)) // an earlier phase than the one that runs: at once
	}
	e.Schedule(seconds(1), inPhase(PhaseAct, 1))
	e.Schedule(seconds(1), inPhase(PhaseAct, 2))
	e.RunUntil(seconds(1))
	j.want(t, "1s act 1", "1s input 3", "1s act 2", "1s observe 4")
}

func TestRescheduledEventComesLastAmongItsEquals(t *testing.T) {
	e, j := newJournal()
	h := e.Schedule(seconds(1), op(1))
	e.Schedule(seconds(1), op(2))
	if !e.Reschedule(h, seconds(1)) {
		t.Fatal("a scheduled event could not be rescheduled")
	}
	e.RunUntil(seconds(9))
	j.want(t, "1s act 2", "1s act 1")
	if e.Reschedule(h, seconds(10)) {
		t.Error("an event that has run could be rescheduled")
	}
}

func TestHandlesReferToOneEventOnly(t *testing.T) {
	e, j := newJournal()
	old := e.Schedule(seconds(1), op(1))
	if !e.Cancel(old) || e.Cancel(old) {
		t.Error("an event can be cancelled once and only once")
	}
	next := e.Schedule(seconds(1), op(2))
	if next.slot != old.slot {
		t.Fatalf("slot %d was not used again (got %d), the test tests nothing", old.slot, next.slot)
	}
	if _, ok := e.When(old); ok || e.Cancel(old) || e.Reschedule(old, seconds(5)) {
		t.Error("a handle reached the event that took its slot")
	}
	if e.Cancel(Handle{}) || !(Handle{}).IsZero() || next.IsZero() {
		t.Error("the zero handle refers to something, or a handle is zero")
	}
	if e.Cancel(Handle{slot: 99, generation: 1}) {
		t.Error("a handle from elsewhere refers to something")
	}
	e.RunUntil(seconds(1))
	j.want(t, "1s act 2")
}

func TestSlotIsRetiredWhenItsGenerationsAreUsedUp(t *testing.T) {
	e, j := newJournal()
	first := e.Schedule(seconds(1), op(1))
	e.slots.all[first.slot].generation = ^uint32(0)
	last := Handle{first.slot, ^uint32(0)}
	if at, ok := e.When(last); !ok || at != seconds(1) {
		t.Fatalf("the last generation is at %v, %v", at, ok)
	}
	if !e.Cancel(last) {
		t.Fatal("the last generation could not be cancelled")
	}
	for range 3 {
		if h := e.Schedule(seconds(2), op(2)); h.slot == first.slot {
			t.Fatal("a retired slot is used again")
		}
	}
	e.RunUntil(seconds(2))
	j.want(t, "2s act 2", "2s act 2", "2s act 2")
}

func TestRunUntilIncludesItsInstantAndMovesTheClock(t *testing.T) {
	e, j := newJournal()
	j.then[1] = func(Time, Event) { e.After(time.Second, op(2)) }
	e.Schedule(seconds(1), op(1))
	e.Schedule(seconds(3), op(3))
	e.RunUntil(seconds(2))
	j.want(t, "1s act 1", "2s act 2")
	wantNow(t, e, seconds(2))
	e.RunUntil(At(2500 * time.Millisecond))
	wantNow(t, e, At(2500*time.Millisecond))
	if e.Pending() != 1 || e.Processed() != 2 {
		t.Errorf("%d pending and %d processed, want 1 and 2", e.Pending(), e.Processed())
	}
	wantPanic(t, "run until 1s, now 2.5s", func() { e.RunUntil(seconds(1)) })
}

func TestRunUntilIdleLeavesBackgroundWork(t *testing.T) {
	e, j := newJournal()
	j.then[7] = func(Time, Event) { e.After(2*time.Second, background(7)) }
	j.then[1] = func(Time, Event) { e.After(time.Second, op(2)) }
	e.Schedule(seconds(2), background(7))
	e.Schedule(seconds(4), op(1))
	e.RunUntilIdle(seconds(100))
	// The beat at 4 s was scheduled at 2 s, after the event at 4 s.
	j.want(t, "2s act 7", "4s act 1", "4s act 7", "5s act 2")
	wantNow(t, e, seconds(5))
	if e.Pending() != 1 || e.Foreground() != 0 {
		t.Errorf("%d pending, %d of them in the foreground, want 1 and 0", e.Pending(), e.Foreground())
	}
	e.RunUntilIdle(seconds(100)) // idle already: nothing runs
	wantNow(t, e, seconds(5))
}

func TestRunUntilIdleStopsAtItsLimit(t *testing.T) {
	e, j := newJournal()
	e.Schedule(seconds(5), op(1))
	e.Schedule(seconds(2), background(7))
	e.RunUntilIdle(seconds(3))
	j.want(t, "2s act 7")
	wantNow(t, e, seconds(3))
}

func TestForegroundCountsCancelledAndRescheduledEvents(t *testing.T) {
	e, _ := newJournal()
	a, b := e.Schedule(seconds(1), op(1)), e.Schedule(seconds(1), background(2))
	e.Reschedule(a, seconds(2))
	e.Reschedule(b, seconds(2))
	if e.Foreground() != 1 || e.Pending() != 2 {
		t.Errorf("%d of %d in the foreground, want 1 of 2", e.Foreground(), e.Pending())
	}
	e.Cancel(b)
	e.Cancel(a)
	if e.Foreground() != 0 || e.Pending() != 0 {
		t.Errorf("%d of %d in the foreground, want 0 of 0", e.Foreground(), e.Pending())
	}
}

func TestStopReturnsAfterTheEventBeingHandled(t *testing.T) {
	for name, run := range map[string]func(*Engine, Time){
		"RunUntil": (*Engine).RunUntil, "RunUntilIdle": (*Engine).RunUntilIdle,
	} {
		e, j := newJournal()
		j.then[1] = func(Time, Event) { e.Stop() }
		e.Schedule(seconds(1), op(1))
		e.Schedule(seconds(1), op(2))
		run(e, seconds(5))
		j.want(t, "1s act 1")
		if wantNow(t, e, seconds(1)); !e.Stopped() {
			t.Errorf("%s: does not say that it was stopped", name)
		}
		run(e, seconds(5)) // a stop does not outlive the run it ended
		j.want(t, "1s act 1", "1s act 2")
		if e.Stopped() {
			t.Errorf("%s: still says that it was stopped", name)
		}
	}
}

func TestStopWithoutARunDoesNothing(t *testing.T) {
	e, j := newJournal()
	e.Stop()
	e.Schedule(seconds(1), op(1))
	e.RunUntil(seconds(1))
	j.want(t, "1s act 1")
}

func TestMistakesPanic(t *testing.T) {
	e, j := newJournal()
	e.RunUntil(seconds(5))
	h := e.Schedule(seconds(6), op(1))
	wantPanic(t, "sim: event at 3s scheduled in the past, now 5s", func() { e.Schedule(seconds(3), op(1)) })
	wantPanic(t, "sim: event at 3s scheduled in the past, now 5s", func() { e.Reschedule(h, seconds(3)) })
	wantPanic(t, "sim: event at 4s scheduled in the past, now 5s", func() { e.After(-time.Second, op(1)) })
	wantPanic(t, "scheduled at never", func() { e.Schedule(Never, op(1)) })
	wantPanic(t, "unknown phase(9)", func() { e.Schedule(seconds(6), Event{Phase: 9}) })
	wantPanic(t, "actor 3, 1 are registered", func() { e.Schedule(seconds(6), Event{Actor: 3}) })
	wantPanic(t, `actor "journal" registered twice`, func() { e.Register("journal", j) })
	if e.Pending() != 1 {
		t.Errorf("%d pending, want 1: what panics leaves no trace", e.Pending())
	}
	j.then[1] = func(Time, Event) { e.Step() }
	wantPanic(t, "run by an event it handles", func() { e.Step() })
}

func TestMemoryIsBoundedByWhatIsScheduled(t *testing.T) {
	e, j := newJournal()
	var h Handle
	j.then[1] = func(Time, Event) { // a beat that puts off one timeout and replaces another
		e.Cancel(h)
		h = e.After(time.Hour, op(2))
		e.Reschedule(h, e.Now().Add(2*time.Hour))
		e.After(time.Millisecond, op(1))
		j.lines = j.lines[:0]
	}
	e.Schedule(0, op(1))
	for range 100_000 {
		e.Step()
	}
	// Two events are scheduled. Stale entries may outnumber them by staleFloor, plus the one just made.
	if n := e.queue.len(); n > 2*2+staleFloor+1 {
		t.Errorf("%d entries for %d events", n, e.Pending())
	}
	if n := len(e.slots.all) - 1; n > 3 {
		t.Errorf("%d slots for %d events", n, e.Pending())
	}
}

func TestRefIsLetGoOnceTheEventHasRun(t *testing.T) {
	e, _ := newJournal()
	h := e.Schedule(seconds(1), Event{Ref: new(int)})
	c := e.Schedule(seconds(2), Event{Ref: new(int)})
	e.Step()
	e.Cancel(c)
	if e.slots.all[h.slot].ev.Ref != nil || e.slots.all[c.slot].ev.Ref != nil {
		t.Error("the queue keeps alive what a past event referred to")
	}
}

func TestChecksRunUnderTheTagOnly(t *testing.T) {
	e, _ := newJournal()
	n := 0
	e.Checks(func() { n++ })
	e.Schedule(seconds(1), op(1))
	e.Schedule(seconds(2), op(1))
	e.RunUntil(seconds(3))
	if want := map[bool]int{true: 2}[invariants]; n != want {
		t.Errorf("the check ran %d times, want %d", n, want)
	}
}

func TestNothingIsAllocatedInSteadyState(t *testing.T) {
	e := newHold(1000)
	if n := testing.AllocsPerRun(1000, func() { e.Step() }); n != 0 {
		t.Errorf("%v allocations an event", n)
	}
}
