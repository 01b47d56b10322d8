package cmd

import (
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/sim"
)

// explanation is what programs get.
type explanation struct {
	Pod      string             `json:"pod"`
	Source   string             `json:"source"`
	Result   string             `json:"result,omitempty"`
	Message  string             `json:"message,omitempty"`
	Alerts   []string           `json:"alerts,omitempty"`
	Attempts []explainedAttempt `json:"attempts"`
	Moves    []explainedMove    `json:"moves,omitempty"`
	Stays    []explainedStay    `json:"stays,omitempty"`
}

// explainedAttempt is an attempt in the form of place, with what a run adds.
type explainedAttempt struct {
	Number   int              `json:"attempt"`
	At       *float64         `json:"time_seconds,omitempty"`
	Result   string           `json:"result"`
	TieBreak string           `json:"tieBreak"`
	Weights  map[string]int64 `json:"weights,omitempty"`
	place.Attempt
	// Clues are the figures and names behind the reasons of infeasible nodes.
	Clues map[string]string `json:"clues,omitempty"`
	// NoRoom is why preemption cannot make room on nodes where it tried.
	NoRoom map[string]explainedRefusal `json:"noRoom,omitempty"`
	// Against is what candidates for preemption have against them beside the chosen one.
	Against map[string]string `json:"against,omitempty"`
}

type explainedRefusal struct {
	Lower   int      `json:"podsOfLowerPriority"`
	Plugin  string   `json:"plugin"`
	Reasons []string `json:"reasons"`
}

// explainedStay is events of one kind that left the pod where it was, between two attempts.
type explainedStay struct {
	After int      `json:"afterAttempt"`
	Event string   `json:"event"`
	Asked []string `json:"asked,omitempty"`
	Times int64    `json:"times"`
	First float64  `json:"first_seconds"`
	Last  float64  `json:"last_seconds"`
}

type explainedMove struct {
	At     float64 `json:"time_seconds"`
	After  int     `json:"afterAttempt"`
	From   string  `json:"from"`
	To     string  `json:"to"`
	Event  string  `json:"event"`
	Plugin string  `json:"plugin,omitempty"`
}

func (x *explainer) document() *explanation {
	e := &explanation{Pod: x.wanted, Source: x.source, Result: x.result, Message: x.message, Alerts: x.alerts, Attempts: []explainedAttempt{}}
	for i, cy := range x.cycles {
		d := x.decision(i)
		one := explainedAttempt{Number: d.Number, Result: d.Result, TieBreak: d.TieBreak, Attempt: place.Describe(cy, x.order)}
		if d.At != sim.Never {
			seconds := d.At.Seconds()
			one.At = &seconds
		}
		one.add(d)
		for _, s := range d.Scorers {
			if one.Weights == nil {
				one.Weights = map[string]int64{}
			}
			one.Weights[s.Name] = s.Weight
		}
		e.Attempts = append(e.Attempts, one)
		e.Result, e.Message = d.Result, d.Message
	}
	for _, m := range x.moves {
		e.Moves = append(e.Moves, explainedMove{m.At.Seconds(), m.After, m.From, m.To, m.Event, m.Plugin})
	}
	for _, s := range x.stays {
		e.Stays = append(e.Stays, explainedStay{s.After, s.Event, s.Asked, s.Times, s.First.Seconds(), s.Last.Seconds()})
	}
	return e
}

// add takes in what is known beside the form of place.
func (a *explainedAttempt) add(d *reports.Decision) {
	for i := range d.Rejected {
		if v := &d.Rejected[i]; v.Clue != "" {
			if a.Clues == nil {
				a.Clues = map[string]string{}
			}
			a.Clues[v.Node] = v.Clue
		}
	}
	for i := range d.Candidates {
		if c := &d.Candidates[i]; c.Lost != "" {
			if a.Against == nil {
				a.Against = map[string]string{}
			}
			a.Against[c.Node] = c.Lost
		}
	}
	for i := range d.Refusals {
		if a.NoRoom == nil {
			a.NoRoom = map[string]explainedRefusal{}
		}
		r := &d.Refusals[i]
		a.NoRoom[r.Node] = explainedRefusal{r.Lower, r.Plugin, r.Reasons}
	}
}
