package sim

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/integrate/quad"
)

func TestDistributionsPrintTheirEffectiveParameters(t *testing.T) {
	for _, x := range examples {
		if got := x.make(t).String(); got != x.text {
			t.Errorf("%s %v prints %s, want %s", x.family, x.params, got, x.text)
		}
	}
}

func TestMeansAreThoseOfTheTextbook(t *testing.T) {
	for _, x := range examples {
		if got := x.make(t).Mean(); !math.IsNaN(x.mean) && math.Abs(got-x.mean) > 1e-7*math.Abs(x.mean)+1e-12 {
			t.Errorf("%s has mean %v, want %v", x.text, got, x.mean)
		}
	}
}

// TestMomentsOfTheDraws draws 200,000 values of each. The mean may be off by 5 standard errors; the
// standard deviation by 3 %, for heavy tails (gamma of shape 0.1) converge slowly. All draws lie in
// the support.
func TestMomentsOfTheDraws(t *testing.T) {
	const n = 200_000
	for _, x := range examples {
		d := x.make(t)
		s := NewStream(11, x.text)
		lo, hi := d.(Supporter).Support()
		sum, squares := 0.0, 0.0
		for range n {
			v := d.Sample(s)
			if !(v >= lo && v <= hi) {
				t.Fatalf("%s drew %v, outside %v to %v", x.text, v, lo, hi)
			}
			v -= d.Mean()
			sum += v
			squares += v * v
		}
		stddev := math.Sqrt(squares / n)
		if off := math.Abs(sum / n); off > 5*stddev/math.Sqrt(n)+1e-12 {
			t.Errorf("%s: mean of the draws off by %v, want at most %v", x.text, off, 5*stddev/math.Sqrt(n))
		}
		if !math.IsNaN(x.stddev) && math.Abs(stddev-x.stddev) > 0.03*x.stddev {
			t.Errorf("%s: draws deviate by %v, want %v", x.text, stddev, x.stddev)
		}
	}
}

// TestDrawsFollowTheDistributionFunction is Kolmogorov and Smirnov's: over n draws the largest gap
// to the distribution function exceeds 1.95/√n with a probability of 0.001.
func TestDrawsFollowTheDistributionFunction(t *testing.T) {
	const n = 20_000
	for _, x := range examples {
		if x.family == "constant" {
			continue
		}
		d := x.make(t)
		s := NewStream(5, x.text)
		draws := make([]float64, n)
		for i := range draws {
			draws[i] = d.Sample(s)
		}
		slices.Sort(draws)
		gap := 0.0
		for i, v := range draws {
			p := d.(cumulative).cdf(v)
			gap = max(gap, math.Abs(p-float64(i)/n), math.Abs(p-float64(i+1)/n))
		}
		if gap > 1.95/math.Sqrt(n) {
			t.Errorf("%s: largest gap %.4f, want at most %.4f", x.text, gap, 1.95/math.Sqrt(n))
		}
	}
}

// TestTruncatedMeanIsTheIntegralOfTheQuantiles checks the closed forms of the partial expectations
// against Gauss-Legendre over the quantile function, which both sides of a window make bounded.
func TestTruncatedMeanIsTheIntegralOfTheQuantiles(t *testing.T) {
	checked := 0
	for _, x := range examples {
		d, ok := x.make(t).(truncated)
		if !ok || math.IsInf(d.hi, 1) {
			continue
		}
		checked++
		want := quad.Fixed(func(u float64) float64 { return d.of.quantile(d.below + u*d.window) }, 0, 1, 200, quad.Legendre{}, 1)
		if got := d.Mean(); math.Abs(got-want) > 1e-4*math.Abs(want) {
			t.Errorf("%s has mean %v, the integral is %v", x.text, got, want)
		}
	}
	if checked < 7 {
		t.Errorf("only %d examples were checked", checked)
	}
}

// fixed is a source that always gives the same number.
type fixed uint64

func (f fixed) Uint64() uint64 { return uint64(f) }

// TestTruncatedDrawsAreFinite asks for the ends of the range: the sum of the probability below the
// window and nearly all of the window rounds to 1.
func TestTruncatedDrawsAreFinite(t *testing.T) {
	for _, x := range []example{
		{family: "exponential", params: values{"mean": 1, "min": 13}}, // e⁻¹³ = 2.3e-6
		{family: "normal", params: values{"mean": 0, "stddev": 1, "min": 4.5}},
		{family: "normal", params: values{"mean": 0, "stddev": 1, "max": -4.5}},
		{family: "pareto", params: values{"min": 1, "alpha": 2, "max": 1e9}},
	} {
		d := x.make(t)
		for _, src := range []fixed{0, math.MaxUint64} {
			lo, hi := d.(Supporter).Support()
			if v := d.Sample(src); math.IsInf(v, 0) || !(v >= lo && v <= hi) {
				t.Errorf("%s draws %v at an end of the range", d, v)
			}
		}
	}
}

// TestPercentileFormHoldsItsPercentile: 99 % of lognormal{median: 10, p99: 20} lie up to 20.
func TestPercentileFormHoldsItsPercentile(t *testing.T) {
	d := example{family: "lognormal", params: values{"median": 10, "p99": 20}}.make(t)
	if p := d.(cumulative).cdf(20); math.Abs(p-0.99) > 1e-12 {
		t.Errorf("%v of the values lie up to p99", p)
	}
}

func TestTruncationThatCutsNothingIsNone(t *testing.T) {
	for _, p := range []values{{"mean": 5, "min": 0}, {"mean": 5, "min": -3}} {
		if got := (example{family: "exponential", params: p}).make(t).String(); got != "exponential{mean: 5}" {
			t.Errorf("%v makes %s", p, got)
		}
	}
}

func TestParametersThatMakeNoSenseAreRefused(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		family string
		params values
		want   string
	}{
		{"exponential", values{"mean": -3}, "exponential.mean: -3 is not positive"},
		{"exponential", values{"mean": 0}, "exponential.mean: 0 is not positive"},
		{"exponential", values{"mean": inf}, "exponential.mean: +Inf is not a finite number"},
		{"exponential", values{"mean": math.NaN()}, "exponential.mean: NaN is not a finite number"},
		{"exponential", values{"mean": 1e-320}, "exponential.mean: 1e-320 is out of the range one can calculate with"},
		{"exponential", values{}, "exponential: want mean; optional min, max"},
		{"exponential", values{"maen": 3}, "exponential.maen: is not a parameter, want mean; optional min, max"},
		{"exponential", values{"mean": 3, "min": 5, "max": 4}, "exponential.max: 4 leaves values from 5 to 4 of a probability of 0, want at least 1e-06"},
		// e⁻²⁰ = 2.1e-9
		{"exponential", values{"mean": 1, "min": 20}, "exponential.min: 20 leaves values from 20 to +Inf of a probability of 2.1e-09, want at least 1e-06"},
		{"exponential", values{"mean": 1, "max": -1}, "exponential.max: -1 leaves values from 0 to -1 of a probability of 0, want at least 1e-06"},
		{"uniform", values{"min": 3, "max": 3}, "uniform.max: 3 is not above min (3)"},
		{"uniform", values{"min": 3}, "uniform: want min and max"},
		{"uniform", values{"min": -1e308, "max": 1e308}, "uniform.max: 1e+308 is out of the range one can calculate with"},
		{"normal", values{"mean": 1, "stddev": -1}, "normal.stddev: -1 is not positive"},
		{"lognormal", values{"median": 5, "p99": 4}, "lognormal.p99: 4 is not above median (5)"},
		{"lognormal", values{"median": 5, "stddev": 4}, "lognormal: want median and p99, or mean and stddev, or median and sigma; optional min, max"},
		{"lognormal", values{"median": 5, "sigma": 100}, "lognormal.sigma: 100 is out of the range one can calculate with"},
		{"gamma", values{"shape": 2, "scale": 2, "mean": 4}, "gamma: want shape and scale, or mean and shape; optional min, max"},
		{"gamma", values{"shape": 0, "scale": 2}, "gamma.shape: 0 is not positive"},
		{"weibull", values{"shape": 0.001, "scale": 2}, "weibull.shape: 0.001 is out of the range one can calculate with"},
		{"pareto", values{"min": 0, "alpha": 1}, "pareto.min: 0 is not positive"},
		{"pareto", values{"min": 2, "alpha": 1, "max": 2}, "pareto.max: 2 leaves values from 2 to 2 of a probability of 0, want at least 1e-06"},
		{"triangular", values{"min": 0, "mode": 7, "max": 5}, "triangular.mode: 7 is not between min (0) and max (5)"},
		{"constant", values{"min": 0}, "constant.min: is not a parameter, want value"},
	} {
		info, _ := Distribution(c.family)
		d, err := info.New(c.params)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s %v: made %v, error %q, want %q", c.family, c.params, d, err, c.want)
		}
	}
}

func TestDurationsMustNotBeNegativeOrEndless(t *testing.T) {
	for _, c := range []struct {
		family string
		params values
		want   string
	}{
		{"normal", values{"mean": 100, "stddev": 1}, "normal{mean: 100, stddev: 1} can draw values below 0, truncate it with min: 0"},
		{"normal", values{"mean": 100, "stddev": 1, "min": 0}, ""},
		{"normal", values{"mean": 1, "stddev": 1, "min": -2}, "normal{mean: 1, stddev: 1, min: -2} can draw values down to -2, want none below 0"},
		{"uniform", values{"min": -1, "max": 1}, "uniform{min: -1, max: 1} can draw values down to -1, want none below 0"},
		{"constant", values{"value": -1}, "constant{value: -1} can draw values down to -1, want none below 0"},
		{"constant", values{"value": 0}, ""},
		{"exponential", values{"mean": 86400}, ""},
		{"pareto", values{"min": 1, "alpha": 0.5}, "pareto{min: 1, alpha: 0.5} can draw spans of over a hundred years (3.1536e+09 s), want shorter ones, such as by a max"},
		{"pareto", values{"min": 1, "alpha": 0.5, "max": 1e6}, ""},
		{"constant", values{"value": 4e9}, "constant{value: 4e+09} can draw spans of over a hundred years (3.1536e+09 s), want shorter ones, such as by a max"},
	} {
		got := ""
		if err := CheckDuration(example{family: c.family, params: c.params}.make(t)); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %v: %q, want %q", c.family, c.params, got, c.want)
		}
	}
}

// unchecked is a Dist from elsewhere, which says nothing of its range.
type unchecked float64

func (u unchecked) Sample(rand.Source) float64 { return float64(u) }
func (u unchecked) Mean() float64              { return float64(u) }
func (u unchecked) String() string             { return "unchecked" }

func TestSampleDurationRoundsToNanoseconds(t *testing.T) {
	for seconds, want := range map[float64]time.Duration{
		0: 0, 1.5: 1500 * time.Millisecond, 0.4e-9: 0, 0.6e-9: 1, 4e9: maxDuration, math.Inf(1): maxDuration,
	} {
		if got := SampleDuration(unchecked(seconds), NewStream(1, "x")); got != want {
			t.Errorf("%v s = %v, want %v", seconds, got, want)
		}
	}
	wantPanic(t, "drew a duration of -1 s", func() { SampleDuration(unchecked(-1), NewStream(1, "x")) })
	wantPanic(t, "drew a duration of NaN s", func() { SampleDuration(unchecked(math.NaN()), NewStream(1, "x")) })
}

// TestGoldenDraws pins ten draws of each example, to the last bit. Who updates gonum or a sampler
// here learns that every recorded run changes. Run with TOWTANK_GOLDEN=write to write them anew.
func TestGoldenDraws(t *testing.T) {
	const path = "testdata/draws.golden"
	var b strings.Builder
	for _, x := range append(slices.Clone(examples), example{text: "empirical"}) {
		d, _ := NewEmpirical([]float64{3, 1, 2}, []float64{1, 2, 3})
		if x.family != "" {
			d = x.make(t)
		}
		fmt.Fprintf(&b, "%s\n", d)
		s := NewStream(1, "golden")
		for range 10 {
			fmt.Fprintf(&b, "  %v\n", d.Sample(s))
		}
	}
	if os.Getenv("TOWTANK_GOLDEN") == "write" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := bufio.NewScanner(f)
	for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		if !want.Scan() || want.Text() != line {
			t.Fatalf("%s:%d: drew %q, want %q", path, i+1, line, want.Text())
		}
	}
	if want.Scan() {
		t.Errorf("%s holds more: %q", path, want.Text())
	}
}

func TestSamplingAllocatesNothing(t *testing.T) {
	var s rand.Source = NewStream(1, "allocations")
	for _, x := range examples {
		d := x.make(t)
		if n := testing.AllocsPerRun(100, func() { d.Sample(s) }); n != 0 {
			t.Errorf("%s allocates %v times a draw", x.text, n)
		}
	}
}
