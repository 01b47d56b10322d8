package sim

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

var lognormalInfo = DistributionInfo{
	Name: "lognormal",
	Doc:  "Run times and latencies: most are short, some are very long.",
	Params: withTruncation(
		DistributionParam{Name: "median", Doc: "median, above 0", InUnit: true},
		DistributionParam{Name: "p99", Doc: "value that 99 % do not exceed, above the median", InUnit: true},
		DistributionParam{Name: "mean", Doc: "mean of the value (not of its logarithm), above 0", InUnit: true},
		DistributionParam{Name: "stddev", Doc: "standard deviation of the value (not of its logarithm), above 0", InUnit: true},
		DistributionParam{Name: "sigma", Doc: "standard deviation of the logarithm of the value, above 0"},
	),
	Forms: [][]string{{"median", "p99"}, {"mean", "stddev"}, {"median", "sigma"}},
	build: newLognormal,
}

// lognormal is kept by its median and the standard deviation of its logarithm, whichever form it
// was given in.
type lognormal struct{ median, sigma float64 }

var _ truncatable = lognormal{}

func newLognormal(a *arguments) Dist {
	switch {
	case a.has("p99"):
		// The logarithm of the value is normal, so p99 = median × exp(z × sigma), z its 99th percentile.
		z := distuv.UnitNormal.Quantile(0.99)
		median, p99 := a.positive("median"), a.above("p99", "median")
		sigma := (math.Log(p99) - math.Log(median)) / z
		return lognormal{median, a.computed("p99", sigma)}
	case a.has("mean"):
		// variance / mean² = exp(sigma²) − 1, mean = median × exp(sigma² / 2).
		mean, spread := a.positive("mean"), a.positive("stddev")/a.given["mean"]
		s2 := math.Log1p(spread * spread)
		return lognormal{mean / math.Exp(s2/2), a.computed("stddev", math.Sqrt(s2))}
	default:
		d := lognormal{a.positive("median"), a.positive("sigma")}
		a.computed("sigma", d.Mean())
		return d
	}
}

func (d lognormal) gonum(src rand.Source) distuv.LogNormal {
	return distuv.LogNormal{Mu: math.Log(d.median), Sigma: d.sigma, Src: src}
}

func (d lognormal) Sample(src rand.Source) float64 { return d.gonum(src).Rand() }
func (d lognormal) Mean() float64                  { return d.median * math.Exp(d.sigma*d.sigma/2) }
func (d lognormal) Support() (lo, hi float64)      { return 0, math.Inf(1) }
func (d lognormal) String() string                 { return canonical(d) }
func (d lognormal) quantile(p float64) float64     { return d.gonum(nil).Quantile(p) }

func (d lognormal) cdf(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return d.gonum(nil).CDF(x)
}

func (d lognormal) partial(x float64) float64 {
	return d.Mean() * distuv.UnitNormal.CDF((math.Log(x)-math.Log(d.median))/d.sigma-d.sigma)
}

func (d lognormal) params() (string, []param) {
	return "lognormal", []param{{"median", d.median}, {"sigma", d.sigma}}
}
