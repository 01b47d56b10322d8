package scheduler

import (
	"math"

	"towtank.dev/towtank/scheduler/framework"
)

// scoreAffinity sums the weights of each node's domains and stretches the sums over 0–100.
// Source: kubernetes v1.37.2 interpodaffinity/scoring.go Score, NormalizeScore.
func (plan *domainPlan) scoreAffinity(s *search) {
	w := &s.scores
	idle := true
	for i := range plan.weights {
		idle = idle && plan.weights[i].tally.sum == 0
	}
	if idle {
		return
	}
	weight := plan.program.affinityWeight
	if column := plan.weights[0].tally.column; plan.oneColumn() && int(column.number) < len(s.found) {
		w.sumColumn(plan, 0)
		least, most := int64(math.MaxInt64), int64(math.MinInt64)
		for _, row := range s.found {
			sum := w.sums[column.rows[row]+1]
			least, most = min(least, sum), max(most, sum)
		}
		if least == most {
			return
		}
		s.needExtra()
		s.table = sized(s.table, len(w.sums))
		for i, sum := range w.sums {
			// Sums outside the range are those of domains without feasible nodes.
			s.table[i] = weight * stretched(min(max(sum, least), most), least, most)
		}
		for j, row := range s.found {
			s.extra[j] += s.table[column.rows[row]+1]
		}
		return
	}
	w.raw = zeroed(w.raw, len(s.found))
	for i := range plan.weights {
		plan.addColumn(s, i)
	}
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for _, score := range w.raw {
		least, most = min(least, score), max(most, score)
	}
	if most == least {
		return
	}
	s.needExtra()
	lookup := tableOf(lookup{plan: plan, least: least, most: most}, &s.table)
	for j, score := range w.raw {
		s.extra[j] += lookup.at(score)
	}
}

// stretched brings a score into 0–100, in floating point as upstream.
func stretched(score, least, most int64) int32 {
	return int32(framework.MaxNodeScore * (float64(score-least) / float64(most-least)))
}

// oneColumn says whether all weights go by the same topology key.
func (plan *domainPlan) oneColumn() bool {
	for i := range plan.weights {
		if plan.weights[i].tally.column != plan.weights[0].tally.column {
			return false
		}
	}
	return true
}

// sumColumn sums the weights of all tallies over the topology key of tally i by domain, those outside of
// all domains first.
func (w *domainScores) sumColumn(plan *domainPlan, i int) {
	column := plan.weights[i].tally.column
	w.sums = zeroed(w.sums, int(column.number)+1)
	for k := i; k < len(plan.weights); k++ {
		if d := &plan.weights[k]; d.tally.column == column && d.tally.sum != 0 {
			for dom, total := range d.tally.totals {
				w.sums[dom+1] += d.weight * int64(total)
			}
		}
	}
}

// addColumn adds the sums of the topology key of tally i to the raw scores, if it is the first with
// that key.
func (plan *domainPlan) addColumn(s *search, i int) {
	w := &s.scores
	column := plan.weights[i].tally.column
	for k := range i {
		if plan.weights[k].tally.column == column {
			return
		}
	}
	w.sumColumn(plan, i)
	for j, row := range s.found {
		w.raw[j] += w.sums[column.rows[row]+1]
	}
}
