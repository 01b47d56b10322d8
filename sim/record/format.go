package record

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/sim"
)

// AppendField appends a CSV field, quoted only when it must be: when it holds a comma, a quote or a
// line break, or begins or ends with a space.
func AppendField(b []byte, s string) []byte {
	if !needsQuotes(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		b = append(append(b, s[:i]...), `""`...)
		s = s[i+1:]
	}
	return append(append(b, s...), '"')
}

func needsQuotes(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return true
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ',', '"', '\n', '\r':
			return true
		}
	}
	return false
}

// appendInstant writes seconds from the start with six decimals, and nothing for Never.
func appendInstant(b []byte, t sim.Time) []byte {
	if t == sim.Never {
		return b
	}
	return appendFixed(b, int64(Quantise(t))/int64(Resolution), 6)
}

// appendSpan writes seconds with six decimals.
func appendSpan(b []byte, d time.Duration) []byte {
	return appendFixed(b, int64(d/Resolution), 6)
}

// appendFixed writes n/10^decimals with exactly that many decimals.
func appendFixed(b []byte, n int64, decimals int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	scale := int64(1)
	for range decimals {
		scale *= 10
	}
	b = strconv.AppendInt(b, n/scale, 10)
	if decimals == 0 {
		return b
	}
	b = append(b, '.')
	rest := n % scale
	for scale /= 10; scale > 0; scale /= 10 {
		b = append(b, byte('0'+rest/scale%10))
	}
	return b
}

// appendList writes strings separated by semicolons, as one CSV field.
func appendList(b []byte, list []string) []byte {
	if len(list) == 1 {
		return AppendField(b, list[0])
	}
	return AppendField(b, strings.Join(list, ";"))
}

// appendAmounts writes name=value pairs separated by semicolons.
func appendAmounts(b []byte, amounts []Amount) []byte {
	for i, a := range amounts {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(append(b, a.Name...), '=')
		b = strconv.AppendInt(b, a.Value, 10)
	}
	return b
}

// parseFixed reads a number with at most the given decimals as an integer of 1/10^decimals.
func parseFixed(s string, decimals int) (int64, error) {
	digits, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > decimals {
		return 0, fmt.Errorf("%q has more than %d decimals", s, decimals)
	}
	n, err := strconv.ParseInt(digits+fraction+"000000000"[:decimals-len(fraction)], 10, 64)
	if err != nil || digits == "" || digits == "-" || digits[0] == '+' || strings.ContainsAny(fraction, "+-") {
		return 0, fmt.Errorf("%q is not a decimal number", s)
	}
	return n, nil
}

// parseInstant reads seconds from the start; nothing is Never.
func parseInstant(s string) (sim.Time, error) {
	if s == "" {
		return sim.Never, nil
	}
	n, err := parseFixed(s, 6)
	if err == nil && (n > int64(sim.Never)/1000 || n < -int64(sim.Never)/1000) {
		err = fmt.Errorf("%q is beyond the end of time", s)
	}
	return sim.Time(n) * sim.Time(Resolution), err
}

func parseList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

func parseAmounts(s string) ([]Amount, error) {
	var amounts []Amount
	for _, pair := range parseList(s) {
		name, value, ok := strings.Cut(pair, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		if !ok || err != nil || name == "" {
			return nil, fmt.Errorf("%q is not a list of amounts, want name=number;name=number", s)
		}
		amounts = append(amounts, Amount{name, n})
	}
	return amounts, nil
}
