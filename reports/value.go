package reports

import (
	"math"
	"strconv"
	"time"

	"towtank.dev/towtank/sim"
)

// Unit says what a number means and how it is written. Metrics and values share the units.
type Unit string

// The units. The number itself is in the base unit: seconds, cores, bytes, parts of one.
const (
	UnitNone   Unit = ""      // a number of things
	UnitSpan   Unit = "s"     // seconds of length
	UnitShare  Unit = "0–1"   // part of a whole; may exceed 1 when overcommitted
	UnitCores  Unit = "cores" // CPU
	UnitBytes  Unit = "bytes"
	unitText   Unit = "text"
	unitSeed   Unit = "seed" // a whole number of 64 bits, without thousands
	unitAbsent Unit = "absent"
)

// Value is a value of a document: a text, or a number with a unit. The zero Value is a number
// nobody has; use the constructors.
type Value struct {
	unit   Unit
	text   string
	x, y   float64
	seed   uint64
	signed bool // a difference: people see its sign
	ranged bool // from x to y
}

// Text is a piece of text.
func Text(s string) Value { return Value{unit: unitText, text: s} }

// Seed is a seed: a number that is a name.
func Seed(n uint64) Value { return Value{unit: unitSeed, seed: n} }

// Count is a number of things.
func Count(n int64) Value { return Value{x: float64(n)} }

// Span is a length of time.
func Span(d time.Duration) Value { return Value{unit: UnitSpan, x: d.Seconds()} }

// Instant is a time since the start of the run; absent for sim.Never.
func Instant(t sim.Time) Value {
	if t == sim.Never {
		return Absent()
	}
	return Value{unit: UnitSpan, x: t.Seconds()}
}

// Number is a number with a unit; absent when it is NaN or infinite.
func Number(x float64, unit Unit) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Absent()
	}
	return Value{unit: unit, x: x}
}

// Difference is a number of which people see the sign.
func Difference(x float64, unit Unit) Value {
	v := Number(x, unit)
	v.signed = true
	return v
}

// Range is from low to high, ends included; absent when either is NaN. People see it as ± half of its
// width, beside the mean that it is around.
func Range(low, high float64, unit Unit) Value {
	if math.IsNaN(low + high) {
		return Absent()
	}
	return Value{unit: unit, x: low, y: high, ranged: true}
}

// Absent is a value that there is not.
func Absent() Value { return Value{unit: unitAbsent} }

// IsAbsent says whether there is no value.
func (v Value) IsAbsent() bool { return v.unit == unitAbsent }

// IsZero says whether the value is the number 0.
func (v Value) IsZero() bool {
	return !v.IsText() && !v.IsAbsent() && v.unit != unitSeed && v.x == 0 && v.y == 0
}

// IsText says whether the value is text; what is not is written to the right.
func (v Value) IsText() bool { return v.unit == unitText }

// String writes the value for people: with unit, thousands and about three digits.
func (v Value) String() string {
	if v.ranged {
		if v.unit == UnitShare {
			return "± " + percent((v.y-v.x)/2) + " pp"
		}
		return "± " + v.human((v.y-v.x)/2)
	}
	return v.human(v.x)
}

func (v Value) human(x float64) string {
	sign := ""
	if v.signed && x > 0 {
		sign = "+"
	}
	switch v.unit {
	case unitAbsent:
		return "-"
	case unitText:
		return v.text
	case unitSeed:
		return strconv.FormatUint(v.seed, 10)
	case UnitSpan:
		return sign + spanText(x)
	case UnitShare:
		if v.signed {
			return sign + percent(x) + " pp" // percentage points
		}
		return percent(x) + " %"
	case UnitCores:
		return sign + decimal(x) + plural(x, " core")
	case UnitBytes:
		return sign + bytesText(x)
	}
	return sign + decimal(x)
}

// Raw writes the value for programs: the number in its base unit in as many digits as it takes, the
// text as it is, nothing when absent. A range is two numbers with ".." between them.
func (v Value) Raw() string {
	switch {
	case v.unit == unitAbsent || v.unit == unitText:
		return v.text
	case v.unit == unitSeed:
		return strconv.FormatUint(v.seed, 10)
	case v.ranged:
		return Digits(v.x) + ".." + Digits(v.y)
	}
	return Digits(v.x)
}

// AppendJSON appends the value as JSON: a number, a string, null, or a list of the two ends of a range.
func (v Value) AppendJSON(b []byte) []byte {
	switch {
	case v.unit == unitAbsent:
		return append(b, "null"...)
	case v.unit == unitText:
		return AppendJSONString(b, v.text)
	case v.ranged:
		return append(append(append(append(append(b, '['), Digits(v.x)...), ", "...), Digits(v.y)...), ']')
	}
	return append(b, v.Raw()...)
}

// Unit is the unit of the raw number, empty for texts and plain numbers.
func (v Value) Unit() string {
	switch v.unit {
	case UnitSpan, UnitShare, UnitCores, UnitBytes:
		return string(v.unit)
	}
	return ""
}

// Digits writes a number in as many digits as tell it from its neighbours, without an exponent.
func Digits(x float64) string {
	if x == 0 {
		return "0" // also for −0
	}
	if x == math.Trunc(x) {
		return strconv.FormatFloat(x, 'f', 0, 64) // whole numbers to their last digit
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
