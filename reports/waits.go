package reports

import (
	"math"
	"slices"
	"time"
)

// Spans gathers lengths of time for exact percentiles, in eight bytes each. The zero Spans is empty.
type Spans struct {
	micros []int64
	sum    int64
	sorted bool
}

// Add takes in one span; what is below a microsecond is cut.
func (s *Spans) Add(d time.Duration) {
	us := d.Microseconds()
	s.micros = append(s.micros, us)
	s.sum += us
	s.sorted = false
}

// Len is how many spans there are.
func (s *Spans) Len() int { return len(s.micros) }

// Mean is the mean in seconds, NaN when there are none.
func (s *Spans) Mean() float64 {
	if len(s.micros) == 0 {
		return math.NaN()
	}
	return float64(s.sum) / float64(len(s.micros)) / 1e6
}

// Percentile is the nearest-rank percentile in seconds: the smallest span that is at least as long as
// p percent of all, so always one that occurred. p is from above 0 to 100. NaN when there are none.
func (s *Spans) Percentile(p float64) float64 {
	n := len(s.micros)
	if n == 0 {
		return math.NaN()
	}
	if !s.sorted {
		slices.Sort(s.micros)
		s.sorted = true
	}
	rank := int(math.Ceil(p / 100 * float64(n)))
	return float64(s.micros[min(max(rank, 1), n)-1]) / 1e6
}
