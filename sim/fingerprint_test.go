package sim

import (
	"testing"
	"time"
)

// sumOf returns the fingerprint of a run of the given events, for an engine made afresh.
func sumOf(seed uint64, events ...func(*Engine)) uint64 {
	e := NewEngine(seed)
	e.Register("journal", &journal{})
	e.Register("other", &journal{})
	for _, f := range events {
		f(e)
	}
	e.RunUntil(Never)
	return e.Fingerprint().Sum()
}

func TestFingerprintSeesEveryPartOfAnEvent(t *testing.T) {
	at := func(d time.Duration, ev Event) func(*Engine) {
		return func(e *Engine) { e.Schedule(At(d), ev) }
	}
	base := Event{Phase: PhaseAct, Op: 1, Arg: 1}
	seen := map[uint64]string{}
	for _, c := range []struct {
		name string
		sum  uint64
	}{
		{"no events", sumOf(1)},
		{"one event", sumOf(1, at(1, base))},
		{"another time", sumOf(1, at(2, base))},
		{"another phase", sumOf(1, at(1, Event{Phase: PhaseDecide, Op: 1, Arg: 1}))},
		{"another actor", sumOf(1, at(1, Event{Phase: PhaseAct, Actor: 1, Op: 1, Arg: 1}))},
		{"another op", sumOf(1, at(1, Event{Phase: PhaseAct, Op: 2, Arg: 1}))},
		{"another arg", sumOf(1, at(1, Event{Phase: PhaseAct, Op: 1, Arg: 2}))},
		{"the same event twice", sumOf(1, at(1, base), at(1, base))},
		{"another seed", sumOf(2, at(1, base))},
		{"something mixed in", sumOf(1, at(1, base), func(e *Engine) { e.Fingerprint().Mix(0) })},
		{"two events", sumOf(1, at(1, base), at(1, Event{Phase: PhaseAct, Op: 9}))},
		{"the two in the other order", sumOf(1, at(1, Event{Phase: PhaseAct, Op: 9}), at(1, base))},
	} {
		if other, ok := seen[c.sum]; ok {
			t.Errorf("%s has the fingerprint of %s", c.name, other)
		}
		seen[c.sum] = c.name
	}
	if again := sumOf(1, at(1, base)); seen[again] != "one event" {
		t.Error("the same run has two fingerprints")
	}
	withRef := at(1, Event{Phase: PhaseAct, Op: 1, Arg: 1, Ref: new(int)})
	if seen[sumOf(1, withRef)] != "one event" {
		t.Error("a pointer enters the fingerprint")
	}
}

func TestFingerprintSetsStringsApart(t *testing.T) {
	sum := func(parts ...string) uint64 {
		var f Fingerprint
		for _, p := range parts {
			f.MixString(p)
		}
		return f.Sum()
	}
	if sum("ab", "c") == sum("a", "bc") || sum("") == sum() || sum("", "a") == sum("a", "") {
		t.Error("the borders between strings do not count")
	}
}

func TestFingerprintPrintsSixteenDigits(t *testing.T) {
	var f Fingerprint
	if got := f.String(); got != "0000000000000000" {
		t.Errorf("nothing mixed in prints %q", got)
	}
	f.Mix(1)
	f.MixString("towtank")
	if got, want := f.String(), "3b2c363d2c48d453"; got != want {
		t.Errorf("prints %q, want %q: a change here changes every fingerprint ever recorded", got, want)
	}
}

// TestFingerprintSpreadsSmallDifferences flips each bit of a mixed number and expects about half of
// the sum's 64 bits to change: 32 with a standard deviation of 4 each, so 0.5 for the mean of 64.
func TestFingerprintSpreadsSmallDifferences(t *testing.T) {
	sum := func(x uint64) uint64 {
		var f Fingerprint
		f.Mix(x)
		f.Mix(0)
		return f.Sum()
	}
	changed := 0
	for bit := range 64 {
		for d := sum(12345) ^ sum(12345^1<<bit); d != 0; d &= d - 1 {
			changed++
		}
	}
	if mean := float64(changed) / 64; mean < 29.5 || mean > 34.5 {
		t.Errorf("a flipped bit changes %.1f bits of the sum on average", mean)
	}
}
