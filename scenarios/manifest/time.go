package manifest

import (
	"math"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/sim"
)

// clock turns instants of the wall clock into those of a run and back.
type clock struct{ start time.Time }

// at is the instant of t, 0 for the zero time. Instants further than 292 years from the start are taken
// for the ends of time; the reader reports them.
func (c clock) at(t metav1.Time) sim.Time {
	if t.IsZero() {
		return 0
	}
	return sim.Time(t.Sub(c.start))
}

// reaches says whether the instant has a place in the run's time.
func (c clock) reaches(t metav1.Time) bool {
	d := t.Sub(c.start)
	return t.IsZero() || d != math.MaxInt64 && d != math.MinInt64
}

func (c clock) pointer(t *metav1.Time) (sim.Time, bool) {
	if t.IsZero() {
		return 0, false
	}
	return c.at(*t), true
}

// wall is the time of day at t, in whole seconds rounded down, as v1 objects hold it.
func (c clock) wall(t sim.Time) metav1.Time {
	return metav1.Time{Time: c.start.Add(time.Duration(t)).UTC().Truncate(time.Second)}
}
