package cmd

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// compareFlags are the flags of towtank compare.
type compareFlags struct {
	input
	policies []string
	seeds    int
	dir      string
	jobs     int
	form     output
	quiet    bool
}

// maxSeeds bounds --seeds: beyond it a mistyped number is likelier than a wish.
const maxSeeds = 100_000

func (a *app) compareCommand() *cobra.Command {
	flags := new(compareFlags)
	c := &cobra.Command{
		Use:   "compare FILE... --policy NAME[=CONFIG]... | compare --trace FORMAT --nodes FILE --pods FILE --policy ...",
		Short: "Compare scheduling policies on the same arrivals and draws",
		Long: `Compare runs a scenario under several scheduling policies, each on the same seeds, so that every policy
sees the same pods arrive and run for the same times. It prints for each metric the mean with its 95 %
interval, and the paired difference to the first policy with its interval.

A policy is a built-in one by its name (` + strings.Join(policyNames(), ", ") + `)
or NAME=FILE with a KubeSchedulerConfiguration.`,
		Example: `  towtank compare scenario.yaml --policy default --policy most-allocated --seeds 10
  towtank compare scenario.yaml --policy default --policy mine=scheduler.yaml --seeds 20 --dir out`,
		RunE: func(c *cobra.Command, files []string) error {
			if err := flags.check(files); err != nil {
				return err
			}
			return a.compare(flags, files, flags.overrides(c))
		},
	}
	flags.flags(c)
	f := c.Flags()
	f.StringArrayVar(&flags.policies, "policy", nil, "a policy: a built-in name, or NAME=FILE; repeat it, the first is compared with")
	f.IntVar(&flags.seeds, "seeds", 10, "runs per policy: the scenario's seed and those that follow it")
	f.StringVar(&flags.dir, "dir", "", "write runs.csv, metrics.csv and pairs.csv to this folder")
	f.IntVar(&flags.jobs, "jobs", 0, "runs at a time (default: one per core); the result does not depend on it")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "say nothing on standard error but errors")
	outputFlag(c, &flags.form)
	complete(c, "policy", policyNames())
	return c
}

func policyNames() []string {
	var names []string
	for _, p := range scenarios.Policies() {
		names = append(names, p.Name)
	}
	return names
}

// check adds to the checks of the input those of the flags here.
func (f *compareFlags) check(files []string) error {
	switch {
	case len(f.policies) == 0:
		return usageError{errors.New("no policy to compare, want --policy NAME or --policy NAME=FILE, twice or more")}
	case f.seeds < 1 || f.seeds > maxSeeds:
		return usageError{fmt.Errorf("--seeds %d is not a number of runs, want 1 to %d", f.seeds, maxSeeds)}
	case f.jobs < 0:
		return usageError{fmt.Errorf("--jobs %d is not a number of runs at a time, want 1 or more, or 0 for one per core", f.jobs)}
	}
	return f.input.check(files)
}

// compare runs every policy on every seed and lays the metrics side by side.
func (a *app) compare(flags *compareFlags, files []string, o scenarios.Options) error {
	progress := a.newProgress(flags.quiet)
	policies, err := scenarios.LoadPoliciesWith(a.plugins, flags.policies)
	if err != nil {
		return err
	}
	o.Plugins = a.plugins
	scenario, err := flags.load(files, o)
	if err != nil {
		return err
	}
	a.warn(scenario, flags.quiet)
	folder, err := openFolder(flags.dir)
	if err != nil {
		return err
	}
	if folder != nil {
		defer folder.Abort()
	}
	runs, err := a.sweep(scenario, policies, flags, progress)
	progress.wipe()
	if err != nil {
		return err
	}
	config := scenario.Config
	comparison := reports.Compare(reports.Origin{Name: config.Name, Version: config.Version, ScenarioHash: config.ScenarioHash}, runs)
	if folder != nil {
		if err := comparison.Write(folder); err != nil {
			return err
		}
	}
	if err := a.show(flags.form, comparison.Doc()); err != nil {
		return err
	}
	if !flags.quiet {
		fmt.Fprintf(a.stderr, "%d runs in %v of wall time\n", len(runs), reports.Span(progress.wall()))
	}
	if a.interrupted() {
		a.code = ExitInterrupted
	}
	return nil
}

// openFolder prepares the folder of a comparison; nil when none is wanted.
func openFolder(dir string) (*record.Folder, error) {
	if dir == "" {
		return nil, nil
	}
	return record.OpenFolder(dir, reports.CompareLayout)
}

// sweep runs the grid of policies and seeds, as many at a time as there are jobs.
func (a *app) sweep(s *scenarios.Scenario, policies []scenarios.Policy, flags *compareFlags, p *progress) ([]reports.Run, error) {
	jobs := flags.jobs
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	return world.Sweep(len(policies)*flags.seeds, jobs, func(i int) (reports.Run, error) {
		policy := policies[i/flags.seeds]
		config := policy.Apply(s.Config, s.Config.Seed+uint64(i%flags.seeds))
		summary := new(reports.Summary)
		_, err := world.Run(config, world.RunOptions{Sinks: []record.Sink{record.Multi(summary)}, Stop: a.interrupted})
		if err != nil {
			return reports.Run{}, fmt.Errorf("policy %s, seed %d: %w", policy.Name, config.Seed, err)
		}
		p.finished(len(policies) * flags.seeds)
		return reports.NewRun(policy.Name, summary), nil
	})
}
