package cmd

import "testing"

func TestGarbageIsLimitedWhereTheHeapIsLarge(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		what  string
		inUse uint64
		want  int
	}{
		{"nothing in use", 0, 100},
		{"a small heap is left to Go", 100 * mib, 100},
		// 512 + 584/8 = 585 MiB of garbage, just above what is in use.
		{"up to 585 MiB", 584 * mib, 100},
		// (512 + 1024/8) / 1024 = 62.5 %.
		{"1 GiB in use", 1024 * mib, 62},
		// (512 + 2560/8) / 2560 = 32.5 %: 3.3 GiB in all.
		{"a million pods", 2560 * mib, 32},
		// The eighth is always there: a collection is never more than eight times dearer than it must be.
		{"64 GiB in use", 65536 * mib, 13},
	} {
		if got := garbagePercent(c.inUse); got != c.want {
			t.Errorf("%s: %d %%, want %d", c.what, got, c.want)
		}
	}
}
