package sim

import "math/rand/v2"

var constantInfo = DistributionInfo{
	Name:   "constant",
	Doc:    "Always the same value.",
	Params: []DistributionParam{{Name: "value", Doc: "the value", InUnit: true}},
	Forms:  [][]string{{"value"}},
	build:  func(a *arguments) Dist { return Constant(a.any("value")) },
}

// Constant is the distribution that always draws this value, and takes nothing from the source.
type Constant float64

var _ Supporter = Constant(0)

// Sample returns the value.
func (c Constant) Sample(rand.Source) float64 { return float64(c) }

// Mean returns the value.
func (c Constant) Mean() float64 { return float64(c) }

// Support returns the value twice.
func (c Constant) Support() (lo, hi float64) { return float64(c), float64(c) }

// String returns the canonical form, constant{value: 3}.
func (c Constant) String() string { return form("constant", param{"value", float64(c)}) }

func (c Constant) cdf(x float64) float64 {
	if x < float64(c) {
		return 0
	}
	return 1
}
