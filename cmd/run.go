package cmd

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// runFlags are the flags of towtank run.
type runFlags struct {
	input
	config string
	dir    string
	watch  string
	form   output
	quiet  bool
	naive  bool
}

func (a *app) runCommand() *cobra.Command {
	flags := new(runFlags)
	c := &cobra.Command{
		Use:   "run FILE... | run --trace FORMAT --nodes FILE --pods FILE",
		Short: "Run a scenario, a snapshot of manifests, or a trace",
		Long: `Run simulates one scenario and prints its summary, and nothing else, on standard output. Manifest files
and folders beside the scenario are added to its cluster; manifests alone run until nothing is left to
happen. Progress, warnings and wall time go to standard error.

Exit codes: 0 the run ended; 2 bad input, nothing was written;
130 interrupted, what was written is complete up to that instant and says so.`,
		Example: `  towtank run scenario.yaml --dir out
  kubectl get nodes,pods -A -o yaml > cluster.yaml && towtank run cluster.yaml
  towtank run --trace openb --nodes nodes.csv --pods pods.csv.gz --replay order --seed 3`,
		RunE: func(c *cobra.Command, files []string) error {
			if err := flags.check(files); err != nil {
				return err
			}
			o := flags.overrides(c)
			o.SchedulerConfig = flags.config
			return a.run(flags, files, o)
		},
	}
	flags.flags(c)
	f := c.Flags()
	f.StringVar(&flags.config, "config", "", "a KubeSchedulerConfiguration, in place of the scenario's")
	f.StringVar(&flags.dir, "dir", "", "write the record of the run to this folder")
	f.StringVar(&flags.watch, "watch", "", "write what a client would have watched to this file, a JSON line per change")
	f.BoolVar(&flags.naive, "naive", false, "have the scheduler evaluate everything anew for every pod: the same decisions, slower")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "say nothing on standard error but errors")
	outputFlag(c, &flags.form)
	return c
}

// run loads, runs, writes and prints.
func (a *app) run(flags *runFlags, files []string, o scenarios.Options) error {
	progress := a.newProgress(flags.quiet)
	o.Plugins = a.plugins
	scenario, err := flags.load(files, o)
	if err != nil {
		return err
	}
	a.warn(scenario, flags.quiet)
	summary := new(reports.Summary)
	out, err := openOutputs(flags.dir, flags.watch, scenario)
	if err != nil {
		return err
	}
	defer out.abort()
	footer, err := world.Run(scenario.Config, world.RunOptions{
		Sinks: out.sinks(summary), Stop: a.interrupted, Progress: progress.at, Watch: out.watcher(), Naive: flags.naive,
	})
	progress.wipe()
	if err != nil {
		return err
	}
	if err := out.commit(progress.timing()); err != nil {
		return err
	}
	if err := a.show(flags.form, summary.Doc()); err != nil {
		return err
	}
	if !flags.quiet {
		a.tell(footer, progress)
	}
	if footer.Interrupted {
		a.code = ExitInterrupted
	}
	return nil
}

// warn prints what the reader remarked.
func (a *app) warn(s *scenarios.Scenario, quiet bool) {
	if quiet {
		return
	}
	for _, warning := range s.Warnings {
		fmt.Fprintln(a.stderr, "warning: "+warning)
	}
}

// tell says on standard error how the run went.
func (a *app) tell(footer *record.Footer, p *progress) {
	if footer.Interrupted {
		fmt.Fprintln(a.stderr, "interrupted: the outputs are complete up to that instant")
	}
	fmt.Fprintln(a.stderr, pace(footer.End, p.wall()))
}

// timing is what timing.json holds.
func (p *progress) timing() record.Timing {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return record.Timing{Wall: p.wall(), Memory: int64(memory.Sys), Cores: runtime.GOMAXPROCS(0)}
}
