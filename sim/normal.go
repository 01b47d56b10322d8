package sim

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

var normalInfo = DistributionInfo{
	Name: "normal",
	Doc:  "The sum of many small influences. Draws below 0 unless truncated.",
	Params: withTruncation(
		DistributionParam{Name: "mean", Doc: "mean", InUnit: true},
		DistributionParam{Name: "stddev", Doc: "standard deviation, above 0", InUnit: true},
	),
	Forms: [][]string{{"mean", "stddev"}},
	build: func(a *arguments) Dist {
		return normal{mean: a.any("mean"), stddev: a.positive("stddev")}
	},
}

type normal struct{ mean, stddev float64 }

var _ truncatable = normal{}

func (d normal) gonum(src rand.Source) distuv.Normal {
	return distuv.Normal{Mu: d.mean, Sigma: d.stddev, Src: src}
}

func (d normal) Sample(src rand.Source) float64 { return d.gonum(src).Rand() }
func (d normal) Mean() float64                  { return d.mean }
func (d normal) Support() (lo, hi float64)      { return math.Inf(-1), math.Inf(1) }
func (d normal) String() string                 { return canonical(d) }
func (d normal) cdf(x float64) float64          { return d.gonum(nil).CDF(x) }
func (d normal) quantile(p float64) float64     { return d.gonum(nil).Quantile(p) }

func (d normal) partial(x float64) float64 {
	return d.mean*d.cdf(x) - d.stddev*d.stddev*d.gonum(nil).Prob(x)
}

func (d normal) params() (string, []param) {
	return "normal", []param{{"mean", d.mean}, {"stddev", d.stddev}}
}
