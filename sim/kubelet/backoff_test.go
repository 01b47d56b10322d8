package kubelet

import (
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

func TestTheBackOffLadder(t *testing.T) {
	s := func(n int) time.Duration { return time.Duration(n) * time.Second }
	for _, c := range []struct {
		what  string
		lives []time.Duration // how long each instance lasts
		waits []time.Duration // before each restart, from the end
	}{
		{"short lives climb to five minutes", repeat(s(1), 9), []time.Duration{0, s(10), s(20), s(40), s(80), s(160), s(300), s(300), s(300)}},
		{"a life of over ten minutes begins the ladder anew", []time.Duration{s(1), s(1), s(1), s(601), s(1), s(1)},
			[]time.Duration{0, s(10), s(20), 0, s(10), s(20)}},
		// 594 s after the start the wait of 20 s still applies; at the start, 614 s after the entry was
		// raised, it has been cleaned up, so that the next wait is 10 s.
		{"a life of a little less waits once more and then begins anew", []time.Duration{s(1), s(1), s(594), s(1), s(1)},
			[]time.Duration{0, s(10), s(20), s(10), s(20)}},
	} {
		var b backoff
		now := sim.Time(0)
		for i, life := range c.lives {
			ended := now.Add(life)
			wait := b.pending(ended, ended)
			if wait != c.waits[i] {
				t.Errorf("%s: wait %d is %v, want %v", c.what, i+1, wait, c.waits[i])
			}
			now = ended.Add(wait)
			b.advance(now, backOffMax)
		}
	}
}

func repeat(d time.Duration, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = d
	}
	return out
}
