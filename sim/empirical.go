package sim

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
)

// printedValues is the number of distinct values up to which an empirical distribution prints them
// all; a longer one prints a hash of them.
const printedValues = 8

// empirical draws from a list of values.
type empirical struct {
	values []float64 // distinct, ascending
	weight []float64 // of each value
	upTo   []float64 // running sum of weight; the last one is the total
	mean   float64
}

var _ Supporter = (*empirical)(nil)

// NewEmpirical returns the distribution that draws one of values, each as often as its weight says
// (nil weights: all equally often; a value that stands twice counts twice). Errors name the index:
// empirical.weights[3]: -1 is negative. The slices are copied.
func NewEmpirical(values, weights []float64) (Dist, error) {
	return NewEmpiricalBetween(values, weights, math.Inf(-1), math.Inf(1))
}

// NewEmpiricalBetween is NewEmpirical truncated: values below min or above max are left out.
func NewEmpiricalBetween(values, weights []float64, min, max float64) (Dist, error) {
	if err := checkEmpirical(values, weights); err != nil {
		return nil, err
	}
	order := make([]int, 0, len(values)) // of the values kept, to be sorted
	for i, x := range values {
		if x >= min && x <= max && (weights == nil || weights[i] > 0) {
			order = append(order, i)
		}
	}
	if len(order) == 0 {
		return nil, fmt.Errorf("empirical.values: none of %d has a weight above 0 and lies between %s and %s",
			len(values), number(min), number(max))
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	d := &empirical{}
	for _, i := range order {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		d.add(values[i], w)
	}
	if err := d.finish(); err != nil {
		return nil, err
	}
	return d, nil
}

func checkEmpirical(values, weights []float64) error {
	if len(values) == 0 {
		return fmt.Errorf("empirical.values: is empty, want at least one value")
	}
	if weights != nil && len(weights) != len(values) {
		return fmt.Errorf("empirical.weights: has %d entries, want %d, one for each value", len(weights), len(values))
	}
	for i, x := range values {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("empirical.values[%d]: %s is not a finite number", i, number(x))
		}
	}
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return fmt.Errorf("empirical.weights[%d]: %s is not a finite number of at least 0", i, number(w))
		}
	}
	return nil
}

// add appends a value no less than those before it.
func (d *empirical) add(x, weight float64) {
	if n := len(d.values); n > 0 && d.values[n-1] == x {
		d.weight[n-1] += weight
		return
	}
	d.values = append(d.values, x)
	d.weight = append(d.weight, weight)
}

// finish sums up.
func (d *empirical) finish() error {
	total := 0.0
	for i, w := range d.weight {
		total += w
		d.upTo = append(d.upTo, total)
		d.mean += (d.values[i] - d.mean) * (w / total)
	}
	if math.IsInf(total, 1) {
		return fmt.Errorf("empirical.weights: their sum is too large")
	}
	return nil
}

func (d *empirical) Sample(src rand.Source) float64 {
	x := unit(src) * d.upTo[len(d.upTo)-1]
	i := sort.Search(len(d.upTo)-1, func(i int) bool { return d.upTo[i] > x })
	return d.values[i]
}

func (d *empirical) Mean() float64             { return d.mean }
func (d *empirical) Support() (lo, hi float64) { return d.values[0], d.values[len(d.values)-1] }

func (d *empirical) cdf(x float64) float64 {
	i := sort.Search(len(d.values), func(i int) bool { return d.values[i] > x })
	if i == 0 {
		return 0
	}
	return d.upTo[i-1] / d.upTo[len(d.upTo)-1]
}

func (d *empirical) String() string {
	if len(d.values) > printedValues {
		var f Fingerprint
		for i, x := range d.values {
			f.Mix(math.Float64bits(x))
			f.Mix(math.Float64bits(d.weight[i]))
		}
		lo, hi := d.Support()
		return fmt.Sprintf("empirical{distinct: %d, mean: %s, min: %s, max: %s, hash: %s}",
			len(d.values), number(d.mean), number(lo), number(hi), f.String())
	}
	return fmt.Sprintf("empirical{values: %s, weights: %s}", list(d.values), list(d.weight))
}

func list(xs []float64) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = number(x)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
