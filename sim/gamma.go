package sim

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

var gammaInfo = DistributionInfo{
	Name: "gamma",
	Doc:  "Work in several exponential steps, as many as the shape says.",
	Params: withTruncation(
		DistributionParam{Name: "shape", Doc: "shape, above 0"},
		DistributionParam{Name: "scale", Doc: "scale, above 0: mean divided by shape", InUnit: true},
		DistributionParam{Name: "mean", Doc: "mean, above 0", InUnit: true},
	),
	Forms: [][]string{{"shape", "scale"}, {"mean", "shape"}},
	build: func(a *arguments) Dist {
		d := gamma{shape: a.positive("shape")}
		if a.has("mean") {
			d.scale = a.computed("mean", a.positive("mean")/d.shape)
		} else {
			d.scale = a.positive("scale")
		}
		a.computed("shape", 1/d.scale)
		return d
	},
}

type gamma struct{ shape, scale float64 }

var _ truncatable = gamma{}

func (d gamma) gonum(src rand.Source) distuv.Gamma {
	return distuv.Gamma{Alpha: d.shape, Beta: 1 / d.scale, Src: src}
}

func (d gamma) Sample(src rand.Source) float64 { return d.gonum(src).Rand() }
func (d gamma) Mean() float64                  { return d.shape * d.scale }
func (d gamma) Support() (lo, hi float64)      { return 0, math.Inf(1) }
func (d gamma) String() string                 { return canonical(d) }
func (d gamma) quantile(p float64) float64     { return d.gonum(nil).Quantile(p) }

func (d gamma) cdf(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return d.gonum(nil).CDF(x)
}

func (d gamma) partial(x float64) float64 {
	return d.Mean() * mathext.GammaIncReg(d.shape+1, x/d.scale)
}

func (d gamma) params() (string, []param) {
	return "gamma", []param{{"shape", d.shape}, {"scale", d.scale}}
}
