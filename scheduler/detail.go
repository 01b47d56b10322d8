package scheduler

import (
	"slices"

	"towtank.dev/towtank/scheduler/framework"
)

// Detail is what every plugin said in one cycle.
type Detail struct {
	// Nodes is how many nodes there are.
	Nodes int
	// Start is the place in the list of nodes at which the search began.
	Start int
	// NominatedFirst is the node that was tried before all others, "" when none was.
	NominatedFirst string
	// PreFilter is the rejection that ended the cycle before any node was looked at, nil otherwise.
	PreFilter *framework.Status
	// Subset are the nodes that PreFilter left, nil when it left all.
	Subset []string
	// Absent is why the nodes outside of Subset do not fit; nil when nobody said.
	Absent *framework.Status
	// Feasible are the nodes that fit, in order of search; Rejected the others that were looked at.
	Feasible []string
	Rejected []Rejection
	// SkippedFilters and SkippedScores name the plugins that had nothing to do, sorted.
	SkippedFilters, SkippedScores []string
	// Scored says that scores were given: more than one node fits.
	Scored bool
	// Scorers are the scoring plugins; Scores has a row for each and a column for each node of Feasible.
	Scorers []Scorer
	Totals  []int64
	// PostFilter is what the PostFilter plugins propose, PostFilterMessage what they said, Refusals the nodes
	// on which they tried to make room in vain.
	PostFilter        *framework.PostFilterResult
	PostFilterMessage string
	Refusals          []Refusal
	// UpstreamChoice is the node kube-scheduler would take, whatever TieBreak says.
	UpstreamChoice string
}

// Rejection is why a node does not fit.
type Rejection struct {
	Node   string
	Status *framework.Status
	Clue   framework.Clue
}

// Refusal is a node on which no room can be made: Lower is how many pods of lower priority could leave, Status
// the verdict on the node without them.
type Refusal struct {
	Node   string
	Lower  int
	Status *framework.Status
}

// Scorer is what one plugin gave the feasible nodes.
type Scorer struct {
	Name       string
	Weight     int64
	Raw        []int64
	Normalized []int64
}

// beginDetail starts the detail of a cycle when it is asked for.
func (c *Core) beginDetail(cy *Cycle) {
	c.detail = nil
	if c.options.Explain || c.options.ExplainOnly != nil && c.options.ExplainOnly(cy.Pod) {
		c.detail = &Detail{Nodes: len(c.snapshot.Nodes), Start: c.start, NominatedFirst: cy.Pod.Status.NominatedNodeName}
		cy.Detail = c.detail
	}
}

// addScores takes down the scores of one plugin.
func (d *Detail) addScores(pl *scoreEntry, raw, normalized []int64) {
	d.Scorers = append(d.Scorers, Scorer{pl.Name(), pl.weight, slices.Clone(raw), slices.Clone(normalized)})
}

// endDetail takes down what the cycle has left in the scratch.
func (c *Core) endDetail(cy *Cycle) {
	d, s := c.detail, &c.cycle
	if d == nil {
		return
	}
	if s.preFilterMessage != "" {
		d.PreFilter = s.absent
	}
	if s.excluded != nil {
		d.Absent = s.absent
		d.Subset = s.excluded.Names()
	}
	for _, n := range s.feasible {
		d.Feasible = append(d.Feasible, n.Name)
	}
	for _, n := range s.rejected {
		d.Rejected = append(d.Rejected, Rejection{n.Name, s.statuses[n.Index], c.clue(cy.info, n)})
	}
	d.SkippedFilters = s.names(s.skipFilter)
	if cy.Result == Scheduled && len(s.feasible) > 1 {
		d.Scored = true
		d.SkippedScores = s.names(s.skipScore)
		d.Totals = slices.Clone(s.totals)
		d.UpstreamChoice = s.feasible[c.heapTop()].Name
	}
}

// names lists the plugins that are marked, sorted.
func (s *scratch) names(marked []bool) []string {
	var names []string
	for slot, pl := range s.profile.all {
		if marked[slot] {
			names = insert(names, pl.Name())
		}
	}
	return names
}
