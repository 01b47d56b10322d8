// Command parity-bench measures the real scheduler's cycle and towtank's on the same clusters and
// pods, one line for each workload, and asserts that the decisions are equal. It exits with 1 when one
// is not.
//
//	parity-bench
//	parity-bench --only spread --time 10s
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"towtank.dev/towtank/scheduler/parity/bench"
)

func main() {
	only := flag.String("only", "", "a pattern of the workloads to measure")
	slice := flag.Duration("time", 4*time.Second, "how long the real scheduler is measured, for each row and parallelism")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "parity-bench:", err)
		os.Exit(2)
	}
	failed := false
	fmt.Printf("%-48s %6s %9s %12s %15s %8s %12s  %s\n", "workload", "nodes", "scored", "real pods/s", "towtank pods/s", "ratio", "allocs/cycle", "notes")
	for _, w := range bench.Workloads() {
		if !pattern.MatchString(w.Name) {
			continue
		}
		r, err := bench.Measure(w, *slice)
		if err != nil {
			failed = true
			fmt.Printf("%-48s %6d %9s FAILED: %v\n", w.Name, w.Nodes, scored(w), err)
			continue
		}
		print(r)
	}
	if failed {
		os.Exit(1)
	}
}

func print(r *bench.Result) {
	note := fmt.Sprintf("%d decisions equal; real: parallelism %d", r.Equal, r.Parallelism)
	if r.Taken < r.Stream {
		note += fmt.Sprintf(", first %d of %d pods", r.Taken, r.Stream)
	}
	if r.Note != "" {
		note += "; " + r.Note
	}
	fmt.Printf("%-48s %6d %9s %12.1f %15.0f %8s %12.2f  %s\n", r.Name, r.Nodes, scored(r.Workload),
		r.Real, r.Towtank, fmt.Sprintf("%.0fx", r.Towtank/r.Real), r.Allocations, note)
}

func scored(w *bench.Workload) string {
	if w.Percentage == 0 {
		return "adaptive"
	}
	return fmt.Sprintf("%d%%", w.Percentage)
}
