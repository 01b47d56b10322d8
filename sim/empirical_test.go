package sim

import (
	"math"
	"strings"
	"testing"
)

func TestEmpiricalDrawsEachValueByItsWeight(t *testing.T) {
	for _, c := range []struct {
		name            string
		values, weights []float64
		mean            float64
		share           map[float64]float64
		text            string
	}{
		// (1 + 2 + 2 + 5) / 4
		{"a value that stands twice counts twice", []float64{2, 5, 1, 2}, nil, 2.5,
			map[float64]float64{1: 0.25, 2: 0.5, 5: 0.25}, "empirical{values: [1, 2, 5], weights: [1, 2, 1]}"},
		// (1·1 + 3·9) / 4
		{"weights count, and need not add up to 1", []float64{9, 1}, []float64{3, 1}, 7,
			map[float64]float64{1: 0.25, 9: 0.75}, "empirical{values: [1, 9], weights: [1, 3]}"},
		{"a weight of 0 never comes", []float64{-1, 4, 7}, []float64{1, 1, 0}, 1.5,
			map[float64]float64{-1: 0.5, 4: 0.5}, "empirical{values: [-1, 4], weights: [1, 1]}"},
		{"a single value always comes", []float64{6}, nil, 6, map[float64]float64{6: 1}, "empirical{values: [6], weights: [1]}"},
	} {
		d, err := NewEmpirical(c.values, c.weights)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.String() != c.text || math.Abs(d.Mean()-c.mean) > 1e-12 {
			t.Errorf("%s: %s with mean %v, want %s with %v", c.name, d, d.Mean(), c.text, c.mean)
		}
		const n = 40_000
		count, s := map[float64]int{}, NewStream(1, c.name)
		for range n {
			count[d.Sample(s)]++
		}
		if len(count) != len(c.share) {
			t.Errorf("%s: drew %v, want the values of %v", c.name, count, c.share)
		}
		for x, share := range c.share {
			// Five standard errors of a share of one half are 5 × √(0.25 / 40,000) = 0.0125.
			if got := float64(count[x]) / n; math.Abs(got-share) > 0.0125 {
				t.Errorf("%s: %v came with a share of %.4f, want %.4f", c.name, x, got, share)
			}
		}
	}
}

func TestEmpiricalIsTruncatedByLeavingValuesOut(t *testing.T) {
	d, err := NewEmpiricalBetween([]float64{-5, 1, 2, 100}, nil, 0, 50)
	if err != nil || d.String() != "empirical{values: [1, 2], weights: [1, 1]}" {
		t.Errorf("made %v, %v", d, err)
	}
	if err := NonNegative(d); err != nil {
		t.Error(err)
	}
	if c := d.(cumulative); c.cdf(0.5) != 0 || c.cdf(1) != 0.5 || c.cdf(1.5) != 0.5 || c.cdf(2) != 1 {
		t.Error("the distribution function does not step at the values")
	}
}

func TestEmpiricalCopiesItsInput(t *testing.T) {
	values, weights := []float64{1, 2}, []float64{1, 1}
	d, _ := NewEmpirical(values, weights)
	values[0], weights[0] = 9, 9
	if got := d.String(); got != "empirical{values: [1, 2], weights: [1, 1]}" {
		t.Errorf("became %s", got)
	}
}

func TestLongEmpiricalPrintsAHash(t *testing.T) {
	long := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	a, _ := NewEmpirical(long, nil)
	if want := "empirical{distinct: 9, mean: 5, min: 1, max: 9, hash: "; !strings.HasPrefix(a.String(), want) {
		t.Errorf("prints %s, want %s...", a, want)
	}
	// The same size, mean and range, other values.
	b, _ := NewEmpirical([]float64{1, 2, 3, 4.5, 5, 5.5, 7, 8, 9}, nil)
	if a.String() == b.String() {
		t.Error("two distributions print the same")
	}
}

func TestEmpiricalRefusesWhatItCannotDraw(t *testing.T) {
	for _, c := range []struct {
		values, weights []float64
		min, max        float64
		want            string
	}{
		{nil, nil, 0, 9, "empirical.values: is empty, want at least one value"},
		{[]float64{1, 2}, []float64{1}, 0, 9, "empirical.weights: has 1 entries, want 2, one for each value"},
		{[]float64{1, math.NaN()}, nil, 0, 9, "empirical.values[1]: NaN is not a finite number"},
		{[]float64{1, 2}, []float64{1, -1}, 0, 9, "empirical.weights[1]: -1 is not a finite number of at least 0"},
		{[]float64{1, 2}, []float64{0, 0}, 0, 9, "empirical.values: none of 2 has a weight above 0 and lies between 0 and 9"},
		{[]float64{1, 2}, nil, 3, 9, "empirical.values: none of 2 has a weight above 0 and lies between 3 and 9"},
		{[]float64{1, 2}, []float64{1e308, 1e308}, 0, 9, "empirical.weights: their sum is too large"},
	} {
		d, err := NewEmpiricalBetween(c.values, c.weights, c.min, c.max)
		if err == nil || err.Error() != c.want || d != nil {
			t.Errorf("%v %v: made %v, error %q, want %q", c.values, c.weights, d, err, c.want)
		}
	}
}
