package timelinediff

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Result is how a recording compares.
type Result struct {
	// Differences are one line each: a subject, and what is different about it.
	Differences []string
	// Subjects is how many objects were compared, Equal how many had no difference.
	Subjects, Equal int
	// Facts is how many instants were compared; Worst is the greatest distance between them in seconds (with an
	// ensemble: outside its range), and Where that was.
	Facts int
	Worst float64
	Where string
	// Ranges are, with an ensemble, the range of each fact, the widest first.
	Ranges []Range
}

// Range is where a fact lies in an ensemble.
type Range struct {
	Subject, Fact string
	Before        string // the fact before it in the subject's history; "" for the first
	Interval      bool   // since the change before; otherwise an instant
	Real          float64
	Low, High     float64
	// Earliest and Latest are the fact's instants, also where Low and High are an interval.
	Earliest, Latest float64
	// Widest is the widest stretch from Low to High that has no gap of the tolerance's floor or more: of a set of which
	// one member does at one time what another does later, how far one time scatters.
	Widest float64
}

// String is the result in one line.
func (r *Result) String() string {
	return fmt.Sprintf("subjects %d equal %d facts %d worst %.3f s %s", r.Subjects, r.Equal, r.Facts, r.Worst, r.Where)
}

// verdict is how one set compares.
type verdict struct {
	difference string // "": none
	facts      int
	worst      float64
	where      string
	ranges     []Range
}

// Compare holds a recording against one simulated timeline, or against the ensemble of several.
func Compare(real *Timeline, simulated []*Timeline) *Result {
	r := &Result{}
	streams := map[string]bool{}
	for s := range real.sets {
		streams[s.stream] = true
	}
	for _, s := range allSets(real, simulated) {
		if streams[s.stream] {
			r.take(s, real, simulated)
		}
	}
	r.countEvents(real, simulated)
	slices.SortStableFunc(r.Ranges, func(a, b Range) int { return cmp.Compare(b.High-b.Low, a.High-a.Low) })
	return r
}

// allSets are the sets of all timelines, sorted.
func allSets(real *Timeline, simulated []*Timeline) []set {
	known := map[set]bool{}
	for _, t := range append([]*Timeline{real}, simulated...) {
		for s := range t.sets {
			known[s] = true
		}
	}
	var out []set
	for s := range known {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b set) int {
		return cmp.Or(cmp.Compare(a.stream, b.stream), cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
	})
	return out
}

// take compares one set. What lasted on either side may be judged a little more or less strictly, where a state
// lasted about as long as the limit.
func (r *Result) take(s set, real *Timeline, simulated []*Timeline) {
	o := &real.options
	floor := o.Floor
	if other, ok := o.Slack[s.stream]; ok {
		floor = other
	}
	spans := []float64{o.Transient, o.Transient * .6, o.Transient * 2}
	var v verdict
	first := ""
	for i := range len(spans) * len(spans) {
		left := real.settled(s, spans[i/len(spans)])
		rights := make([]lives, len(simulated))
		for j, t := range simulated {
			rights[j] = t.settled(s, spans[i%len(spans)])
		}
		if len(rights) == 1 {
			v = compareOne(left, rights[0], floor, o.Relative)
		} else {
			v = compareMany(left, rights, floor, o.Relative)
		}
		if v.difference == "" {
			break
		}
		first = cmp.Or(first, v.difference)
	}
	size := len(real.sets[s])
	for _, t := range simulated {
		size = max(size, len(t.sets[s]))
	}
	r.Subjects += size
	if v.difference != "" {
		r.Differences = append(r.Differences, s.label()+": "+first)
		return
	}
	r.Equal, r.Facts = r.Equal+size, r.Facts+v.facts
	if v.worst > r.Worst {
		r.Worst, r.Where = v.worst, s.label()+" ["+v.where+"]"
	}
	for _, x := range v.ranges {
		x.Subject = s.label()
		r.Ranges = append(r.Ranges, x)
	}
}

// countEvents compares the numbers of events, for the components that the recording has.
func (r *Result) countEvents(real *Timeline, simulated []*Timeline) {
	keys := map[string]bool{}
	for _, t := range append([]*Timeline{real}, simulated...) {
		for k := range t.events {
			keys[k] = true
		}
	}
	for _, k := range sorted(keys) {
		low, high := math.MaxInt, 0
		for _, t := range simulated {
			low, high = min(low, t.events[k]), max(high, t.events[k])
		}
		component, _, _ := strings.Cut(k, "/")
		if n := real.events[k]; real.components[component] && (n < low || n > high) {
			r.Differences = append(r.Differences, fmt.Sprintf("events %s: %d real, %d to %d simulated", k, n, low, high))
		}
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// compareOne compares with one simulated timeline.
func compareOne(left, right lives, floor, relative float64) verdict {
	both := map[string]bool{}
	for k := range left {
		both[k] = true
	}
	for k := range right {
		both[k] = true
	}
	var differ []string
	for _, k := range sorted(both) {
		if a, b := len(left[k]), len(right[k]); a != b {
			differ = append(differ, fmt.Sprintf("%d real, %d simulated of [%s]", a, b, k))
		}
	}
	if len(differ) > 0 {
		return verdict{difference: "histories differ: " + strings.Join(differ, "; ")}
	}
	within := func(x, y float64) bool { return math.Abs(x-y) <= floor+relative*math.Abs(x) }
	fits := func(a, b []float64) bool {
		return !slices.ContainsFunc(indices(a), func(i int) bool { return !within(a[i], b[i]) })
	}
	var v verdict
	for _, k := range sorted(left) {
		facts := strings.Split(k, between)
		for _, pair := range matched(left[k], right[k], fits) {
			for i, x := range pair[0] {
				y := pair[1][i]
				if !within(x, y) {
					return verdict{difference: fmt.Sprintf("time of [%s]: real %.3f, simulated %.3f", facts[i], x, y)}
				}
				v.facts++
				if d := math.Abs(x - y); d > v.worst {
					v.worst, v.where = d, facts[i]
				}
			}
		}
	}
	return v
}

func indices(a []float64) []int {
	out := make([]int, len(a))
	for i := range a {
		out[i] = i
	}
	return out
}
