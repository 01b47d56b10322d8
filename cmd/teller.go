package cmd

import (
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// teller gathers what is told of the pending pods of a snapshot.
type teller struct {
	pending  int
	nodes    int
	tieBreak string
	kin      map[string]string // of each pending pod, by namespace/name
	last     map[string]*scheduler.Cycle
	victims  map[string][]string
}

func newTeller(objects []model.Object, tieBreak string) *teller {
	t := &teller{tieBreak: tieBreak, kin: map[string]string{}, last: map[string]*scheduler.Cycle{}, victims: map[string][]string{}}
	specs, nodes := map[*model.PodSpec]string{}, map[string]bool{}
	for _, o := range objects {
		switch o := o.(type) {
		case *model.Node:
			nodes[o.Name] = true
		case *model.Pod:
			if o.NodeName != "" || o.Terminal() {
				continue
			}
			t.pending++
			if specs[o.Spec] == "" {
				specs[o.Spec] = "spec " + strconv.Itoa(len(specs)+1)
			}
			t.kin[o.Key()] = o.Namespace + " " + specs[o.Spec]
			if owner := o.Controller(); owner != nil {
				t.kin[o.Key()] = o.Namespace + " " + owner.Kind + " " + owner.Name
			}
		}
	}
	t.nodes = len(nodes)
	return t
}

// cycle takes an attempt in.
func (t *teller) cycle(cy *scheduler.Cycle) {
	key := cy.Pod.Key()
	if cy.Detail != nil {
		t.last[key] = cy
	}
	for _, victim := range cy.Victims {
		t.victims[key] = append(t.victims[key], victim.Key())
	}
}

func (t *teller) placement(name string, r *place.Result) *reports.Placement {
	p := &reports.Placement{Snapshot: name, Nodes: len(r.NodeOrder)}
	for i := range r.Pods {
		pod := &r.Pods[i]
		told := reports.PlacedPod{Pod: pod.Pod, Kin: t.kin[pod.Pod], Result: pod.Result, Node: pod.Node, Message: pod.Message, Victims: t.victims[pod.Pod]}
		if cy := t.last[pod.Pod]; cy != nil {
			told.Decision = decision(cy, len(r.NodeOrder), t.tieBreak)
		}
		p.Pods = append(p.Pods, told)
	}
	return p
}

// decision is a cycle that has its detail, as reports take it.
func decision(cy *scheduler.Cycle, nodes int, tieBreak string) *reports.Decision {
	d := &reports.Decision{Number: max(cy.Attempt, 1), At: sim.Never, Result: cy.Result, Node: cy.Node, Message: cy.Message, Nodes: nodes,
		Evaluated: cy.Evaluated, TieBreak: tieBreak, Nominated: cy.NominatedNode}
	for _, victim := range cy.Victims {
		d.Victims = append(d.Victims, victim.Key())
	}
	detail := cy.Detail
	if detail == nil {
		return d
	}
	d.Feasible, d.Totals, d.SkippedScores, d.Preemption = detail.Feasible, detail.Totals, detail.SkippedScores, detail.PostFilterMessage
	d.Nodes = detail.Nodes
	if detail.Absent != nil {
		v := verdict("", detail.Absent)
		d.Absent = &v
	}
	if detail.PreFilter != nil {
		v := verdict("", detail.PreFilter)
		d.Whole = &v
	}
	for i := range detail.Rejected {
		r := &detail.Rejected[i]
		v := verdict(r.Node, r.Status)
		v.Clue, v.Lack = r.Clue.Text, r.Clue.Lack
		d.Rejected = append(d.Rejected, v)
	}
	for i := range detail.Refusals {
		r := &detail.Refusals[i]
		d.Refusals = append(d.Refusals, reports.Refusal{Lower: r.Lower, Verdict: verdict(r.Node, r.Status)})
	}
	if detail.Scored {
		for _, s := range detail.Scorers {
			d.Scorers = append(d.Scorers, reports.Scorer(s))
		}
	}
	if detail.PostFilter != nil {
		for _, c := range detail.PostFilter.Candidates {
			candidate := reports.Candidate{Node: c.Node, Violations: c.Violations, Lost: c.Lost}
			for _, victim := range c.Victims {
				candidate.Victims = append(candidate.Victims, victim.Key())
			}
			d.Candidates = append(d.Candidates, candidate)
		}
	}
	return d
}

func verdict(node string, s *framework.Status) reports.Verdict {
	return reports.Verdict{Node: node, Plugin: s.Plugin(), Code: s.Code().String(), Reasons: s.Reasons()}
}
