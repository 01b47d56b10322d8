package cmd

import (
	"errors"
	"fmt"
	"time"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// fromRun makes a finished run again, up to the pod's last attempt.
func (a *app) fromRun(x *explainer, flags *explainFlags, dir string) error {
	rows, err := x.recorded(dir)
	if err != nil {
		return err
	}
	s, run, err := scenarios.Again(dir, flags.inputs, scenarios.Options{Plugins: a.plugins})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		// Nothing was tried: the queue alone can say why.
		return a.follow(x, flags, s, run.Footer.End, nil)
	}
	reached := func() bool {
		n := len(x.cycles)
		return n > 0 && atOnce(x.cycles[n-1].Started, rows[len(rows)-1].At)
	}
	if err := a.follow(x, flags, s, rows[len(rows)-1].At, reached); err != nil {
		return err
	}
	if !reached() {
		return a.differs(x, run)
	}
	// The history in hand is that of the last pod of the name.
	rows = rows[max(0, len(rows)-len(x.cycles)):]
	for i := range rows {
		cy := x.cycles[i]
		if !atOnce(cy.Started, rows[i].At) || int32(cy.Feasible) != rows[i].Feasible || int32(cy.Evaluated) != rows[i].Evaluated {
			return a.differs(x, run)
		}
		x.results, x.messages = append(x.results, rows[i].Result), append(x.messages, rows[i].Message)
	}
	return nil
}

// atOnce says whether two instants are the same in a record, which has microseconds.
func atOnce(a, b sim.Time) bool { return a.Sub(b).Abs() < time.Microsecond }

func (a *app) differs(x *explainer, run *record.Run) error {
	return fmt.Errorf("%s: made again, the run goes another way: towtank %s wrote it and this is %s", x.source, run.Header.Version, Version)
}

// recorded finds the pod in the folder's files, with its attempts.
func (x *explainer) recorded(dir string) ([]record.AttemptRow, error) {
	var keys []string
	var rows []record.AttemptRow
	err := record.ReadAttempts(dir, func(r *record.PodRow) {
		if !x.named(r.Namespace, r.Name) {
			x.near(r.Namespace, r.Name)
			return
		}
		keys = append(keys, r.Namespace+"/"+r.Name)
		x.result, x.message = "never tried", r.Message
		if r.Node != "" {
			x.result, x.message = "on "+r.Node, "No attempt was made at the pod: it was on its node from the start."
		}
	}, func(r *record.AttemptRow) {
		if x.named(r.Namespace, r.Pod) {
			rows = append(rows, *r)
		}
	})
	if err != nil {
		return nil, err
	}
	return rows, x.choose(keys)
}

// fromScenario runs a scenario to its end.
func (a *app) fromScenario(x *explainer, flags *explainFlags, file string) error {
	s, err := scenarios.Load([]string{file}, scenarios.Options{Version: Version, Plugins: a.plugins})
	if err != nil {
		return err
	}
	a.warn(s, flags.quiet)
	end := sim.At(s.Config.Duration)
	if s.Config.UntilIdle {
		end = sim.Never
	}
	if err := a.follow(x, flags, s, end, nil); err != nil {
		return err
	}
	if len(x.cycles) == 0 && len(x.moves) > 0 {
		x.result = "never tried"
		return nil
	}
	return x.choose(x.keys)
}

// follow runs a scenario with an eye on the pod: up to an instant, and on until it is reached what was to be.
func (a *app) follow(x *explainer, flags *explainFlags, s *scenarios.Scenario, until sim.Time, reached func() bool) error {
	x.tieBreak = s.Config.Scheduler.TieBreak
	progress := a.newProgress(flags.quiet)
	o := world.RunOptions{Explain: x.cycle, ExplainOnly: x.is, Moved: x.moved, StaysOf: x.is, Stop: a.interrupted, Progress: progress.at}
	if until == sim.Never {
		_, err := world.Run(s.Config, o)
		progress.wipe()
		x.collect()
		return err
	}
	session, err := world.Open(s.Config, o)
	if err != nil {
		return err
	}
	session.RunUntil(until)
	// A decision takes its time: the attempt is told of when it is over.
	for step := time.Second; reached != nil && !reached() && step < 24*time.Hour && !a.interrupted(); step *= 2 {
		session.RunUntil(session.Now().Add(step))
	}
	progress.wipe()
	for _, node := range session.API().Nodes.List() {
		x.order = append(x.order, node.Name)
	}
	x.collect()
	if a.interrupted() {
		return errors.New("interrupted before the pod's last attempt")
	}
	_, err = session.Close()
	return err
}
