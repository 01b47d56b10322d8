package reports

import (
	"math"
	"strconv"
	"strings"
)

// percent writes a share in hundredths. Small steps below 0.1, and those from 99 to 100, are told apart too.
func percent(x float64) string {
	p := x * 100
	if a := math.Abs(p); a > 0 && a < 0.095 {
		return strconv.FormatFloat(p, 'g', 1, 64)
	}
	if rest := 100 - p; rest > 0 && rest < 1 {
		return nines(p, rest)
	}
	return thousands(strconv.FormatFloat(p, 'f', 1, 64))
}

// nines writes a percentage that lacks a little with as many digits as tell the first two of what it lacks.
func nines(p, rest float64) string {
	decimals := min(1-int(math.Floor(math.Log10(rest))), 9)
	text := trim(strconv.FormatFloat(p, 'f', decimals, 64))
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// tiny is what people do not want to read with all its zeros.
const tiny = 1e-9

// decimal writes whole numbers whole and others with about three digits.
func decimal(x float64) string {
	a := math.Abs(x)
	switch {
	case x == math.Trunc(x) || a >= 1000:
		return thousands(strconv.FormatFloat(x, 'f', 0, 64))
	case a >= 100:
		return thousands(trim(strconv.FormatFloat(x, 'f', 1, 64)))
	case a >= 1:
		return trim(strconv.FormatFloat(x, 'f', 2, 64))
	case a >= tiny && a < 0.001:
		return strconv.FormatFloat(x, 'f', -int(math.Floor(math.Log10(a))), 64) // one digit behind the zeros
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// trim takes zeros off the end of a number with a point.
func trim(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }

func plural(x float64, word string) string {
	if x == 1 {
		return word
	}
	return word + "s"
}

// thousands puts commas into the whole part of a number.
func thousands(s string) string {
	digits, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		digits, rest = s[:i], s[i:]
	}
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits + rest
}

var binary = []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// bytesText writes bytes in the largest binary unit that leaves at least one.
func bytesText(x float64) string {
	i := 0
	for math.Abs(x) >= 1024 && i < len(binary)-1 {
		x /= 1024
		i++
	}
	return decimal(x) + " " + binary[i]
}

// spanText writes seconds as 850µs, 12ms, 41.7s, 31m12s, 2h5m or 3d4h.
func spanText(x float64) string {
	sign := ""
	if x < 0 {
		sign, x = "-", -x
	}
	switch {
	case x < 0.5e-7: // also what is left of rounding
		return "0s"
	case x < 0.9995e-3:
		return sign + trim(strconv.FormatFloat(x*1e6, 'f', 1, 64)) + "µs"
	case x < 0.9995:
		return sign + short(x*1e3) + "ms"
	case x < 59.95:
		return sign + short(x) + "s"
	}
	return sign + longSpan(x)
}

// short writes a number below 1000 with three digits, or fewer where they are zero.
func short(x float64) string {
	decimals := 2
	if x >= 9.995 {
		decimals = 1
	}
	if x >= 99.95 {
		decimals = 0
		return strconv.FormatFloat(x, 'f', decimals, 64)
	}
	return trim(strconv.FormatFloat(x, 'f', decimals, 64))
}

// longSpan writes a minute or more in its two largest units, without one that is zero.
func longSpan(x float64) string {
	units := []struct {
		name    string
		seconds int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	for i := range 3 {
		large, small := units[i], units[i+1]
		n := int64(math.Round(x / float64(small.seconds)))
		perLarge := large.seconds / small.seconds
		if n < perLarge {
			continue
		}
		text := thousands(strconv.FormatInt(n/perLarge, 10)) + large.name
		if rest := n % perLarge; rest > 0 {
			text += strconv.FormatInt(rest, 10) + small.name
		}
		return text
	}
	return short(x) + "s"
}
