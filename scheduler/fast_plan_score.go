package scheduler

import (
	"math"

	"towtank.dev/towtank/scheduler/framework"
)

// domainScores is what scoring by domains works on.
type domainScores struct {
	raw     []int64
	ignored []bool
	marks   []uint64 // by domain: the search that has seen it last
	mark    uint64
	parts   []float64 // of a constraint; first is another's
	first   []float64
	pairs   []int64
	sums    []int64
}

// score adds what the plugins that go by domains give the feasible nodes.
func (plan *domainPlan) score(d *domains, s *search) {
	if len(plan.soft) > 0 {
		plan.scoreSpread(d, s)
	}
	if len(plan.weights) > 0 {
		plan.scoreAffinity(s)
	}
}

// scoreSpread sums the weighted counts of each node's domains, constraint by constraint as upstream
// adds them.
// Source: kubernetes v1.37.2 podtopologyspread/scoring.go Score.
func (plan *domainPlan) scoreSpread(d *domains, s *search) {
	plan.countSoft(d)
	w := &s.scores
	w.ignored = zeroed(w.ignored, len(s.found))
	scored := len(s.found)
	for _, c := range plan.softColumns {
		for j, row := range s.found {
			if c.rows[row] < 0 && !w.ignored[j] {
				w.ignored[j] = true
				scored--
			}
		}
	}
	if len(plan.soft) == 1 && scored == len(s.found) && plan.scoreOne(s) {
		return
	}
	if scored == len(s.found) && plan.scorePairs(s, scored) {
		return
	}
	w.raw = sized(w.raw, len(s.found))
	plan.sumParts(s, scored)
	plan.normalizeSpread(s)
}

// scoreOne scores by a single constraint, all feasible nodes being in domains: then it is the counts
// that are few. It returns false when they are not.
func (plan *domainPlan) scoreOne(s *search) bool {
	w, c := &s.scores, &plan.soft[0]
	if !c.host {
		// A node outside of all domains is not ignored under the system's defaults.
		if len(plan.softColumns) == 0 {
			return false
		}
	}
	domains, totals := c.domains, c.totals
	low, high := int32(math.MaxInt32), int32(0)
	for _, row := range s.found {
		count := totals[domains[row]]
		low, high = min(low, count), max(high, count)
	}
	if high-low >= maxTable || c.host && len(plan.softColumns) == 0 {
		return false
	}
	size := len(s.found)
	if !c.host {
		size = w.domainsOf(c, s)
	}
	weight := math.Log(float64(size + 2))
	score := func(count int32) int64 {
		return int64(math.Round(float64(float64(count)*weight) + float64(c.maxSkew-1)))
	}
	least, most := score(low), max(score(high), 0)
	s.needExtra()
	s.table = sized(s.table, int(high-low)+1)
	for i := range s.table {
		s.table[i] = plan.spreadScore(score(low+int32(i)), least, most)
	}
	table := s.table
	for j, row := range s.found {
		s.extra[j] += table[totals[domains[row]]-low]
	}
	return true
}

// scorePairs scores by two constraints, all feasible nodes being in domains of both: then it is the
// pairs of parts that are few. It returns false when they are not.
func (plan *domainPlan) scorePairs(s *search, scored int) bool {
	w := &s.scores
	if len(plan.soft) != 2 || plan.soft[0].column.missing+plan.soft[1].column.missing > 0 {
		return false
	}
	w.partsOf(&plan.soft[0], s, scored)
	w.first = append(w.first[:0], w.parts...)
	w.partsOf(&plan.soft[1], s, scored)
	width := len(w.parts)
	if len(w.first)*width > maxTable {
		return false
	}
	w.pairs = sized(w.pairs, len(w.first)*width)
	for i, a := range w.first {
		for j, b := range w.parts {
			w.pairs[i*width+j] = int64(math.Round(a + b))
		}
	}
	s.codes = sized(s.codes, len(s.found))
	firstOf, secondOf := plan.soft[0].indexes(), plan.soft[1].indexes()
	least, most := int64(math.MaxInt64), int64(0)
	for j, row := range s.found {
		code := firstOf.of(row)*int32(width) + secondOf.of(row)
		s.codes[j] = code
		score := w.pairs[code]
		least, most = min(least, score), max(most, score)
	}
	s.needExtra()
	s.table = sized(s.table, len(w.pairs))
	for code, score := range w.pairs {
		// Scores outside the range are those of pairs without feasible nodes.
		s.table[code] = plan.spreadScore(min(max(score, least), max(most, least)), least, most)
	}
	for j, code := range s.codes {
		s.extra[j] += s.table[code]
	}
	return true
}

// partIndexes find the part of a constraint that a row has.
type partIndexes struct{ rows, totals []int32 }

// indexes are those of partsOf.
func (c *softConstraint) indexes() partIndexes {
	if c.host {
		return partIndexes{c.domains, c.totals}
	}
	return partIndexes{c.column.rows, nil}
}

func (p *partIndexes) of(row int32) int32 {
	if i := p.rows[row]; p.totals == nil {
		return i
	} else {
		return p.totals[i]
	}
}

// spreadScore is the weighted normalised score.
func (plan *domainPlan) spreadScore(score, least, most int64) int32 {
	weight := plan.program.spreadWeight
	switch {
	case score == ignoredSpread:
		return 0
	case most == 0:
		return weight * framework.MaxNodeScore
	}
	return weight * int32(framework.MaxNodeScore*(most+least-score)/most)
}

// sumParts adds up several constraints.
func (plan *domainPlan) sumParts(s *search, scored int) {
	w := &s.scores
	s.floats = zeroed(s.floats, len(s.found))
	for i := range plan.soft {
		c := &plan.soft[i]
		w.partsOf(c, s, scored)
		for j, row := range s.found {
			if c.column.rows[row] >= 0 {
				s.floats[j] += w.part(c, row)
			}
		}
	}
	for j, sum := range s.floats {
		w.raw[j] = int64(math.Round(sum))
	}
}

// partsOf works out a constraint's share for each domain or, where nodes are counted, for each count.
func (w *domainScores) partsOf(c *softConstraint, s *search, scored int) {
	size := scored
	if !c.host {
		size = w.domainsOf(c, s)
	}
	weight := math.Log(float64(size + 2))
	if c.host {
		most := int32(0)
		for _, row := range s.found {
			most = max(most, c.totals[c.domains[row]])
		}
		w.parts = zeroed(w.parts, int(most)+1)
		for count := range w.parts {
			w.parts[count] = float64(float64(count)*weight) + float64(c.maxSkew-1)
		}
		return
	}
	w.parts = zeroed(w.parts, len(c.totals))
	for dom, count := range c.totals {
		w.parts[dom] = float64(float64(count)*weight) + float64(c.maxSkew-1)
	}
}

func (w *domainScores) part(c *softConstraint, row int32) float64 {
	if c.host {
		return w.parts[c.totals[c.domains[row]]]
	}
	return w.parts[c.column.rows[row]]
}

// domainsOf counts the domains that the nodes to be scored are in. Where nodes may lack the label, all
// that do are one domain more.
func (w *domainScores) domainsOf(c *softConstraint, s *search) int {
	w.mark++
	if missing := int(c.column.number) + 1 - len(w.marks); missing > 0 {
		w.marks = append(w.marks, make([]uint64, missing)...)
	}
	size := 0
	for j, row := range s.found {
		if mark := &w.marks[c.column.rows[row]+1]; *mark != w.mark && !w.ignored[j] {
			*mark = w.mark
			size++
		}
	}
	return size
}

// normalizeSpread gives the emptiest domain the most.
// Source: kubernetes v1.37.2 podtopologyspread/scoring.go NormalizeScore.
func (plan *domainPlan) normalizeSpread(s *search) {
	w := &s.scores
	least, most := int64(math.MaxInt64), int64(0)
	for j, score := range w.raw {
		if !w.ignored[j] {
			least, most = min(least, score), max(most, score)
		}
	}
	s.needExtra()
	lookup := tableOf(lookup{plan: plan, spread: true, least: least, most: most}, &s.table)
	for j, score := range w.raw {
		if !w.ignored[j] {
			s.extra[j] += lookup.at(score)
		}
	}
}

// ignoredSpread is upstream's mark of ignored nodes, which a maxSkew of 0 can bring about too.
const ignoredSpread = -1

// lookup finds the normalised scores of raw ones from least on, in a table where they are few.
type lookup struct {
	plan        *domainPlan
	spread      bool // the scores are of spread, not of affinity
	least, most int64
	table       []int32
}

// maxTable is how many raw scores a table has at most.
const maxTable = 2048

func tableOf(l lookup, space *[]int32) lookup {
	if l.most < l.least || l.most-l.least >= maxTable {
		return l
	}
	table := sized(*space, int(l.most-l.least)+1)
	*space = table
	for i := range table {
		table[i] = l.of(l.least + int64(i))
	}
	l.table = table
	return l
}

// of is a score once normalised and weighted.
func (l *lookup) of(score int64) int32 {
	if l.spread {
		return l.plan.spreadScore(score, l.least, l.most)
	}
	return l.plan.program.affinityWeight * stretched(score, l.least, l.most)
}

func (l *lookup) at(score int64) int32 {
	if l.table != nil {
		return l.table[score-l.least]
	}
	return l.of(score)
}
