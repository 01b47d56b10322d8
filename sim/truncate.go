package sim

import (
	"math"
	"math/rand/v2"
)

// leastWindow is the least probability that a truncation may leave. Below it the inverse of the
// distribution function has too few digits left to draw from, and the parameters are almost surely
// a mistake.
const leastWindow = 1e-6

// The quantiles that truncation asks for: rounding takes a sum to 0 or 1 now and then, and a
// distribution without end would answer with an infinity.
const (
	leastQuantile    = 0x1p-54
	greatestQuantile = 1 - 0x1p-53
)

// truncatable is a continuous Dist that can be cut to a window exactly.
type truncatable interface {
	Dist
	Supporter
	cumulative
	// quantile is the inverse of cdf, for p in [0, 1].
	quantile(p float64) float64
	// partial returns the integral of x dF(x) from the least value up to x, which lies in the
	// support. It is finite wherever x is, also where the mean is not.
	partial(x float64) float64
	// params returns the family's name and its effective parameters.
	params() (string, []param)
}

// truncated is a distribution given that its value lies in [lo, hi]. It draws by the inverse of the
// distribution function, one number from the source for each value, so there is no rejection loop
// to bound, and draws of the same number stay alike when a limit moves a little.
type truncated struct {
	of     truncatable
	lo, hi float64
	below  float64 // probability of less than lo
	window float64 // probability of [lo, hi]
}

var _ Supporter = truncated{}

// truncate cuts d to the optional parameters min and max, where they are given.
func (a *arguments) truncate(d truncatable) (Dist, error) {
	t := truncated{of: d}
	t.lo, t.hi = d.Support()
	least, greatest, field := t.lo, t.hi, ""
	for _, name := range []string{"min", "max"} {
		if p, _ := a.info.Param(name); !p.Optional || !a.has(name) {
			continue
		}
		field = name
		if name == "min" {
			t.lo = math.Max(least, a.given[name])
		} else {
			t.hi = math.Min(greatest, a.given[name])
		}
	}
	if t.lo == least && t.hi == greatest {
		return d, nil
	}
	if !math.IsInf(t.lo, -1) {
		t.below = d.cdf(t.lo)
	}
	if t.window = d.cdf(t.hi) - t.below; !(t.lo < t.hi && t.window >= leastWindow) {
		a.fail(field, "%s leaves values from %s to %s of a probability of %.2g, want at least %g",
			number(a.given[field]), number(t.lo), number(t.hi), math.Max(t.window, 0), leastWindow)
		return nil, a.err
	}
	return t, nil
}

func (t truncated) Sample(src rand.Source) float64 {
	p := t.below + unit(src)*t.window
	return t.clamp(t.of.quantile(math.Min(math.Max(p, leastQuantile), greatestQuantile)))
}

// clamp keeps rounding from moving a value out of the window.
func (t truncated) clamp(x float64) float64 { return math.Min(math.Max(x, t.lo), t.hi) }

func (t truncated) Mean() float64 {
	upTo := t.of.Mean()
	if !math.IsInf(t.hi, 1) {
		upTo = t.of.partial(t.hi)
	}
	if t.below > 0 {
		upTo -= t.of.partial(t.lo)
	}
	return t.clamp(upTo / t.window)
}

func (t truncated) Support() (lo, hi float64) { return t.lo, t.hi }

func (t truncated) cdf(x float64) float64 {
	return math.Min(math.Max((t.of.cdf(x)-t.below)/t.window, 0), 1)
}

func (t truncated) String() string {
	name, params := t.of.params()
	least, greatest := t.of.Support()
	if t.lo > least {
		params = append(params, param{"min", t.lo})
	}
	if t.hi < greatest {
		params = append(params, param{"max", t.hi})
	}
	return form(name, params...)
}

// unit draws a number in [0, 1).
func unit(src rand.Source) float64 { return float64(src.Uint64()>>11) / (1 << 53) }
