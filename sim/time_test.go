package sim

import (
	"math"
	"strings"
	"testing"
	"time"
)

// panicOf returns what f panics with, "" when it does not.
func panicOf(f func()) (message string) {
	defer func() {
		if r := recover(); r != nil {
			message = r.(string)
		}
	}()
	f()
	return ""
}

// wantPanic checks that f panics with a message that contains want.
func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	if got := panicOf(f); got == "" || !strings.Contains(got, want) {
		t.Errorf("panic %q, want one with %q", got, want)
	}
}

func TestTimeAddsAndSubtractsSpans(t *testing.T) {
	if got := At(3 * time.Second).Add(-5 * time.Second); got != At(-2*time.Second) {
		t.Errorf("3s - 5s = %v", got)
	}
	if got := At(-2 * time.Second).Sub(At(3 * time.Second)); got != -5*time.Second {
		t.Errorf("-2s to 3s = %v", got)
	}
	if got := Never.Add(-time.Hour); got != Never {
		t.Errorf("an hour before never = %v", got)
	}
	if got := At(7).Add(0).Sub(At(7)); got != 0 {
		t.Errorf("7 + 0 - 7 = %v", got)
	}
}

func TestTimeRefusesWhatItCannotHold(t *testing.T) {
	const last, first = Never - 1, Time(math.MinInt64)
	wantPanic(t, "beyond the end of time", func() { last.Add(1) })
	wantPanic(t, "beyond the end of time", func() { last.Add(2) })
	wantPanic(t, "beyond the end of time", func() { first.Add(-1) })
	wantPanic(t, "beyond the end of time", func() { At(math.MaxInt64 / 2).Add(math.MaxInt64) })
	wantPanic(t, "too long", func() { last.Sub(-2) })
	wantPanic(t, "too long", func() { first.Sub(1) })
	wantPanic(t, "no span", func() { Never.Sub(0) })
	wantPanic(t, "no span", func() { At(0).Sub(Never) })
	if got := (last - 1).Add(1); got != last {
		t.Errorf("the last instant can be reached, got %v", got)
	}
}

func TestTimeTruncatesTowardsThePast(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name         string
		at           Time
		origin       Time
		step         time.Duration
		want         Time
		wantFromZero Time
	}{
		{"a multiple stays", At(4 * s), 0, 2 * s, At(4 * s), At(4 * s)},
		{"after the start it goes down", At(5 * s), 0, 2 * s, At(4 * s), At(4 * s)},
		{"before the start it goes down too", At(-5 * s), 0, 2 * s, At(-6 * s), At(-6 * s)},
		{"a negative multiple stays", At(-4 * s), 0, 2 * s, At(-4 * s), At(-4 * s)},
		// 1.25 s is the first of ..., 0.25 s, 1.25 s, 2.25 s at or before 2.0 s.
		{"an origin off the second shifts the grid", At(2 * s), At(s / 4), s, At(5 * s / 4), At(2 * s)},
		// Before 0.1 s on that grid lies -0.75 s.
		{"before the origin the grid goes on", At(s / 10), At(s / 4), s, At(-3 * s / 4), 0},
		{"never stays", Never, 0, s, Never, Never},
	} {
		if got := c.at.TruncateFrom(c.origin, c.step); got != c.want {
			t.Errorf("%s: %v from %v by %v = %v, want %v", c.name, c.at, c.origin, c.step, got, c.want)
		}
		if got := c.at.Truncate(c.step); got != c.wantFromZero {
			t.Errorf("%s: %v by %v = %v, want %v", c.name, c.at, c.step, got, c.wantFromZero)
		}
	}
	wantPanic(t, "multiple of 0s", func() { At(0).Truncate(0) })
}

func TestTimeOrdersAndPrints(t *testing.T) {
	if !At(1).Before(2) || At(2).Before(2) || !At(3).After(2) || At(2).After(2) || !Never.After(Never-1) {
		t.Error("Before and After do not order instants")
	}
	for at, want := range map[Time]string{
		At(time.Hour + 2*time.Minute + 3500*time.Millisecond): "1h2m3.5s",
		At(-5 * time.Second): "-5s", 0: "0s", Never: "never",
	} {
		if got := at.String(); got != want {
			t.Errorf("%d prints %q, want %q", int64(at), got, want)
		}
	}
	if got := At(-1500 * time.Millisecond).Seconds(); got != -1.5 {
		t.Errorf("-1.5s in seconds = %v", got)
	}
	if got := Never.Seconds(); !math.IsInf(got, 1) {
		t.Errorf("never in seconds = %v", got)
	}
}

func TestPhasesPrintTheirNames(t *testing.T) {
	if got := PhaseInput.String() + " " + PhaseObserve.String() + " " + phases.String(); got != "input observe phase(5)" {
		t.Errorf("got %q", got)
	}
}
