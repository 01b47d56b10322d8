package sim

import (
	"math"
	"slices"
	"strings"
	"testing"
)

type values = map[string]float64

// example is a distribution with what is known of it from the textbook.
type example struct {
	family string
	params values
	mean   float64
	stddev float64 // NaN where there is no formula at hand
	text   string
}

// examples holds each family at least once, and each form of each family.
var examples = []example{
	{"constant", values{"value": 3}, 3, 0, "constant{value: 3}"},
	{"uniform", values{"min": -1, "max": 5}, 2, 6 / math.Sqrt(12), "uniform{min: -1, max: 5}"},
	{"exponential", values{"mean": 600}, 600, 600, "exponential{mean: 600}"},
	// Memoryless: 100 more than the untruncated mean.
	{"exponential", values{"mean": 600, "min": 100}, 700, 600, "exponential{mean: 600, min: 100}"},
	// 1 - e⁻¹/(1 - e⁻¹) = 0.41802 of the mean.
	{"exponential", values{"mean": 600, "max": 600}, 600 * (1 - 1/(math.E-1)), math.NaN(), "exponential{mean: 600, max: 600}"},
	{"normal", values{"mean": 10, "stddev": 2}, 10, 2, "normal{mean: 10, stddev: 2}"},
	// The half normal: mean √(2/π), variance 1 - 2/π.
	{"normal", values{"mean": 0, "stddev": 1, "min": 0}, math.Sqrt(2 / math.Pi), math.Sqrt(1 - 2/math.Pi), "normal{mean: 0, stddev: 1, min: 0}"},
	{"normal", values{"mean": 10, "stddev": 2, "min": 9, "max": 11}, 10, math.NaN(), "normal{mean: 10, stddev: 2, min: 9, max: 11}"},
	{"lognormal", values{"median": 10, "sigma": 0.5}, 10 * math.Exp(0.125), 10 * math.Exp(0.125) * math.Sqrt(math.Expm1(0.25)), "lognormal{median: 10, sigma: 0.5}"},
	{"lognormal", values{"mean": 10, "stddev": 5}, 10, 5, "lognormal{median: 8.94427190999916, sigma: 0.47238072707743883}"},
	// sigma = ln(2) / 2.3263479 = 0.2979551.
	{"lognormal", values{"median": 10, "p99": 20}, 10 * math.Exp(0.2979551*0.2979551/2), math.NaN(), "lognormal{median: 10, sigma: 0.2979550858642462}"},
	{"lognormal", values{"median": 10, "sigma": 1, "max": 30}, math.NaN(), math.NaN(), "lognormal{median: 10, sigma: 1, max: 30}"},
	// Γ(1.5) = √π/2, Γ(2) = 1.
	{"weibull", values{"shape": 2, "scale": 10}, 5 * math.Sqrt(math.Pi), 10 * math.Sqrt(1-math.Pi/4), "weibull{shape: 2, scale: 10}"},
	{"weibull", values{"shape": 0.7, "scale": 10, "min": 1, "max": 50}, math.NaN(), math.NaN(), "weibull{shape: 0.7, scale: 10, min: 1, max: 50}"},
	{"gamma", values{"shape": 4, "scale": 2.5}, 10, 5, "gamma{shape: 4, scale: 2.5}"},
	{"gamma", values{"mean": 3, "shape": 0.1}, 3, 3 / math.Sqrt(0.1), "gamma{shape: 0.1, scale: 30}"},
	{"gamma", values{"shape": 4, "scale": 2.5, "min": 5, "max": 20}, math.NaN(), math.NaN(), "gamma{shape: 4, scale: 2.5, min: 5, max: 20}"},
	// Mean 5·2/4, variance 4·5/(16·3).
	{"pareto", values{"min": 2, "alpha": 5}, 2.5, math.Sqrt(20. / 48), "pareto{min: 2, alpha: 5}"},
	// Without a mean until it is cut off: ln(10)/(1 - 1/10) times min.
	{"pareto", values{"min": 2, "alpha": 1, "max": 20}, 2 * math.Ln10 / 0.9, math.NaN(), "pareto{min: 2, alpha: 1, max: 20}"},
	{"pareto", values{"min": 1, "alpha": 0.5, "max": 100}, math.NaN(), math.NaN(), "pareto{min: 1, alpha: 0.5, max: 100}"},
	// Variance (a² + b² + c² - ab - ac - bc)/18 with 0, 9, 3: 63/18.
	{"triangular", values{"min": 0, "mode": 3, "max": 9}, 4, math.Sqrt(63. / 18), "triangular{min: 0, mode: 3, max: 9}"},
	{"triangular", values{"min": 0, "mode": 0, "max": 3}, 1, math.Sqrt(9. / 18), "triangular{min: 0, mode: 0, max: 3}"},
}

func (x example) make(t *testing.T) Dist {
	t.Helper()
	info, ok := Distribution(x.family)
	if !ok {
		t.Fatalf("no family %q", x.family)
	}
	d, err := info.New(x.params)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEachFamilyAndFormHasAnExample(t *testing.T) {
	if !slices.IsSortedFunc(Distributions(), func(a, b DistributionInfo) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the registry is not sorted by name")
	}
	for _, info := range Distributions() {
		for _, form := range info.Forms {
			found := false
			for _, x := range examples {
				found = found || x.family == info.Name && hasAll(x.params, form)
			}
			if !found {
				t.Errorf("%s has no example with %v", info.Name, form)
			}
			for _, name := range form {
				if p, ok := info.Param(name); !ok || p.Optional || p.Doc == "" {
					t.Errorf("%s.%s is required but not described so", info.Name, name)
				}
			}
		}
		if info.Doc == "" {
			t.Errorf("%s is not described", info.Name)
		}
	}
}

func hasAll(p values, names []string) bool {
	for _, n := range names {
		if _, ok := p[n]; !ok {
			return false
		}
	}
	return true
}
