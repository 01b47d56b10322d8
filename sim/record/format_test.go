package record

import (
	"encoding/csv"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"towtank.dev/towtank/sim"
)

func TestAppendInstant(t *testing.T) {
	cases := []struct {
		at   sim.Time
		want string
	}{
		{0, "0.000000"},
		{1, "0.000000"},
		{1_999, "0.000001"},
		{sim.At(90*time.Second + 5*time.Millisecond), "90.005000"},
		{-1, "-0.000001"}, // rounded towards the past
		{sim.At(-1500 * time.Millisecond), "-1.500000"},
		{sim.Never, ""},
	}
	for _, c := range cases {
		if got := string(appendInstant(nil, c.at)); got != c.want {
			t.Errorf("%d ns: %q, want %q", int64(c.at), got, c.want)
		}
	}
}

func TestInstantsAreReadBack(t *testing.T) {
	same := func(n int64) bool {
		at := Quantise(sim.Time(n / 2))
		got, err := parseInstant(string(appendInstant(nil, at)))
		return err == nil && got == at
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func TestParseFixedRefuses(t *testing.T) {
	for _, s := range []string{"", ".", "-", ".5", "1.2345", "1e3", "1.-5", "+", "0x1", "1_0", "99999999999999999999", "1.5.5"} {
		if n, err := parseFixed(s, 3); err == nil {
			t.Errorf("%q was read as %d/1000", s, n)
		}
	}
}

func TestFieldsAreReadBackByAnyReader(t *testing.T) {
	same := func(a, b string) bool {
		// RFC 4180 readers take a carriage return before a line break for part of the line's end.
		a, b = strings.ReplaceAll(a, "\r", ""), strings.ReplaceAll(b, "\r", "")
		line := append(AppendField(append(AppendField(nil, a), ','), b), '\n')
		fields, err := csv.NewReader(strings.NewReader("x,y\n" + string(line))).ReadAll()
		return err == nil && fields[1][0] == a && fields[1][1] == b
	}
	for _, s := range []string{`say "hi"`, "a,b", "two\nlines", " edge ", `"`, ``, "plain"} {
		if !same(s, s+s) {
			t.Errorf("%q is not read back", s)
		}
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}
