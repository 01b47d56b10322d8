package reports

import (
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

func TestValue(t *testing.T) {
	cases := []struct {
		value       Value
		people, raw string
		json        string
	}{
		{Count(0), "0", "0", "0"},
		{Count(999), "999", "999", "999"},
		{Count(1240), "1,240", "1240", "1240"},
		{Count(-1234567), "-1,234,567", "-1234567", "-1234567"},
		{Number(1.0/3, UnitNone), "0.333", "0.3333333333333333", "0.3333333333333333"},
		{Number(28.456, UnitNone), "28.46", "28.456", "28.456"},
		{Number(123.456, UnitNone), "123.5", "123.456", "123.456"},
		{Number(0.00000667, UnitNone), "0.000007", "0.00000667", "0.00000667"},
		{Number(0.0123456, UnitNone), "0.0123", "0.0123456", "0.0123456"},
		{Number(12345.678, UnitNone), "12,346", "12345.678", "12345.678"},
		{Number(math.NaN(), UnitSpan), "-", "", "null"},
		{Number(math.Inf(1), UnitSpan), "-", "", "null"},
		{Number(1e21, UnitNone), "1,000,000,000,000,000,000,000", "1000000000000000000000", "1000000000000000000000"},
		{Seed(1<<64 - 1), "18446744073709551615", "18446744073709551615", "18446744073709551615"},
		{Number(0.6123, UnitShare), "61.2 %", "0.6123", "0.6123"},
		{Number(0.0004, UnitShare), "0.04 %", "0.0004", "0.0004"},
		{Number(0.996513, UnitShare), "99.65 %", "0.996513", "0.996513"},
		{Number(0.99999652, UnitShare), "99.99965 %", "0.99999652", "0.99999652"},
		{Number(0.995, UnitShare), "99.5 %", "0.995", "0.995"},
		{Number(1, UnitShare), "100.0 %", "1", "1"},
		{Number(12.5, UnitShare), "1,250.0 %", "12.5", "12.5"},
		{Number(1, UnitCores), "1 core", "1", "1"},
		{Number(240, UnitCores), "240 cores", "240", "240"},
		{Number(1<<30, UnitBytes), "1 GiB", "1073741824", "1073741824"},
		{Number(1000, UnitBytes), "1,000 B", "1000", "1000"},
		{Number(1.5*(1<<20), UnitBytes), "1.5 MiB", "1572864", "1572864"},
		{Number(1<<62, UnitBytes), "4 EiB", "4611686018427387904", "4611686018427387904"},
		{Difference(2, UnitSpan), "+2s", "2", "2"},
		{Difference(-0.001, UnitShare), "-0.1 pp", "-0.001", "-0.001"},
		{Difference(0, UnitNone), "0", "0", "0"},
		{Range(1, 4, UnitSpan), "± 1.5s", "1..4", "[1, 4]"},
		{Range(0.5, 0.51, UnitShare), "± 0.5 pp", "0.5..0.51", "[0.5, 0.51]"},
		{Range(math.NaN(), 4, UnitSpan), "-", "", "null"},
		{Instant(sim.Never), "-", "", "null"},
		{Text("a \"b\" <c>"), "a \"b\" <c>", "a \"b\" <c>", `"a \"b\" <c>"`},
		{Absent(), "-", "", "null"},
	}
	for _, c := range cases {
		if got := c.value.String(); got != c.people {
			t.Errorf("for people %q, want %q", got, c.people)
		}
		if got := c.value.Raw(); got != c.raw {
			t.Errorf("for programs %q, want %q", got, c.raw)
		}
		if got := string(c.value.AppendJSON(nil)); got != c.json {
			t.Errorf("as JSON %s, want %s", got, c.json)
		}
	}
}

func TestSpanIsReadable(t *testing.T) {
	cases := []struct {
		span time.Duration
		want string
	}{
		{0, "0s"},
		{time.Microsecond, "1µs"},
		{850 * time.Microsecond, "850µs"},
		{999_600 * time.Nanosecond, "1ms"}, // not 1000µs
		{12 * time.Millisecond, "12ms"},
		{1234 * time.Microsecond, "1.23ms"},
		{999_600 * time.Microsecond, "1s"}, // not 1000ms
		{4200 * time.Millisecond, "4.2s"},
		{41_700 * time.Millisecond, "41.7s"},
		{59_960 * time.Millisecond, "1m"}, // not 60s
		{31*time.Minute + 12*time.Second, "31m12s"},
		{59*time.Minute + 59*time.Second + 600*time.Millisecond, "1h"}, // not 59m60s
		{2 * time.Hour, "2h"},
		{2*time.Hour + 5*time.Minute, "2h5m"},
		{23*time.Hour + 59*time.Minute + 45*time.Second, "1d"},
		{7 * 24 * time.Hour, "7d"},
		{76 * time.Hour, "3d4h"},
		{-90 * time.Second, "-1m30s"},
	}
	for _, c := range cases {
		if got := Span(c.span).String(); got != c.want {
			t.Errorf("%v: %q, want %q", c.span, got, c.want)
		}
	}
}

func TestPercentilesAreNearestRank(t *testing.T) {
	var s Spans
	if !math.IsNaN(s.Percentile(50)) || !math.IsNaN(s.Mean()) {
		t.Error("no spans have a percentile or a mean")
	}
	for _, seconds := range []int{50, 15, 40, 20, 35} {
		s.Add(time.Duration(seconds) * time.Second)
	}
	// In order 15, 20, 35, 40, 50; the rank is ⌈p/100 · 5⌉.
	for p, want := range map[float64]float64{1: 15, 20: 15, 20.1: 20, 30: 20, 40: 20, 50: 35, 99: 50, 100: 50} {
		if got := s.Percentile(p); got != want {
			t.Errorf("p%v is %v, want %v", p, got, want)
		}
	}
	if s.Mean() != 32 { // 160/5
		t.Errorf("mean %v, want 32", s.Mean())
	}
	s.Add(time.Second)
	if got := s.Percentile(1); got != 1 {
		t.Errorf("p1 is %v after a shorter span was added, want 1", got)
	}
}
