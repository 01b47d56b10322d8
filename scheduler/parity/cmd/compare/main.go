// Command compare holds another scheduler against the real one, on case folders or on random
// cases, and prints the first difference of each.
//
//	compare --subject "towtank place" DIR...
//	compare --subject "towtank place" --features basic --seed 1 --count 500 --shrink /tmp/small
//
// The subject is a command that prints an answer; {} in it stands for the folder, which
// otherwise is its last word. With --shrink each random case that differs is made small and
// written into a folder of that name. It exits with 1 when anything differs.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/coverage"
	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/oracle"
)

func main() {
	r := &run{counters: coverage.New()}
	subject := flag.String("subject", "", "the command that answers, such as \"towtank place\"")
	ignore := flag.String("ignore", "DynamicResources,NodeDeclaredFeatures", "plugins left out, comma-separated")
	flag.BoolVar(&r.options.IgnoreRealChoice, "ignore-real-choice", false, "leave realChoice out")
	features := flag.String("features", "all", "features of the random cases")
	flag.Uint64Var(&r.seed, "seed", 1, "the seed of the first random case")
	flag.IntVar(&r.count, "count", 100, "how many random cases, when no folder is given")
	flag.IntVar(&r.most, "max", 5, "how many differing cases to show before stopping, 0 for all")
	flag.StringVar(&r.small, "shrink", "", "where to write differing cases made small")
	cover := flag.Bool("coverage", false, "print what the real answers reached")
	flag.Parse()
	if *subject == "" {
		flag.Usage()
		os.Exit(2)
	}
	r.subject = compare.Command(strings.Fields(*subject))
	if *ignore != "" {
		r.options.IgnorePlugins = strings.Split(*ignore, ",")
	}
	names, err := generate.Parse(*features)
	if err == nil {
		r.features = names
		err = r.all(flag.Args())
	}
	if err == nil && *cover {
		err = r.coverage()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Printf("%d cases, %d differ, %d refused by upstream\n", r.done, r.differ, r.refused)
	if r.differ > 0 {
		os.Exit(1)
	}
}

// coverage prints the counters beside upstream's reasons.
func (r *run) coverage() error {
	source, err := coverage.Source(oracle.Version)
	if err != nil {
		return err
	}
	reasons, err := coverage.Reasons(source)
	if err != nil {
		return err
	}
	return r.counters.Write(os.Stdout, reasons)
}
