package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Level is the confidence of all intervals.
const Level = 0.95

// Interval is a mean over independent runs with its confidence interval. The zero Interval is one of
// no runs.
type Interval struct {
	N      int     // runs that counted; those without a value do not
	Mean   float64 // NaN when N is 0
	StdDev float64 // sample standard deviation (n − 1); NaN when N is below 2
	Half   float64 // half the width of the interval; NaN when N is below 2: one run says nothing of the spread
}

// Mean returns the mean of independent values with its 95 % interval, mean ± t(0.975, n−1)·s/√n.
// Values that are NaN or infinite stand for runs in which the quantity has no value: they are left
// out, and N says how many remain. Identical values have an interval of no width.
// Source: Student 1908, Biometrika 6 (1), The probable error of a mean.
func Mean(values []float64) Interval {
	kept := make([]float64, 0, len(values))
	for _, x := range values {
		if finite(x) {
			kept = append(kept, x)
		}
	}
	n := len(kept)
	switch {
	case n == 0:
		return Interval{0, math.NaN(), math.NaN(), math.NaN()}
	case n == 1:
		return Interval{1, kept[0], math.NaN(), math.NaN()}
	case identical(kept): // exactly so: a sum of equal numbers is rounded
		return Interval{n, kept[0], 0, 0}
	}
	mean, deviation := stat.MeanStdDev(kept, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(1 - (1-Level)/2)
	return Interval{n, mean, deviation, t * deviation / math.Sqrt(float64(n))}
}

// Paired returns the mean of b − a, pair by pair, with its 95 % interval. Pairs in which either has no
// value are left out. A difference of less than a billionth of the values is the rounding of sums and
// counts as none. It panics when the lengths differ: then they are not pairs.
func Paired(a, b []float64) Interval {
	if len(a) != len(b) {
		panic(fmt.Sprintf("stats: %d values paired with %d", len(a), len(b)))
	}
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = difference(a[i], b[i])
	}
	return Mean(differences)
}

// rounding is the share of a value below which a difference is not one.
const rounding = 1e-9

// difference is b − a, NaN when either has no value.
func difference(a, b float64) float64 {
	switch {
	case !finite(a) || !finite(b):
		return math.NaN()
	case math.Abs(b-a) <= rounding*max(math.Abs(a), math.Abs(b)):
		return 0
	}
	return b - a
}

// Known says whether there is an interval: it takes two runs.
func (i Interval) Known() bool { return i.N >= 2 }

// Low is the lower end of the interval, NaN when it is not known.
func (i Interval) Low() float64 { return i.Mean - i.Half }

// High is the upper end of the interval, NaN when it is not known.
func (i Interval) High() float64 { return i.Mean + i.Half }

// Differs says whether the interval is known and leaves zero out: the difference is then called real,
// wrongly so in 5 % of the cases where there is none.
func (i Interval) Differs() bool { return i.Known() && (i.Low() > 0 || i.High() < 0) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func identical(values []float64) bool {
	for _, x := range values {
		if x != values[0] {
			return false
		}
	}
	return true
}
