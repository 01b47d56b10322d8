package scheduler

import "towtank.dev/towtank/scheduler/framework"

// conclude makes a search's outcome that of the cycle.
func (f *fast) conclude(cy *Cycle, a *answers, plan *domainPlan) {
	s, c := &f.search, f.core
	first := c.start
	c.start = (c.start + s.evaluated) % len(f.nodes)
	cy.Feasible, cy.Evaluated = len(s.found), s.evaluated
	switch len(s.found) {
	case 0:
		f.reject(cy, a, first%len(f.nodes))
	case 1:
		f.succeed(cy, s.found[0])
	default:
		s.normalize(a)
		if plan != nil {
			plan.score(&f.domains, s)
		}
		f.succeed(cy, s.found[f.choose(a)])
	}
}

// succeed notes the decision.
func (f *fast) succeed(cy *Cycle, row int32) {
	cy.node = f.nodes[row]
	cy.Result, cy.Node, cy.states = Scheduled, cy.node.Name, f.program.states
	if v := f.search.volumes; v != nil && v.waiting {
		cy.states = v.states(f, row)
	}
}

// choose picks one of the feasible nodes.
func (f *fast) choose(a *answers) int {
	s, c := &f.search, f.core
	if c.options.TieBreak == TieUpstream && len(s.found) <= len(preorder) {
		return s.best(a.sums)
	}
	if s.late != nil {
		s.addLate()
	}
	totals := zeroed(c.cycle.totals, len(s.found))
	feasible := c.cycle.feasible[:0]
	for j, row := range s.found {
		totals[j] = int64(a.sums[row])
		if s.hasExtra {
			totals[j] += int64(s.extra[j])
		}
		if c.options.TieBreak == TieName {
			feasible = append(feasible, f.nodes[row])
		}
	}
	c.cycle.totals, c.cycle.feasible = totals, feasible
	switch c.options.TieBreak {
	case TieName:
		return c.smallestName()
	case TieRandom:
		return c.drawn()
	}
	return c.heapTop()
}

// reject puts the verdicts where the naive runtime leaves them, with the states of the plugins for
// those that look for a way out, and has the rejection worded.
func (f *fast) reject(cy *Cycle, a *answers, row int) {
	c := f.core
	s := &c.cycle
	f.prepare()
	var last verdict = fits
	var status *framework.Status
	for range f.nodes {
		v := f.verdictOf(a, row)
		if v != last {
			last, status = v, f.statuses.status(v)
		}
		s.reject(f.nodes[row], status)
		if row++; row == len(f.nodes) {
			row = 0
		}
	}
	c.unschedulable(cy)
}

// verdictOf is the verdict on a node of all filters. Where nominated pods count, all have been asked.
func (f *fast) verdictOf(a *answers, row int) verdict {
	s := &f.search
	if len(s.exceptions.verdicts) > 0 && s.exceptions.marked[row] {
		return s.exceptions.verdicts[int32(row)]
	}
	v := a.verdicts[row]
	if s.volumes != nil {
		v = s.volumes.verdict(f, v, int32(row))
	}
	if len(s.checks) > 0 {
		v = f.domainVerdict(v, row)
	}
	return v
}

// domainVerdict is a node's verdict when the filters that go by domains are asked too.
func (f *fast) domainVerdict(v verdict, row int) verdict {
	c := f.core
	for i := range f.program.domainFilters {
		e := &f.program.domainFilters[i]
		if c.cycle.skipFilter[e.slot] || v>>statusBits <= e.order {
			continue
		}
		if status := e.Filter(c.cycle.preFilterStates[e.slot], c.cycle.pod, f.nodes[row]); !status.OK() {
			w, _ := f.statuses.verdict(e.order, status)
			v = min(v, w)
		}
	}
	return v
}
