// Command towtank-verify runs a scenario with the real kube-scheduler led beside towtank's, cycle by cycle
// in simulated time, and stops at the first cycle in which the two part, with both sides shown.
//
//	towtank-verify scenario.yaml
//	towtank-verify cluster.yaml workload.yaml --config scheduler.yaml --seed 3
//	towtank-verify scenario.yaml --until 2h --max-cycles 10000
//
// Exit codes: 0 all cycles agree; 1 one differs; 2 bad input.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scheduler/parity/oracle"
	"towtank.dev/towtank/scheduler/parity/verify"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/sim"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, nil)) }

// The exit codes.
const (
	agree  = 0
	differ = 1
	bad    = 2
)

// run does all of main's work. registry has towtank's plugins, nil for its own.
func run(words []string, out, errs io.Writer, registry *plugins.Registry) int {
	o := scenarios.Options{Plugins: registry}
	v := verify.Options{}
	files, quiet, err := parse(words, errs, &o, &v)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return agree
	case err != nil:
		fmt.Fprintln(errs, "towtank-verify:", err)
		return bad
	}
	s, err := scenarios.Load(files, o)
	if err != nil {
		fmt.Fprintln(errs, err)
		return bad
	}
	if !quiet {
		for _, warning := range s.Warnings {
			fmt.Fprintln(errs, "warning: "+warning)
		}
		v.Progress = func(now sim.Time, cycles int) { fmt.Fprintf(errs, "\rt=%s, %d cycles agree ", now, cycles) }
	}
	began := time.Now()
	report, err := verify.Scenario(s, v)
	if !quiet {
		fmt.Fprint(errs, "\r\033[K")
	}
	switch {
	case errors.Is(err, verify.ErrRefused):
		fmt.Fprintln(out, err)
		return differ
	case err != nil:
		fmt.Fprintln(errs, "towtank-verify:", err)
		return bad
	}
	fmt.Fprintf(out, "%s  seed %d  t=%s  kube-scheduler %s\n", s.Config.Name, s.Config.Seed, report.End, oracle.Version)
	report.Write(out)
	fmt.Fprintf(out, "%s of wall time\n", time.Since(began).Round(time.Millisecond))
	if report.Found != nil {
		return differ
	}
	return agree
}

// parse reads the command line; files may stand between flags.
func parse(words []string, errs io.Writer, o *scenarios.Options, v *verify.Options) (files []string, quiet bool, err error) {
	f := flag.NewFlagSet("towtank-verify", flag.ContinueOnError)
	f.SetOutput(errs)
	f.Usage = func() {
		fmt.Fprintln(errs, "towtank-verify FILE... [--seed N] [--config FILE] [--until T] [--max-cycles N]")
		f.PrintDefaults()
	}
	f.Func("seed", "the seed, in place of the scenario's", func(text string) error {
		n, err := strconv.ParseUint(text, 10, 64)
		o.Seed = &n
		return err
	})
	f.StringVar(&o.SchedulerConfig, "config", "", "a KubeSchedulerConfiguration, in place of the scenario's")
	f.StringVar(&o.Until, "until", "", "how long to run: a duration such as 2h, or idle; in place of the scenario's")
	f.StringVar(&o.TieBreak, "tie-break", "", "upstream, random or name, in place of the scenario's")
	f.IntVar(&v.MaxCycles, "max-cycles", 0, "stop after so many cycles, 0 for all")
	f.BoolVar(&quiet, "quiet", false, "say nothing on standard error but errors")
	for {
		if err := f.Parse(words); err != nil {
			return nil, false, err
		}
		if f.NArg() == 0 {
			break
		}
		files = append(files, f.Arg(0))
		words = f.Args()[1:]
	}
	switch {
	case len(files) == 0:
		return nil, false, errors.New("nothing to verify, want a scenario file or manifests")
	case v.MaxCycles < 0:
		return nil, false, fmt.Errorf("--max-cycles %d: want a number of cycles, 0 for all", v.MaxCycles)
	}
	return files, quiet, nil
}
