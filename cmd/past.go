package cmd

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// pastFlags say which run is looked at.
type pastFlags struct {
	inputs string
	quiet  bool
}

func (f *pastFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.inputs, "inputs", "", "the folder of the scenario, for a run whose inputs were too large to keep")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "say nothing on standard error but errors")
}

// past is a run that is made again, to be looked at where it was not recorded.
type past struct {
	app      *app
	flags    *pastFlags
	source   string
	scenario *scenarios.Scenario
	// end is when the run ended.
	end sim.Time
}

// openPast finds a run by its folder, or makes one of a scenario.
func (a *app) openPast(flags *pastFlags, source string) (*past, error) {
	p := &past{app: a, flags: flags, source: source}
	if record.IsRun(source) {
		s, run, err := scenarios.Again(source, flags.inputs, scenarios.Options{Plugins: a.plugins})
		if err != nil {
			return nil, err
		}
		p.scenario, p.end = s, run.Footer.End
		return p, nil
	}
	if !scenarios.IsScenario(source) {
		return nil, usageError{fmt.Errorf("%s is neither the folder of a run nor a scenario: towtank run SCENARIO --dir DIR leaves such a folder", source)}
	}
	if flags.inputs != "" {
		return nil, usageError{errors.New("--inputs is for the folder of a run")}
	}
	s, err := scenarios.Load([]string{source}, scenarios.Options{Version: Version, Plugins: a.plugins})
	if err != nil {
		return nil, err
	}
	a.warn(s, flags.quiet)
	p.scenario, p.end = s, sim.At(s.Config.Duration)
	if s.Config.UntilIdle {
		progress := a.newProgress(flags.quiet)
		footer, err := world.Run(s.Config, world.RunOptions{Stop: a.interrupted, Progress: progress.at})
		progress.wipe()
		if err != nil {
			return nil, err
		}
		p.end = footer.End
	}
	return p, nil
}

// instant reads an instant of the run: a duration from its start, or a time of its wall clock; "" is its end.
func (p *past) instant(flag, text string) (sim.Time, error) {
	if text == "" {
		return p.end, nil
	}
	var at sim.Time
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		at = sim.At(t.Sub(p.scenario.Config.Start))
	} else {
		span, err := scenarios.ParseDuration(text)
		if err != nil {
			return 0, usageError{fmt.Errorf("--%s: %w", flag, err)}
		}
		at = sim.At(span)
	}
	switch {
	case at < 0:
		return 0, usageError{fmt.Errorf("--%s: %s lies before the start of the run", flag, text)}
	case at > p.end:
		return 0, usageError{fmt.Errorf("--%s: %s lies after the end of the run, which was at %v", flag, text, reports.Instant(p.end))}
	}
	return at, nil
}

// goTo makes the run again up to and including an instant. watch sees the cluster before anything happens.
// Whoever gets the session closes it.
func (p *past) goTo(at sim.Time, watch func(*world.Session)) (*world.Session, error) {
	progress := p.app.newProgress(p.flags.quiet)
	session, err := world.Open(p.scenario.Config, world.RunOptions{Stop: p.app.interrupted, Progress: progress.at})
	if err != nil {
		return nil, err
	}
	if watch != nil {
		watch(session)
	}
	session.RunUntil(at)
	progress.wipe()
	if p.app.interrupted() {
		_, _ = session.Close()
		return nil, errors.New("interrupted before the run had come so far")
	}
	return session, nil
}
