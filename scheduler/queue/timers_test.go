package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

func TestBackoffDuration(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name         string
		initial, max time.Duration
		want         []time.Duration // for counts 0, 1, ...
	}{
		{"it doubles up to the maximum", s, 10 * s, []time.Duration{0, s, 2 * s, 4 * s, 8 * s, 10 * s, 10 * s}},
		{"an initial value above the maximum is cut", 60 * s, 32 * s, []time.Duration{0, 32 * s, 32 * s}},
		{"a maximum that is a power is reached", s, 32 * s, []time.Duration{0, s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 32 * s}},
		{"no initial value is no back-off", 0, 10 * s, []time.Duration{0, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for count, want := range tt.want {
				if got := backoffDuration(tt.initial, tt.max, count); got != want {
					t.Errorf("after %d failures %v, want %v", count, got, want)
				}
			}
			if got := backoffDuration(tt.initial, tt.max, 1000); tt.initial > 0 && got != tt.max {
				t.Errorf("after 1000 failures %v", got)
			}
		})
	}
}

// TestReleaseAfterBackoff has a pod fail at .3 of a second of the wall clock, again and again. Back-off ends
// 0.7, 1.7, 3.7, 7.7, 9.7 s later, cut to whole seconds; the pod is released a second after that.
func TestReleaseAfterBackoff(t *testing.T) {
	for _, offset := range []time.Duration{0, 250 * time.Millisecond} {
		for _, kind := range []string{"rejected", "error"} {
			t.Run(fmt.Sprintf("%s, %v into a second at the start", kind, offset), func(t *testing.T) {
				b := newBench(t, func(o *Options) { o.WallOffset = offset })
				b.Add(0, pod("p", 0))
				b.Add(0, pod("keeps-the-queue-busy", -1))
				wall := func(s float64) sim.Time { return seconds(s).Add(-offset) }
				fail := wall(100.3)
				for n, expiry := range []float64{0.7, 1.7, 3.7, 7.7, 9.7, 9.7} {
					i := b.pop(fail, "p")
					if i.Attempts != n+1 {
						t.Errorf("attempt %d counts %d", n+1, i.Attempts)
					}
					var plugins []string
					if kind == "rejected" {
						plugins = []string{"fit"}
					}
					b.Failed(fail, i, i.Pod, plugins, nil)
					b.Event(fail.Add(100*time.Millisecond), nodeAdd, nil, nil)
					b.place("p", Backoff)
					if want := fail.Add(time.Duration(expiry * float64(time.Second))); i.expiry != want {
						t.Errorf("failure %d: back-off ends at %v, want %v", n+1, i.expiry, want)
					}
					release := i.expiry.Add(time.Second)
					if got := b.NextWake(fail); got != release {
						t.Errorf("failure %d: wakes at %v, want %v", n+1, got, release)
					}
					b.Tick(release - 1)
					b.place("p", Backoff)
					b.Tick(release)
					b.place("p", Active)
					fail = release.Add(300 * time.Millisecond)
				}
			})
		}
	}
}

func TestCountersOfFailures(t *testing.T) {
	b := newBench(t, nil)
	b.Add(0, pod("p", 0))
	now := seconds(0)
	for n, step := range []struct {
		rejected              bool
		unschedulable, errors int
		backoff               time.Duration
	}{
		{true, 1, 0, time.Second},
		{true, 2, 0, 2 * time.Second},
		{false, 2, 1, time.Second}, // Errors count from the start, rejections are not forgotten.
		{false, 2, 2, 2 * time.Second},
		{true, 3, 0, 4 * time.Second},
		{false, 3, 1, time.Second},
	} {
		i := b.pop(now, "p")
		var plugins []string
		if step.rejected {
			plugins = []string{"fit"}
		}
		b.Failed(now, i, i.Pod, plugins, nil)
		if i.UnschedulableCount != step.unschedulable || i.ConsecutiveErrors != step.errors || i.expiry != now.Add(step.backoff) {
			t.Errorf("step %d: %d rejections, %d errors, back-off until %v, now %v", n, i.UnschedulableCount, i.ConsecutiveErrors, i.expiry, now)
		}
		now = now.Add(100 * time.Second)
		b.Event(now, nodeAdd, nil, nil)
		b.Tick(now)
	}
}

func TestIdleSchedulerTakesRejectedPodsOutOfBackoffEarly(t *testing.T) {
	b := newBench(t, nil)
	b.reject(seconds(0.1), pod("error", 9))
	for _, p := range []*model.Pod{pod("low", 1), pod("high", 5)} {
		b.Add(seconds(0.2), p)
	}
	for range 2 {
		i, _ := b.Pop(seconds(0.2))
		b.Failed(seconds(0.2), i, i.Pod, []string{"fit"}, nil)
	}
	later := b.reject(seconds(1.5), pod("later", 9), "fit")
	b.Event(seconds(1.6), nodeAdd, nil, nil)
	if got := (Lengths{Backoff: 4}); b.Lengths() != got {
		t.Fatalf("lengths %+v", b.Lengths())
	}
	b.moves = nil
	// Windows first (1, 1 and 2 s), the active queue's order within one; errors are waited out.
	b.pop(seconds(1.7), "high")
	b.pop(seconds(1.7), "low")
	if i := b.pop(seconds(1.7), "later"); i != later {
		t.Error("another item")
	}
	if b.Ready(seconds(1.7)) {
		t.Error("ready with a pod that met an error")
	}
	want := []string{"high: Backoff -> Active on PopFromBackoffQ, immediately ", "high: Active -> InFlight on Pop, skip "}
	if !slices.Equal(b.moves[:2], want) {
		t.Errorf("moves %q", b.moves[:2])
	}
	// The error was at 0.1 s: window 1 s, released at 2 s.
	b.tickTo(seconds(2))
	b.pop(seconds(2), "error")
}

func TestNoMaximumIsNoBackoff(t *testing.T) {
	b := newBench(t, func(o *Options) { o.MaxBackoff = 0 })
	b.reject(0, pod("error", 0))
	b.place("error", Active)
	b.pop(0, "error")
	b.reject(0, pod("p", 0), "fit")
	b.Event(0, nodeAdd, nil, nil)
	b.place("p", Active)
}

// TestFlushOfLeftovers: a check at 7 s and every 30 s. A pod rejected at 0.5 s has waited for more than
// five minutes at 307 s (301 s would do); one of 7 s has waited for exactly five minutes then, which is
// not more.
func TestFlushOfLeftovers(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Started = seconds(7) })
	b.reject(seconds(0.5), pod("early", 0), "unknown")
	b.reject(seconds(7), pod("exactly", 0), "unknown")
	b.Add(seconds(7), pod("gated", 0, "gates"))
	if got := b.NextWake(seconds(7)); got != seconds(307) {
		t.Fatalf("wakes at %v", got)
	}
	b.Tick(seconds(306))
	b.place("early", Unschedulable)
	b.moves = nil
	b.Tick(seconds(307))
	b.place("early", Active)
	b.place("exactly", Unschedulable)
	if want := []string{"early: Unschedulable -> Active on UnschedulableTimeout, after back-off "}; !slices.Equal(b.moves, want) {
		t.Errorf("moves %q", b.moves)
	}
	b.pop(seconds(307), "early")
	b.tickTo(seconds(337))
	b.place("exactly", Active)
	b.place("gated", Gated)
	// The gated pod was looked at as well, and waits for as long again: 337 + 300 is not enough.
	if got := b.NextWake(seconds(337)); got != seconds(667) {
		t.Errorf("wakes at %v", got)
	}
}

func TestMaxUnschedulableCanBeSet(t *testing.T) {
	b := newBench(t, func(o *Options) { o.MaxUnschedulable = 40 * time.Second })
	b.reject(seconds(1), pod("p", 0), "unknown")
	if got := b.NextWake(seconds(1)); got != seconds(60) {
		t.Errorf("wakes at %v", got)
	}
}

// TestGatedAfterTheTimeout: the checks are at whole half minutes. At 310 s the pod, rejected at 1 s, has
// waited for more than five minutes, but the next check is at 330 s.
func TestGatedAfterTheTimeout(t *testing.T) {
	b := newBench(t, nil)
	i := b.reject(seconds(1), pod("p", 0), "fit")
	i.Pod.Spec.SchedulingGates = []string{"gates"}
	b.Event(seconds(310), nodeAdd, nil, nil)
	b.place("p", Gated)
	if got := b.NextWake(seconds(310)); got != seconds(330) {
		t.Errorf("wakes at %v", got)
	}
}
