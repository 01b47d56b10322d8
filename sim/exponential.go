package sim

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

var exponentialInfo = DistributionInfo{
	Name:   "exponential",
	Doc:    "Gaps between things that happen independently of each other at a steady rate.",
	Params: withTruncation(DistributionParam{Name: "mean", Doc: "mean, above 0", InUnit: true}),
	Forms:  [][]string{{"mean"}},
	build: func(a *arguments) Dist {
		d := exponential{mean: a.positive("mean")}
		a.computed("mean", 1/d.mean)
		return d
	},
}

type exponential struct{ mean float64 }

var _ truncatable = exponential{}

func (d exponential) gonum(src rand.Source) distuv.Exponential {
	return distuv.Exponential{Rate: 1 / d.mean, Src: src}
}

func (d exponential) Sample(src rand.Source) float64 { return d.gonum(src).Rand() }
func (d exponential) Mean() float64                  { return d.mean }
func (d exponential) Support() (lo, hi float64)      { return 0, math.Inf(1) }
func (d exponential) String() string                 { return canonical(d) }
func (d exponential) cdf(x float64) float64          { return d.gonum(nil).CDF(x) }
func (d exponential) quantile(p float64) float64     { return d.gonum(nil).Quantile(p) }

func (d exponential) partial(x float64) float64 {
	return d.mean - (x+d.mean)*math.Exp(-x/d.mean)
}

func (d exponential) params() (string, []param) {
	return "exponential", []param{{"mean", d.mean}}
}
