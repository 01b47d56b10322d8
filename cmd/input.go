package cmd

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scenarios/traces"
)

// input is what a command runs: scenario and manifest files, or a trace, with what the command line sets
// over them. Its flags are common to run and compare.
type input struct {
	seed               uint64
	until              string
	tieBreak           string
	unmodelled, sample string
	trace              string
	traces             traces.Options
}

// tieBreaks are the values of --tie-break.
var tieBreaks = []string{"upstream", "random", "name"}

func (in *input) flags(c *cobra.Command) {
	f := c.Flags()
	f.Uint64Var(&in.seed, "seed", 0, "seed of all chance, in place of the scenario's")
	f.StringVar(&in.until, "until", "", "when to stop, in place of the scenario's: a duration such as 2h, or idle")
	f.StringVar(&in.tieBreak, "tie-break", "", "which of equally good nodes: "+strings.Join(tieBreaks, ", "))
	f.StringVar(&in.unmodelled, "unmodelled", "", "what becomes of kinds and fields that have no effect here: refuse, ignore (and count)")
	f.StringVar(&in.sample, "sample", "", "how often series.csv gets a row: a duration such as 1m, or change")
	f.StringVar(&in.trace, "trace", "", "run a recorded trace of this format: "+strings.Join(traceNames(), ", "))
	f.StringVar(&in.traces.Nodes, "nodes", "", "the trace's list of nodes")
	f.StringVar(&in.traces.Pods, "pods", "", "the trace's list of pods")
	f.StringVar(&in.traces.Replay, "replay", "", "how the trace's pods come: order, shuffled, time")
	f.StringVar(&in.traces.GPU, "gpu", "", "how the trace's GPUs count: milli, whole")
	complete(c, "tie-break", tieBreaks)
	complete(c, "unmodelled", []string{"refuse", "ignore"})
	complete(c, "trace", traceNames())
	complete(c, "replay", []string{"order", "shuffled", "time"})
	complete(c, "gpu", []string{"milli", "whole"})
}

func traceNames() []string {
	var names []string
	for _, f := range traces.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// check says whether files and flags fit together.
func (in *input) check(files []string) error {
	switch {
	case in.trace == "" && in.traces != (traces.Options{}):
		return usageError{errors.New("--nodes, --pods, --replay and --gpu belong to a trace, want --trace FORMAT as well")}
	case in.trace == "" && len(files) == 0:
		return usageError{errors.New("nothing to run, want a scenario file, manifests, or --trace FORMAT --nodes FILE --pods FILE")}
	case in.trace != "" && len(files) > 0:
		return usageError{errors.New("--trace runs without files; to run a trace beside manifests, name it in a scenario (cluster.trace)")}
	}
	return nil
}

// overrides are the flags that were given.
func (in *input) overrides(c *cobra.Command) scenarios.Options {
	o := scenarios.Options{Version: Version, Until: in.until, TieBreak: in.tieBreak, Unmodelled: in.unmodelled, Sample: in.sample}
	if c.Flags().Changed("seed") {
		o.Seed = &in.seed
	}
	return o
}

// load reads what is to be run. Errors name every problem.
func (in *input) load(files []string, o scenarios.Options) (*scenarios.Scenario, error) {
	if in.trace != "" {
		return scenarios.FromTrace(in.trace, in.traces, o)
	}
	return scenarios.Load(files, o)
}
