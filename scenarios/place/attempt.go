package place

import (
	"slices"

	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/framework"
)

// Describe tells a cycle that has its detail in the form of a result. order lists the nodes in the order
// in which they are searched.
func Describe(cy *scheduler.Cycle, order []string) Attempt {
	d := cy.Detail
	a := Attempt{
		StartIndex:     d.Start,
		EvaluatedNodes: cy.Evaluated,
		Feasible:       sorted(d.Feasible),
		Message:        cy.Message,
	}
	if len(order) == 0 {
		return a
	}
	a.NominatedNodeTriedFirst = d.NominatedFirst
	a.UnschedulablePlugins = cy.UnschedulablePlugins
	a.Preemption = preemption(d)
	if d.PreFilter != nil {
		s := status(d.PreFilter)
		a.PreFilter = &s
		return a
	}
	a.SkippedFilterPlugins = d.SkippedFilters
	if cy.Err {
		// An error ends the cycle without a diagnosis: its text is all there is.
		a.EvaluatedNodes, a.Feasible = 0, []string{}
	} else {
		a.infeasible(d)
	}
	if d.Subset != nil {
		a.PreFilterNodes = d.Subset
		a.NodesExcludedByPreFilter = slices.DeleteFunc(sorted(order), func(n string) bool { return slices.Contains(d.Subset, n) })
	}
	if cy.Node != "" {
		a.Chosen = cy.Node
		a.scores(d)
	}
	return a
}

// infeasible tells why nodes that were looked at do not fit.
func (a *Attempt) infeasible(d *scheduler.Detail) {
	a.Infeasible = map[string]Status{}
	for _, r := range d.Rejected {
		a.Infeasible[r.Node] = status(r.Status)
	}
}

// scores tells who won, and by what.
func (a *Attempt) scores(d *scheduler.Detail) {
	if !d.Scored {
		a.Best, a.RealChoice = a.Feasible, a.Chosen
		return
	}
	a.RealChoice = d.UpstreamChoice
	a.SkippedScorePlugins = d.SkippedScores
	a.Scores = map[string]Score{}
	best := slices.Max(d.Totals)
	for i, node := range d.Feasible {
		s := Score{Total: d.Totals[i], Weighted: map[string]int64{}, Raw: map[string]int64{}}
		for j := range d.Scorers {
			scorer := &d.Scorers[j]
			s.Raw[scorer.Name] = scorer.Raw[i]
			s.Weighted[scorer.Name] = scorer.Normalized[i] * scorer.Weight
		}
		a.Scores[node] = s
		if s.Total == best {
			a.Best = append(a.Best, node)
		}
	}
	slices.Sort(a.Best)
}

func status(s *framework.Status) Status {
	return Status{Plugin: s.Plugin(), Code: s.Code().String(), Reasons: sorted(s.Reasons())}
}

// sorted is a sorted copy, never nil.
func sorted(names []string) []string {
	out := append([]string{}, names...)
	slices.Sort(out)
	return out
}
