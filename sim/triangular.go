package sim

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

var triangularInfo = DistributionInfo{
	Name: "triangular",
	Doc:  "A guess from the least, the most likely and the greatest value.",
	Params: []DistributionParam{
		{Name: "min", Doc: "least value", InUnit: true},
		{Name: "mode", Doc: "most likely value, from min to max", InUnit: true},
		{Name: "max", Doc: "greatest value, above min", InUnit: true},
	},
	Forms: [][]string{{"min", "mode", "max"}},
	build: func(a *arguments) Dist {
		d := triangular{min: a.any("min"), max: a.above("max", "min"), mode: a.within("mode", "min", "max")}
		a.computed("max", (d.max-d.min)*(d.max-d.min))
		return d
	},
}

// triangular has limits of its own, so it is not truncated.
type triangular struct{ min, mode, max float64 }

var _ Supporter = triangular{}

func (d triangular) gonum(src rand.Source) distuv.Triangle {
	return distuv.NewTriangle(d.min, d.max, d.mode, src)
}

func (d triangular) Sample(src rand.Source) float64 { return d.gonum(src).Rand() }
func (d triangular) Mean() float64                  { return (d.min + d.mode + d.max) / 3 }
func (d triangular) Support() (lo, hi float64)      { return d.min, d.max }
func (d triangular) cdf(x float64) float64          { return d.gonum(nil).CDF(x) }

func (d triangular) String() string {
	return form("triangular", param{"min", d.min}, param{"mode", d.mode}, param{"max", d.max})
}
