package scenarios

import (
	"strings"
	"testing"
	"time"
)

func TestDurationsAreReadWithDays(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"800ms":        800 * time.Millisecond,
		"90s":          90 * time.Second,
		"2h30m":        150 * time.Minute,
		"7d":           168 * time.Hour,
		"1d12h":        36 * time.Hour,
		"1.5d":         36 * time.Hour,
		"-1d12h":       -36 * time.Hour,
		"0":            0,
		"0s":           0,
		"106751d":      106751 * 24 * time.Hour, // the most whole days in 2^63 ns
		"1d0.5s":       24*time.Hour + 500*time.Millisecond,
		"2540400h10ns": 2540400*time.Hour + 10,
	} {
		got, err := ParseDuration(text)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestWhatIsNoDurationIsToldWithWhatWouldBeRight(t *testing.T) {
	for text, want := range map[string]string{
		"5":       "5 has no unit, want a duration; did you mean 5s?",
		"1.5":     "1.5 has no unit, want a duration; did you mean 1.5s?",
		"5 min":   `"5 min" is not a duration; did you mean 5m?`,
		"10 s":    `"10 s" is not a duration; did you mean 10s?`,
		"2w":      `"2w" is not a duration; did you mean 14d?`,
		"3 hours": `"3 hours" is not a duration; did you mean 3h?`,
		"":        `"" is not a duration, want e.g. 800ms`,
		"1:30":    `"1:30" is not a duration, want e.g. 800ms`,
		"1d-2h":   `"1d-2h" is not a duration`,
		"106752d": "more than the 292 years",
		"9e9d":    "is not a duration",
		"1h d":    "is not a duration",
	} {
		_, err := ParseDuration(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
