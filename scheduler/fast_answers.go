package scheduler

import "towtank.dev/towtank/scheduler/framework"

// answers are what the plugins of a layer say of each node for all pods of one key, by row. They are
// worked out block by block when a search comes by, and again for nodes that change.
type answers struct {
	layer *layer
	// object holds the answers of the layer below, which these include; nil for the lowest.
	object *answers
	key    string
	// used is the cycle that needed them last; gone says that they are no longer kept.
	used uint64
	gone bool
	// naive says that a plugin behaves as these answers cannot.
	naive bool
	// names are the only nodes that a plugin wants to be looked at; nil: all.
	names *framework.NodeNames

	states  []any
	scored  []any // of PreScore, in a layer that has them
	filters []layeredFilter
	scorers []layeredScorer
	rows    bool // all filters and scorers have a form for rows that does for the pod

	// at is how much of the log the answers reflect, as far as they are there.
	at   uint64
	have []bool // by block

	verdicts []verdict
	sums     []int32 // weighted scores that need no normalising
	raws     []rawScores
}

// rawScores are those of a plugin that normalises.
type rawScores struct {
	scores   []int32
	weight   int32
	reversed bool
	most     int32 // no score is larger
}

// blockRows is how many rows are worked out at a time.
const blockRows = 64

// open asks the plugins of the layer whether they have anything to do for the pod.
func (a *answers) open(pod *framework.PodInfo, f *fast) {
	slots := len(f.program.profile.all)
	a.states, a.scored = zeroed(a.states, slots), zeroed(a.scored, slots)
	skipFilter, skipScore := zeroed(f.skipFilter, slots), zeroed(f.skipScore, slots)
	f.skipFilter, f.skipScore = skipFilter, skipScore
	a.names = nil
	a.naive, a.filters, a.scorers, a.raws = false, a.filters[:0], a.scorers[:0], a.raws[:0]
	for i := range a.layer.preFilter {
		e := &a.layer.preFilter[i]
		state, names, status := e.PreFilter(pod, f.core.snapshot)
		a.states[e.slot], skipFilter[e.slot] = state, status.Skipped()
		a.names = a.names.Intersect(names)
		a.naive = a.naive || names != nil && a.layer != &f.program.object || !status.OK() && !status.Skipped()
	}
	for i := range a.layer.preScore {
		e := &a.layer.preScore[i]
		if skipFilter[e.slot] && a.layer.volumes {
			skipScore[e.slot] = true // without claims there is nothing to score
			continue
		}
		state, status := e.PreScore(a.states[e.slot], pod, nil)
		skipScore[e.slot], a.scored[e.slot] = status.Skipped(), state
		a.naive = a.naive || !status.OK() && !status.Skipped() || state != nil && !a.layer.volumes
	}
	a.rows = true
	for _, e := range a.layer.filters {
		if !skipFilter[e.slot] {
			a.filters = append(a.filters, e)
			a.rows = a.rows && e.rows != nil && e.rows.FiltersRows(pod)
		}
	}
	for _, e := range a.layer.scorers {
		if skipScore[e.slot] {
			continue
		}
		a.scorers = append(a.scorers, e)
		a.rows = a.rows && e.rows != nil && e.rows.ScoresRows(pod)
		if e.normalized != nil {
			a.raws = append(a.raws, rawScores{weight: e.weight, reversed: e.normalized.Reversed()})
		}
	}
}

// size makes room for so many rows, and forgets all answers.
func (a *answers) size(rows int, f *fast) {
	a.have = zeroed(a.have, (rows+blockRows-1)/blockRows)
	a.verdicts = sized(a.verdicts, rows)
	a.sums = sized(a.sums, rows)
	for i := range a.raws {
		a.raws[i].scores, a.raws[i].most = sized(a.raws[i].scores, rows), 0
	}
	a.at = f.end()
}

// catchUp works out anew what has changed since the answers were last used.
func (a *answers) catchUp(pod *framework.PodInfo, f *fast) {
	if a.object != nil {
		a.object.catchUp(pod, f)
	}
	end := f.end()
	if a.at < f.logStart || end-a.at > uint64(len(a.verdicts)) {
		clear(a.have)
		a.at = end
	}
	for ; a.at < end; a.at++ {
		change := f.log[a.at-f.logStart]
		if row := int(change.row); a.have[row/blockRows] && (change.object || a.object != nil) {
			a.workOut(pod, f, row, row+1)
		}
	}
}

// need works out the answers for rows from up to to, as far as they are not there.
func (a *answers) need(pod *framework.PodInfo, f *fast, from, to int) {
	for block := from / blockRows; block*blockRows < to; block++ {
		if !a.have[block] {
			a.have[block] = true
			if a.object != nil {
				a.object.need(pod, f, block*blockRows, min((block+1)*blockRows, len(a.verdicts)))
			}
			a.workOut(pod, f, block*blockRows, min((block+1)*blockRows, len(a.verdicts)))
		}
	}
}

// workOut asks the plugins about rows from up to to, one block at most.
func (a *answers) workOut(pod *framework.PodInfo, f *fast, from, to int) {
	if a.object == nil {
		for row := from; row < to; row++ {
			a.verdicts[row], a.sums[row] = fits, 0
		}
	} else {
		copy(a.verdicts[from:to], a.object.verdicts[from:to])
		copy(a.sums[from:to], a.object.sums[from:to])
	}
	if a.rows && a.object != nil {
		a.byRows(pod, f, from, to)
		return
	}
	for row := from; row < to; row++ {
		a.byNode(pod, f, row)
	}
}

// byRows asks the plugins about several nodes at once.
func (a *answers) byRows(pod *framework.PodInfo, f *fast, from, to int) {
	fit := f.fit[:to-from]
	for i := range a.filters {
		e := &a.filters[i]
		e.rows.FilterRows(pod, f.rows[from:to], fit)
		for j, ok := range fit {
			if !ok {
				a.filter(e, pod, f, from+j)
			}
		}
	}
	for i := range a.scorers {
		e := &a.scorers[i]
		e.rows.ScoreRows(pod, e.weight, f.rows[from:to], a.sums[from:to])
	}
}

// byNode asks the plugins about one node.
func (a *answers) byNode(pod *framework.PodInfo, f *fast, row int) {
	for i := range a.filters {
		if a.verdicts[row]>>statusBits > a.filters[i].order {
			a.filter(&a.filters[i], pod, f, row)
		}
	}
	if a.verdicts[row] != fits {
		return // nobody scores a node that does not fit
	}
	raw := 0
	for i := range a.scorers {
		e := &a.scorers[i]
		score, status := e.Score(a.scored[e.slot], pod, f.nodes[row])
		a.naive = a.naive || !status.OK() || score < 0
		if e.normalized != nil {
			a.naive = a.naive || score > maxRawScore
			a.raws[raw].scores[row] = int32(score)
			a.raws[raw].most = max(a.raws[raw].most, int32(score))
			raw++
			continue
		}
		a.naive = a.naive || score > framework.MaxNodeScore
		a.sums[row] += int32(score) * e.weight
	}
}

// maxRawScore bounds the scores that are normalised: a hundred times as much fits into 31 bits.
const maxRawScore = 1 << 24

// filter asks one filter about one node.
func (a *answers) filter(e *layeredFilter, pod *framework.PodInfo, f *fast, row int) {
	status := e.Filter(a.states[e.slot], pod, f.nodes[row])
	if status.OK() {
		return
	}
	v, ok := f.statuses.verdict(e.order, status)
	a.naive = a.naive || !ok || !status.Rejected()
	a.verdicts[row] = min(a.verdicts[row], v)
}
