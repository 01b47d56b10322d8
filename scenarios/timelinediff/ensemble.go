package timelinediff

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// compareMany compares with an ensemble.
func compareMany(left lives, rights []lives, floor, relative float64) verdict {
	pool := lives{}
	for _, r := range rights {
		for k, members := range r {
			pool[k] = append(pool[k], members...)
		}
	}
	if why := compareCounts(left, rights, pool); why != "" {
		return verdict{difference: why}
	}
	var v verdict
	for _, k := range sorted(left) {
		facts := strings.Split(k, between)
		for _, times := range left[k] {
			for i := range times {
				r := rangeOf(times, pool[k], i, floor)
				r.Fact = facts[i]
				if i > 0 {
					r.Before = facts[i-1]
				}
				outside := max(r.Low-r.Real, r.Real-r.High, 0)
				if outside > floor+relative*math.Abs(r.Real) {
					what := "instant"
					if r.Interval {
						what = "interval"
					}
					return verdict{difference: fmt.Sprintf("%s of [%s]: real %.3f, simulated %.3f to %.3f", what, facts[i], r.Real, r.Low, r.High)}
				}
				v.ranges = append(v.ranges, r)
				v.facts++
				if outside >= v.worst {
					v.worst, v.where = outside, facts[i]
				}
			}
		}
	}
	return v
}

// compareCounts says which history occurs more or less often than in any simulated run, "" when none does.
func compareCounts(left lives, rights []lives, pool lives) string {
	for _, k := range sorted(left) {
		if _, ok := pool[k]; !ok {
			return fmt.Sprintf("history not in the ensemble: [%s]; its commonest: [%s]", k, commonest(pool))
		}
		if low, high := counts(rights, k); len(left[k]) < low || len(left[k]) > high {
			return fmt.Sprintf("%d real, %d to %d simulated of [%s]", len(left[k]), low, high, k)
		}
	}
	for _, k := range sorted(pool) {
		if low, _ := counts(rights, k); low > 0 && left[k] == nil {
			return fmt.Sprintf("every simulated run has [%s], reality has not", k)
		}
	}
	return ""
}

// counts are the least and greatest number of members with a history in one run.
func counts(rights []lives, history string) (low, high int) {
	low = math.MaxInt
	for _, r := range rights {
		low, high = min(low, len(r[history])), max(high, len(r[history]))
	}
	return low, high
}

// commonest is the history that occurs most often.
func commonest(pool lives) string {
	best := ""
	for _, k := range sorted(pool) {
		if len(pool[k]) > len(pool[best]) {
			best = k
		}
	}
	return best
}

// rangeOf is where the i-th change of a member lies in the ensemble: its instant, where that is all but fixed, else
// the interval since the change before it.
func rangeOf(times []float64, members [][]float64, i int, floor float64) Range {
	column := make([]float64, len(members))
	for n, m := range members {
		column[n] = m[i]
	}
	r := Range{Real: times[i], Low: slices.Min(column), High: slices.Max(column)}
	r.Earliest, r.Latest, r.Widest = r.Low, r.High, widest(column, floor)
	if i == 0 || r.High-r.Low <= floor {
		return r
	}
	for n, m := range members {
		column[n] = m[i] - m[i-1]
	}
	r.Interval, r.Real, r.Low, r.High = true, times[i]-times[i-1], slices.Min(column), slices.Max(column)
	r.Widest = widest(column, floor)
	return r
}

// widest is the widest stretch of values without a gap of at least so much; it sorts them.
func widest(values []float64, gap float64) (most float64) {
	slices.Sort(values)
	from := 0
	for i := range values {
		if i > 0 && values[i]-values[i-1] >= gap {
			from = i
		}
		most = max(most, values[i]-values[from])
	}
	return most
}
