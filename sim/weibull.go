package sim

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

var weibullInfo = DistributionInfo{
	Name: "weibull",
	Doc:  "Time to failure: shape below 1 for early failures, 1 for steady ones, above 1 for wear.",
	Params: withTruncation(
		DistributionParam{Name: "shape", Doc: "shape, above 0"},
		DistributionParam{Name: "scale", Doc: "scale, above 0: 63.2 % of the values do not exceed it", InUnit: true},
	),
	Forms: [][]string{{"shape", "scale"}},
	build: func(a *arguments) Dist {
		d := weibull{shape: a.positive("shape"), scale: a.positive("scale")}
		a.computed("shape", d.Mean())
		return d
	},
}

type weibull struct{ shape, scale float64 }

var _ truncatable = weibull{}

func (d weibull) gonum(src rand.Source) distuv.Weibull {
	return distuv.Weibull{K: d.shape, Lambda: d.scale, Src: src}
}

func (d weibull) Sample(src rand.Source) float64 { return d.gonum(src).Rand() }
func (d weibull) Mean() float64                  { return d.scale * math.Gamma(1+1/d.shape) }
func (d weibull) Support() (lo, hi float64)      { return 0, math.Inf(1) }
func (d weibull) String() string                 { return canonical(d) }
func (d weibull) cdf(x float64) float64          { return d.gonum(nil).CDF(x) }
func (d weibull) quantile(p float64) float64     { return d.gonum(nil).Quantile(p) }

func (d weibull) partial(x float64) float64 {
	return d.Mean() * mathext.GammaIncReg(1+1/d.shape, math.Pow(x/d.scale, d.shape))
}

func (d weibull) params() (string, []param) {
	return "weibull", []param{{"shape", d.shape}, {"scale", d.scale}}
}
