package behaviour

import (
	"math/rand/v2"
	"strconv"
	"time"

	"towtank.dev/towtank/sim"
)

// spell is a stretch of time in which a handler fails, or does not, and where its draws go on. It is kept
// by a Life so that asking about later and later instants draws each stretch once.
type spell struct {
	of          int // the answers it belongs to
	from, until time.Duration
	failing     bool
	stream      sim.KeyedStream
}

// leastSpell bounds the number of stretches where a distribution draws none or nearly none.
const leastSpell = time.Millisecond

// failing says whether answers number i fail at an instant, and until when that stays so.
func (l *Life) failing(s *source, i int, since time.Duration) (failing bool, until time.Duration) {
	f := s.Answers[i].Failures
	if l.spell == nil {
		l.spell = &spell{of: -1}
	}
	sp := l.spell
	if sp.of != i || since < sp.from {
		key := l.key(s, fieldAnswers).Of("failures " + strconv.Itoa(i))
		*sp = spell{of: i, stream: key.Draw(uint64(l.restart))}
		sp.until = stretch(f.Every, &sp.stream)
	}
	for since >= sp.until {
		sp.from, sp.failing = sp.until, !sp.failing
		next := f.Every
		if sp.failing {
			next = f.For
		}
		sp.until += stretch(next, &sp.stream)
	}
	return sp.failing, sp.until
}

func stretch(d sim.Dist, src rand.Source) time.Duration {
	return max(sim.SampleDuration(d, src), leastSpell)
}
