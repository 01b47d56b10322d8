package sim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// arguments are the parameters handed to a family, with the first thing that is wrong with them.
type arguments struct {
	info  DistributionInfo
	given map[string]float64
	err   error
}

// read checks that p holds known parameters only, all finite, and exactly one form in full.
func (d DistributionInfo) read(p map[string]float64) *arguments {
	a := &arguments{info: d, given: p}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if _, known := d.Param(name); !known {
			a.fail(name, "is not a parameter, want %s", d.wanted())
		} else if x := p[name]; math.IsNaN(x) || math.IsInf(x, 0) {
			a.fail(name, "%s is not a finite number", number(x))
		}
	}
	if a.err == nil && !d.fits(p) {
		a.err = fmt.Errorf("%s: want %s", d.Name, d.wanted())
	}
	return a
}

// fits reports whether p gives exactly one form in full and no parameter of another.
func (d DistributionInfo) fits(p map[string]float64) bool {
	var required []string
	for name := range p {
		if q, _ := d.Param(name); !q.Optional {
			required = append(required, name)
		}
	}
	slices.Sort(required)
	for _, form := range d.Forms {
		if slices.Equal(required, slices.Sorted(slices.Values(form))) {
			return true
		}
	}
	return false
}

// wanted lists the forms and the optional parameters in words.
func (d DistributionInfo) wanted() string {
	var forms, optional []string
	for _, form := range d.Forms {
		forms = append(forms, strings.Join(form, " and "))
	}
	for _, p := range d.Params {
		if p.Optional {
			optional = append(optional, p.Name)
		}
	}
	text := strings.Join(forms, ", or ")
	if len(optional) > 0 {
		text += "; optional " + strings.Join(optional, ", ")
	}
	return text
}

// has reports whether a parameter was given.
func (a *arguments) has(name string) bool {
	_, ok := a.given[name]
	return ok
}

// any returns a parameter that may have any value.
func (a *arguments) any(name string) float64 { return a.given[name] }

// positive returns a parameter that must be above 0.
func (a *arguments) positive(name string) float64 {
	x := a.given[name]
	if !(x > 0) {
		a.fail(name, "%s is not positive", number(x))
	}
	return x
}

// above returns a parameter that must be greater than another.
func (a *arguments) above(name, other string) float64 {
	x, y := a.given[name], a.given[other]
	if !(x > y) {
		a.fail(name, "%s is not above %s (%s)", number(x), other, number(y))
	}
	return x
}

// within returns a parameter that must lie between two others, inclusive.
func (a *arguments) within(name, least, greatest string) float64 {
	x, lo, hi := a.given[name], a.given[least], a.given[greatest]
	if !(x >= lo && x <= hi) {
		a.fail(name, "%s is not between %s (%s) and %s (%s)", number(x), least, number(lo), greatest, number(hi))
	}
	return x
}

// computed fails when a value that follows from the parameters is too large or too small to
// calculate with.
func (a *arguments) computed(name string, x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		a.fail(name, "%s is out of the range one can calculate with", number(a.given[name]))
	}
	return x
}

// fail keeps the first error.
func (a *arguments) fail(name, format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf("%s.%s: %s", a.info.Name, name, fmt.Sprintf(format, args...))
	}
}

// withTruncation adds the optional parameters of a family that can be truncated on both sides.
func withTruncation(params ...DistributionParam) []DistributionParam {
	return append(params,
		DistributionParam{Name: "min", Doc: "cuts the distribution off below this value", InUnit: true, Optional: true},
		DistributionParam{Name: "max", Doc: "cuts the distribution off above this value", InUnit: true, Optional: true},
	)
}
