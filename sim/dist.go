package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Dist is a distribution of numbers. A Dist is immutable and holds no source of randomness: who
// draws brings one. Values have no unit; where they stand for spans of time they are seconds.
type Dist interface {
	// Sample draws a value from src, which must not be nil.
	Sample(src rand.Source) float64
	// Mean returns the expected value, +Inf when there is none.
	Mean() float64
	// String returns the canonical form with the effective parameters, such as
	// exponential{mean: 600}. Equal strings mean equal distributions.
	String() string
}

// Supporter is a Dist that knows the range of its values.
type Supporter interface {
	// Support returns the least and greatest value, infinite where there is none.
	Support() (lo, hi float64)
}

// cumulative is a Dist that knows its distribution function.
type cumulative interface {
	// cdf returns the probability of a value of at most x.
	cdf(x float64) float64
}

// maxDuration is the longest span that SampleDuration returns, a hundred years of 365 days: so long
// that nothing simulated lasts to see its end, and short enough that instants do not overflow.
const maxDuration = 100 * 365 * 24 * time.Hour

// beyondProbability is the chance of a value over maxDuration that CheckDuration lets pass.
const beyondProbability = 1e-9

// SampleDuration draws a span, taking the value as seconds and rounding to nanoseconds. Values over
// a hundred years give a hundred years; a distribution that has passed CheckDuration draws one less
// often than once in a billion. It panics on a negative draw, which CheckDuration excludes.
func SampleDuration(d Dist, src rand.Source) time.Duration {
	seconds := d.Sample(src)
	if !(seconds >= 0) {
		panic(fmt.Sprintf("sim: %v drew a duration of %v s", d, seconds))
	}
	if seconds >= maxDuration.Seconds() {
		return maxDuration
	}
	return time.Duration(math.Round(seconds * 1e9))
}

// NonNegative returns an error that says what to do when d can draw a value below 0.
func NonNegative(d Dist) error {
	s, ok := d.(Supporter)
	if !ok {
		return nil
	}
	lo, _ := s.Support()
	switch {
	case lo >= 0:
		return nil
	case math.IsInf(lo, -1):
		return fmt.Errorf("%v can draw values below 0, truncate it with min: 0", d)
	default:
		return fmt.Errorf("%v can draw values down to %s, want none below 0", d, number(lo))
	}
}

// CheckDuration returns an error that says what to do when d cannot stand for a span of time in
// seconds: when it can draw a value below 0, or too often one over a hundred years.
func CheckDuration(d Dist) error {
	if err := NonNegative(d); err != nil {
		return err
	}
	limit := maxDuration.Seconds()
	if c, ok := d.(cumulative); ok && 1-c.cdf(limit) > beyondProbability {
		return fmt.Errorf("%v can draw spans of over a hundred years (%s s), want shorter ones, "+
			"such as by a max", d, number(limit))
	}
	return nil
}

// number writes x in the fewest digits that read back as x.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// param is a parameter with its value, for printing.
type param struct {
	name  string
	value float64
}

// form writes a distribution in canonical form.
func form(name string, params ...param) string {
	var b strings.Builder
	b.WriteString(name)
	for i, p := range params {
		b.WriteString([2]string{"{", ", "}[min(i, 1)])
		b.WriteString(p.name + ": " + number(p.value))
	}
	b.WriteString("}")
	return b.String()
}

// canonical writes a truncatable distribution in canonical form.
func canonical(d truncatable) string {
	name, params := d.params()
	return form(name, params...)
}
