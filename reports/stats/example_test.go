package stats_test

import (
	"fmt"

	"towtank.dev/towtank/reports/stats"
)

// Two policies on the same four seeds: the seeds differ much, the policies little but surely.
func ExamplePaired() {
	waits := []float64{10, 52, 31, 87}
	other := []float64{12, 55, 33, 90}
	d := stats.Paired(waits, other)
	fmt.Printf("%.1f in [%.2f, %.2f], differs: %v\n", d.Mean, d.Low(), d.High(), d.Differs())
	// Output: 2.5 in [1.58, 3.42], differs: true
}
