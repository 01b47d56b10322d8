// Command parity holds towtank's scheduler against the real one on random cases: it prints the
// first difference of each case that has one, how many cycles were compared and what they reached.
//
//	parity --seeds 1:2000
//	parity --seeds 7:7 --features spread --shrink /tmp/small
//	parity --subject "other-scheduler {}" --seeds 1:100
//	parity FOLDER...
//
// A subject other than towtank in process is a command that prints an answer; {} in it stands for
// the folder of the case, which otherwise is its last word. Each case that differs is made small
// and written into a folder named after its seed. It exits with 1 when anything differs, and with
// --coverage also when a reason of upstream's was not reached that is not explained in package coverage;
// random cases are held to that from 2,000 on, as fewer need not reach everything.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"

	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/harness"
	"towtank.dev/towtank/scheduler/parity/subject"
)

func main() {
	differ, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(2)
	}
	if differ {
		os.Exit(1)
	}
}

func run() (differ bool, err error) {
	seeds := flag.String("seeds", "1:150", "the first and last seed")
	features := flag.String("features", "mixed", "features of the random cases; mixed goes round groups of them")
	command := flag.String("subject", "", "the command that answers; towtank in this process by default")
	ignore := flag.String("ignore", "", "plugins left out of the comparison, comma-separated")
	workers := flag.Int("workers", runtime.NumCPU(), "cases under way at once")
	r := &reporter{}
	flag.IntVar(&r.most, "max", 5, "how many differing cases to show before stopping, 0 for all")
	flag.StringVar(&r.small, "shrink", "", "where to write differing cases made small")
	flag.BoolVar(&r.coverage, "coverage", false, "print what the real scheduler's answers reached")
	flag.Parse()
	h := &harness.Harness{Subject: subject.Towtank{}, Fast: subject.Towtank{Fast: true}, Workers: max(1, *workers)}
	if *command != "" {
		h.Fast = nil
		h.Subject = compare.Command(strings.Fields(*command))
	}
	if *ignore != "" {
		h.Options.IgnorePlugins = strings.Split(*ignore, ",")
	}
	if h.Features, err = generate.Choose(*features); err != nil {
		return false, err
	}
	r.harness = h
	if flag.NArg() > 0 {
		err = r.folders(flag.Args())
	} else {
		err = r.seeds(*seeds)
	}
	if err != nil {
		return false, err
	}
	if err := r.summary(); err != nil {
		return false, err
	}
	return r.differ > 0 || r.uncovered(), nil
}
