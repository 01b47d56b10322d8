// Package verify leads the real scheduler beside this project's through a whole scenario, in simulated
// time, and stops at the first cycle in which the two part.
package verify

import (
	"errors"
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/oracle"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// Options say how much is verified.
type Options struct {
	// MaxCycles ends the verification after that many cycles; 0: the scenario's end does.
	MaxCycles int
	// Progress is told now and then how far it has come. Nil: nobody.
	Progress func(now sim.Time, cycles int)
}

// Report is what came of it.
type Report struct {
	// Cycles agreed; of these Scheduled, Unschedulable and Failed by their results.
	Cycles, Scheduled, Unschedulable, Failed int
	// Nodes counts the verdicts on nodes that agreed, Scores the scores of plugins, Preemptions the cycles in
	// which victims were chosen, Ties those in which several nodes were equally good.
	Nodes, Scores, Preemptions, Ties int
	// TieBreak is the tie rule of the scenario.
	TieBreak string
	// Found is the first difference, nil when there is none.
	Found *Found
	// End is how far the run came, Complete that this was its end.
	End      sim.Time
	Complete bool
	// Kept counts the cycles in which the runtime that keeps answers decided as it did when everything was
	// evaluated anew; Fingerprint is that of its run.
	Kept        int
	Fingerprint string
}

// Found is a difference between two sides.
type Found struct {
	// Cycle counts from 1; At is when it began.
	Cycle   int
	At      sim.Time
	Pod     string
	Attempt int
	// Sides name the two: the one that is held true first.
	Sides       [2]string
	Differences []compare.Difference
	// Want and Got are the two answers; nil where there are none in full.
	Want, Got *answer.Pod
}

// The sides that are compared.
const (
	Real = "kube-scheduler"
	Anew = "towtank"
	Kept = "towtank, answers kept"
)

// ErrRefused is a configuration that the real scheduler refuses, while this project's takes it.
var ErrRefused = errors.New("kube-scheduler refuses the configuration")

// Scenario runs a scenario twice: once with the real scheduler beside it, every cycle compared whole, and
// once as it always runs, with kept answers, every outcome compared with the first.
func Scenario(s *scenarios.Scenario, o Options) (*Report, error) {
	text, err := configuration(s)
	if err != nil {
		return nil, err
	}
	live, err := oracle.NewLive(text, s.Config.Seed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	defer live.Close()
	w := &witness{live: live, config: s.Config, options: o, report: &Report{TieBreak: s.Config.Scheduler.TieBreak}}
	footer, err := w.run()
	if err != nil {
		return nil, err
	}
	w.report.End, w.report.Complete = footer.End, !w.done
	if w.report.Found != nil {
		return w.report, nil
	}
	k := &keeper{outcomes: w.outcomes, report: w.report}
	if footer, err = k.run(s.Config, o); err != nil {
		return nil, err
	}
	w.report.Fingerprint = footer.Fingerprint
	return w.report, nil
}

// run runs the scenario with the witness.
func (w *witness) run() (*record.Footer, error) {
	footer, err := world.Run(w.config, world.RunOptions{
		Witness: w, Stop: func() bool { return w.done },
		Explain: func(*scheduler.Cycle) {}, ExplainOnly: func(*model.Pod) bool { return !w.done },
	})
	if w.err != nil {
		return nil, w.err
	}
	return footer, err
}
