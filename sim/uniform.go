package sim

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

var uniformInfo = DistributionInfo{
	Name: "uniform",
	Doc:  "Anything between two limits, all equally likely.",
	Params: []DistributionParam{
		{Name: "min", Doc: "least value", InUnit: true},
		{Name: "max", Doc: "greatest value, above min", InUnit: true},
	},
	Forms: [][]string{{"min", "max"}},
	build: func(a *arguments) Dist {
		d := uniform{min: a.any("min"), max: a.above("max", "min")}
		a.computed("max", d.max-d.min)
		return d
	},
}

// uniform has limits of its own, so it is not truncated.
type uniform struct{ min, max float64 }

var _ Supporter = uniform{}

func (d uniform) Sample(src rand.Source) float64 {
	return distuv.Uniform{Min: d.min, Max: d.max, Src: src}.Rand()
}

func (d uniform) Mean() float64             { return d.min + (d.max-d.min)/2 }
func (d uniform) Support() (lo, hi float64) { return d.min, d.max }
func (d uniform) cdf(x float64) float64     { return distuv.Uniform{Min: d.min, Max: d.max}.CDF(x) }

func (d uniform) String() string {
	return form("uniform", param{"min", d.min}, param{"max", d.max})
}
