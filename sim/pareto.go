package sim

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

var paretoInfo = DistributionInfo{
	Name: "pareto",
	Doc:  "Heavy tails: a few values are as large as all others together. No mean when alpha is 1 or less.",
	Params: []DistributionParam{
		{Name: "min", Doc: "least value, above 0", InUnit: true},
		{Name: "alpha", Doc: "tail index, above 0: the smaller, the heavier"},
		{Name: "max", Doc: "cuts the distribution off above this value", InUnit: true, Optional: true},
	},
	Forms: [][]string{{"min", "alpha"}},
	build: func(a *arguments) Dist {
		return pareto{min: a.positive("min"), alpha: a.positive("alpha")}
	},
}

type pareto struct{ min, alpha float64 }

var _ truncatable = pareto{}

func (d pareto) gonum(src rand.Source) distuv.Pareto {
	return distuv.Pareto{Xm: d.min, Alpha: d.alpha, Src: src}
}

func (d pareto) Sample(src rand.Source) float64 { return d.gonum(src).Rand() }
func (d pareto) Mean() float64                  { return d.gonum(nil).Mean() }
func (d pareto) Support() (lo, hi float64)      { return d.min, math.Inf(1) }
func (d pareto) String() string                 { return canonical(d) }
func (d pareto) cdf(x float64) float64          { return d.gonum(nil).CDF(x) }
func (d pareto) quantile(p float64) float64     { return d.gonum(nil).Quantile(p) }

func (d pareto) partial(x float64) float64 {
	ratio := math.Log(x / d.min)
	if d.alpha == 1 {
		return d.min * ratio
	}
	return d.alpha * d.min / (1 - d.alpha) * math.Expm1((1-d.alpha)*ratio)
}

func (d pareto) params() (string, []param) {
	return "pareto", []param{{"min", d.min}, {"alpha", d.alpha}}
}
