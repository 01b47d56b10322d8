package timelinediff

import (
	"math"
	"slices"
	"strings"
)

// lives are the members of a set by their history (facts, joined), each with the instants of its changes.
type lives map[string][][]float64

// between joins the facts of a history.
const between = " > "

// settled returns the lives of a set in the span that is compared, without the states that did not last.
// A state that stands at the beginning of the span begins there.
func (t *Timeline) settled(s set, transient float64) lives {
	out := lives{}
	for _, h := range t.sets[s] {
		var facts []string
		var times []float64
		for i, st := range h.states {
			end := math.Inf(1)
			if i+1 < len(h.states) {
				end = h.states[i+1].t
			}
			if st.fact != "gone" && end-st.t < transient || end <= t.options.From || st.t > t.options.Until {
				continue
			}
			if n := len(facts); n == 0 || facts[n-1] != st.fact {
				facts = append(facts, st.fact)
				times = append(times, max(st.t, t.options.From))
			}
		}
		if len(facts) > 0 && !slices.Equal(facts, []string{"gone"}) {
			key := strings.Join(facts, between)
			out[key] = append(out[key], times)
		}
	}
	return out
}

// matched pairs each of left with one of right that it fits (augmenting paths), in order where they do not all fit.
// Both have the same number of members.
func matched(left, right [][]float64, fits func(a, b []float64) bool) [][2][]float64 {
	partner := make([]int, len(right))
	for j := range partner {
		partner[j] = -1
	}
	var place func(i int, tried []bool) bool
	place = func(i int, tried []bool) bool {
		for j := range right {
			if tried[j] || !fits(left[i], right[j]) {
				continue
			}
			tried[j] = true
			if partner[j] < 0 || place(partner[j], tried) {
				partner[j] = i
				return true
			}
		}
		return false
	}
	all := true
	for i := range left {
		all = all && place(i, make([]bool, len(right)))
	}
	var pairs [][2][]float64
	if !all {
		left, right = slices.SortedFunc(slices.Values(left), slices.Compare), slices.SortedFunc(slices.Values(right), slices.Compare)
		for i := range left {
			pairs = append(pairs, [2][]float64{left[i], right[i]})
		}
		return pairs
	}
	for j, i := range partner {
		pairs = append(pairs, [2][]float64{left[i], right[j]})
	}
	return pairs
}
