package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
)

var (
	withDays   = regexp.MustCompile(`^([-+]?)([0-9]+(?:\.[0-9]+)?)d(.*)$`)
	bareNumber = regexp.MustCompile(`^[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$`)
	spaced     = regexp.MustCompile(`^([0-9.]+) *(s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|hrs?|d|days?|w|weeks?)$`)
)

const day = 24 * time.Hour

// ParseDuration reads a span such as 800ms, 90s, 2h30m, 7d or 1d12h. The error says what would be right.
func ParseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	if bareNumber.MatchString(text) {
		return 0, fmt.Errorf("%s has no unit, want a duration; did you mean %ss?", text, text)
	}
	days, rest, negative := 0.0, text, false
	m := withDays.FindStringSubmatch(text)
	if m != nil {
		negative, rest = m[1] == "-", m[3]
		days, _ = strconv.ParseFloat(m[2], 64)
	}
	span := time.Duration(0)
	if m == nil || rest != "" {
		var err error
		if span, err = time.ParseDuration(rest); err != nil || m != nil && (rest[0] == '-' || rest[0] == '+') {
			return 0, notDuration(text)
		}
	}
	total := days*float64(day) + float64(span)
	if math.Abs(total) >= math.MaxInt64 {
		return 0, fmt.Errorf("%q is more than the 292 years that can be simulated", text)
	}
	if whole := math.Trunc(days); whole == days {
		span += time.Duration(whole) * day
	} else {
		span += time.Duration(math.Round(days * float64(day)))
	}
	if negative {
		span = -span
	}
	return span, nil
}

// notDuration words what is wrong, with the likely meaning.
func notDuration(text string) error {
	if m := spaced.FindStringSubmatch(text); m != nil {
		number, unit := m[1], m[2][:1]
		if f, err := strconv.ParseFloat(number, 64); err == nil {
			if unit == "w" {
				number, unit = strconv.FormatFloat(7*f, 'g', -1, 64), "d"
			}
			return fmt.Errorf("%q is not a duration; did you mean %s%s?", text, number, unit)
		}
	}
	return fmt.Errorf("%q is not a duration, want e.g. 800ms, 90s, 2h30m or 7d", text)
}

// duration decodes a span of at least 0.
func duration(d *decode.Decoder, n *yaml.Node, path string) (time.Duration, bool) {
	if n.Kind != yaml.ScalarNode || decode.IsNull(n) {
		d.Add(n, path, "%s, want a duration, e.g. 90s", decode.Kind(n))
		return 0, false
	}
	span, err := ParseDuration(n.Value)
	switch {
	case err != nil:
		d.Add(n, path, "%v", err)
	case span < 0:
		d.Add(n, path, "%s is negative, want 0s or more", n.Value)
	default:
		return span, true
	}
	return 0, false
}

func durationHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if span, ok := duration(d, n, path); ok {
		out.SetInt(int64(span))
	}
}

func periodHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Value == "change" {
		out.Set(reflect.ValueOf(period{change: true}))
		return
	}
	span, ok := duration(d, n, path)
	if ok && span == 0 {
		d.Add(n, path, "a period of 0s, want a duration such as 1m, or change for a row at every change")
	} else if ok {
		out.Set(reflect.ValueOf(period{every: span}))
	}
}

func timeHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.Add(n, path, "%s, want a time, e.g. 2026-03-02T08:00:00Z", decode.Kind(n))
		return
	}
	t, err := time.Parse(time.RFC3339Nano, n.Value)
	if err != nil {
		d.Add(n, path, "%q is not a time, want RFC 3339, e.g. 2026-03-02T08:00:00Z", n.Value)
		return
	}
	if year := t.UTC().Year(); year < 1970 || year > 9000 {
		d.Add(n, path, "the year %d, want 1970 to 9000", year)
		return
	}
	out.Set(reflect.ValueOf(t.UTC()))
}

// instant reads an offset from the start, or an RFC 3339 time when the scenario says when it starts.
func (r *reader) instant(d *decode.Decoder, n *yaml.Node, path string) (sim.Time, bool) {
	if n.Kind == yaml.ScalarNode {
		if t, err := time.Parse(time.RFC3339Nano, n.Value); err == nil {
			return r.clockInstant(d, n, path, t)
		}
	}
	if n.Kind != yaml.ScalarNode || decode.IsNull(n) {
		d.Add(n, path, "%s, want an instant: an offset from the start, e.g. 10m", decode.Kind(n))
		return 0, false
	}
	span, err := ParseDuration(n.Value)
	switch {
	case err != nil:
		d.Add(n, path, "%v", err)
	case span < 0:
		d.Add(n, path, "%s lies before the start, want 0s or later", n.Value)
	default:
		return sim.At(span), true
	}
	return 0, false
}

func (r *reader) clockInstant(d *decode.Decoder, n *yaml.Node, path string, t time.Time) (sim.Time, bool) {
	if !r.startGiven {
		d.Add(n, path, "a time of the clock, which needs a start: give start, or an offset such as 10m")
		return 0, false
	}
	span := t.Sub(r.start)
	if span < 0 {
		d.Add(n, path, "%s lies before the start, %s", n.Value, r.start.Format(time.RFC3339Nano))
		return 0, false
	}
	return sim.At(span), true
}

func (r *reader) endingHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Value == "idle" {
		out.Set(reflect.ValueOf(ending{idle: true}))
		return
	}
	if at, ok := r.instant(d, n, path); ok {
		out.Set(reflect.ValueOf(ending{at: at}))
	}
}
