package cmd

import "testing"

func TestGarbageIsLimitedWhereTheHeapIsLarge(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		what  string
		inUse uint64
		want  int
	}{
		{"nothing in use", 0, 800},
		{"eight times a small heap", 20 * mib, 800},
		{"320 MiB beside one of 64", 64 * mib, 500},
		{"320 MiB are left to Go", 320 * mib, 100},
		// 384 + 438/8 = 438.75 MiB of garbage, just above what is in use.
		{"up to 438 MiB", 438 * mib, 100},
		// (384 + 1024/8) / 1024 = 50 %.
		{"1 GiB in use", 1024 * mib, 50},
		// (384 + 2560/8) / 2560 = 27.5 %: 3.2 GiB in all.
		{"a million pods", 2560 * mib, 27},
		// The eighth is always there: a collection is never more than eight times dearer than it must be.
		{"64 GiB in use", 65536 * mib, 13},
	} {
		if got := garbagePercent(c.inUse); got != c.want {
			t.Errorf("%s: %d %%, want %d", c.what, got, c.want)
		}
	}
}
