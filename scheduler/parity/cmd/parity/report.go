package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/scheduler/parity/coverage"
	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/harness"
	"towtank.dev/towtank/scheduler/parity/oracle"
)

// reporter tells what comes of the cases.
type reporter struct {
	harness  *harness.Harness
	most     int
	small    string
	coverage bool

	counters                               *coverage.Counters
	started                                time.Time
	cases, cycles, differ, refused, chance int
	// unexplained counts upstream's reasons that were not reached, with nothing to say why.
	unexplained int
}

// seeds goes through the random cases of a range such as 1:2000.
func (r *reporter) seeds(span string) error {
	from, to, ok := strings.Cut(span, ":")
	if !ok {
		to = from
	}
	first, err := strconv.ParseUint(from, 10, 64)
	if err != nil {
		return fmt.Errorf("--seeds %s: want FIRST:LAST, such as 1:2000", span)
	}
	last, err := strconv.ParseUint(to, 10, 64)
	if err != nil || last < first {
		return fmt.Errorf("--seeds %s: want FIRST:LAST, such as 1:2000", span)
	}
	r.begin()
	r.harness.Run(first, last, func(o harness.Outcome) bool {
		err = r.outcome(fmt.Sprintf("seed-%d", o.Seed), o)
		return err == nil && (r.most == 0 || r.differ < r.most)
	})
	return err
}

// folders goes through cases that stand in folders.
func (r *reporter) folders(dirs []string) error {
	r.begin()
	for _, dir := range dirs {
		c, err := generate.Read(dir)
		if err != nil {
			return err
		}
		if err := r.outcome(filepath.Base(dir), r.harness.Compare(c)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reporter) begin() { r.counters, r.started = coverage.New(), time.Now() }

// outcome counts what came of a case, tells its first difference and makes it small if asked.
func (r *reporter) outcome(name string, o harness.Outcome) error {
	r.cases++
	r.cycles += o.Cycles
	if o.Refused != nil {
		r.refused++
	}
	if o.Chance {
		r.chance++
	}
	if o.Want != nil {
		r.counters.Add(o.Want)
	}
	if o.Found == nil {
		return nil
	}
	r.differ++
	fmt.Printf("%s: %s\n", name, o.Found)
	if r.small == "" {
		return nil
	}
	small := r.harness.Shrink(o)
	dir := filepath.Join(r.small, name)
	fmt.Printf("  made small in %s: %d objects\n", dir, len(small.Objects))
	return small.Write(dir)
}

// summary prints the coverage, when asked, and the counts.
func (r *reporter) summary() error {
	if r.coverage {
		source, err := coverage.Source(oracle.Version)
		if err != nil {
			return err
		}
		reasons, err := coverage.Reasons(source)
		if err != nil {
			return err
		}
		if r.unexplained, err = r.counters.Write(os.Stdout, reasons); err != nil {
			return err
		}
	}
	took := time.Since(r.started)
	fmt.Printf("%d cases, %d cycles compared in %.0f s, %d differences, %d cases refused by upstream, %d left to chance by it\n",
		r.cases, r.cycles, took.Seconds(), r.differ, r.refused, r.chance)
	return nil
}

// enough is how many random cases must reach every reason there is.
const enough = 2000

// uncovered says whether a reason was not reached that should have been.
func (r *reporter) uncovered() bool {
	if r.unexplained > 0 && r.cases < enough {
		fmt.Printf("%d reasons not reached and not explained; held against it from %d cases on\n", r.unexplained, enough)
		return false
	}
	return r.unexplained > 0
}
