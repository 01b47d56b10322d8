package stats

import (
	"math"
	"testing"

	"towtank.dev/towtank/sim"
)

func TestMean(t *testing.T) {
	nan := math.NaN()
	cases := []struct {
		name             string
		values           []float64
		n                int
		mean, low, high  float64
		known, different bool
	}{
		{"no run has no mean", nil, 0, nan, nan, nan, false, false},
		{"one run has a mean and no interval", []float64{3}, 1, 3, nan, nan, false, false},
		// s = 1, t(0.975, 2) = 4.302653, half = 4.302653/√3 = 2.484138.
		{"three runs", []float64{1, 2, 3}, 3, 2, -0.484138, 4.484138, true, false},
		// s = √(20/3) = 2.581989, t(0.975, 3) = 3.182446, half = 3.182446·2.581989/2 = 4.108521.
		{"four runs away from zero", []float64{7, 9, 11, 13}, 4, 10, 5.891479, 14.108521, true, true},
		{"identical values have an interval of no width", []float64{0.1, 0.1, 0.1}, 3, 0.1, 0.1, 0.1, true, true},
		{"identical zeros do not differ from zero", []float64{0, 0}, 2, 0, 0, 0, true, false},
		{"runs without a value are left out", []float64{nan, 1, math.Inf(1), 2, 3}, 3, 2, -0.484138, 4.484138, true, false},
		{"only one run with a value", []float64{nan, 5}, 1, 5, nan, nan, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			i := Mean(c.values)
			if i.N != c.n || !near(i.Mean, c.mean) || !near(i.Low(), c.low) || !near(i.High(), c.high) {
				t.Errorf("n %d, %v in [%v, %v], want n %d, %v in [%v, %v]", i.N, i.Mean, i.Low(), i.High(), c.n, c.mean, c.low, c.high)
			}
			if i.Known() != c.known || i.Differs() != c.different {
				t.Errorf("known %v, differs %v, want %v, %v", i.Known(), i.Differs(), c.known, c.different)
			}
		})
	}
}

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-6
}

func TestPairedTakesOutWhatPairsShare(t *testing.T) {
	// The seeds differ by hundreds, the policies by 1, 2 and 3: as in "three runs" above, but b − a.
	i := Paired([]float64{100, 500, 900}, []float64{101, 502, 903})
	if i.Mean != 2 || !near(i.Low(), -0.484138) {
		t.Errorf("difference %v from %v, want 2 from -0.484138", i.Mean, i.Low())
	}
	if i := Paired([]float64{1, math.NaN(), 3}, []float64{2, 5, math.Inf(1)}); i.N != 1 || i.Mean != 1 {
		t.Errorf("%d pairs with mean %v, want the one whole pair with 1", i.N, i.Mean)
	}
}

func TestPairedTakesRoundingForNoDifference(t *testing.T) {
	// 0.1 + 0.2 is 4·10⁻¹⁷ more than 0.3 in floating point, on every seed.
	a, tenth := []float64{0.3, 0.3}, 0.1
	b := []float64{tenth + 0.2, tenth + 0.2}
	if b[0] == a[0] {
		t.Fatal("the sum is not rounded: the case shows nothing")
	}
	if i := Paired(a, b); i.Mean != 0 || i.Differs() {
		t.Errorf("difference %v in [%v, %v], want none", i.Mean, i.Low(), i.High())
	}
}

func TestPairedRefusesUnequalLengths(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("three values were paired with two")
		}
	}()
	Paired([]float64{1, 2, 3}, []float64{1, 2})
}

// A policy against itself under independent seeds has no difference, and 95 % intervals must say so in
// about 95 % of the comparisons: of 1,000, the number that are called different is binomial with
// n = 1000 and p = 0.05, that is 50 ± 6.9; 99.9 % of the time it lies between 29 and 74.
func TestAPolicyAgainstItselfIsCalledDifferentOneTimeInTwenty(t *testing.T) {
	families := []struct {
		name string
		draw func(*sim.Stream) float64
	}{
		// Differences of equal, independent draws are symmetric whatever the family; the t interval
		// is exact for the normal one and close for the others.
		{"normal", func(s *sim.Stream) float64 { // Box and Muller
			return math.Sqrt(-2*math.Log(1-s.Float64())) * math.Cos(2*math.Pi*s.Float64())
		}},
		{"uniform", (*sim.Stream).Float64},
		{"triangular", func(s *sim.Stream) float64 { return s.Float64() + s.Float64() }},
	}
	for _, family := range families {
		t.Run(family.name, func(t *testing.T) {
			stream := sim.NewStream(1, "stats/"+family.name)
			different := 0
			for range 1000 {
				a, b := make([]float64, 10), make([]float64, 10)
				for i := range a {
					a[i], b[i] = family.draw(stream), family.draw(stream)
				}
				if Paired(a, b).Differs() {
					different++
				}
			}
			t.Logf("%d of 1000 called different", different)
			if different < 29 || different > 74 {
				t.Errorf("%d of 1000 comparisons of equals were called different, want about 50", different)
			}
		})
	}
}

// Calling nothing different is easy; a real difference must be found as often as it can be. With n = 10
// pairs, a shift of 1 and a deviation of √2 the noncentrality is √10/√2 = 2.236, and the power of the
// test at t(0.975, 9) = 2.262 is a little over one half.
func TestARealDifferenceIsFoundAsOftenAsTheoryHasIt(t *testing.T) {
	stream := sim.NewStream(2, "stats/power")
	normal := func() float64 {
		return math.Sqrt(-2*math.Log(1-stream.Float64())) * math.Cos(2*math.Pi*stream.Float64())
	}
	found := 0
	for range 1000 {
		a, b := make([]float64, 10), make([]float64, 10)
		for i := range a {
			a[i], b[i] = normal(), normal()+1
		}
		if Paired(a, b).Differs() {
			found++
		}
	}
	// Binomial: one deviation is √(1000/4) = 15.8.
	if found < 450 || found > 570 {
		t.Errorf("a real difference was found in %d of 1000, want a little over 500", found)
	}
}
