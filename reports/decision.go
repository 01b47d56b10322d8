package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/sim"
)

// Decision is one scheduling attempt with what every plugin said.
type Decision struct {
	// Number counts the pod's attempts, from 1. At is when it began, sim.Never where there is no time.
	Number int
	At     sim.Time
	// Result is scheduled, unschedulable, error or bind-failed; Node the chosen node, "" for none.
	Result  string
	Node    string
	Message string
	// Nodes is how many the cluster has, Evaluated how many were looked at.
	Nodes, Evaluated int
	// Whole is the verdict on the pod before any node was looked at, nil for none.
	Whole *Verdict
	// Absent is the verdict on the nodes that were left out before any was looked at, nil for none.
	Absent *Verdict
	// Feasible are the nodes that fit, in order of search; Rejected the others that were looked at.
	Feasible []string
	Rejected []Verdict
	// Scorers have a figure for each node of Feasible, and so have Totals; none when nothing was scored.
	Scorers []Scorer
	Totals  []int64
	// SkippedScores name the scoring plugins that had nothing to do, sorted.
	SkippedScores []string
	// TieBreak is the rule among nodes of equal total: upstream, random or name.
	TieBreak string
	// Nominated is the node on which preemption makes room, Victims whom it evicts; Candidates are the
	// nodes on which it could, Preemption what it said.
	Nominated  string
	Victims    []string
	Candidates []Candidate
	Preemption string
	// Refusals are the nodes on which preemption tried to make room in vain.
	Refusals []Refusal
}

// Verdict is why a node cannot take the pod.
type Verdict struct {
	Node, Plugin, Code string
	Reasons            []string
	// Clue is the figures and names behind the reasons, "" when there are none; Lack how far the node is from
	// fitting, as a share of what the pod wants, 0 where there is no measure.
	Clue string
	Lack float64
}

// Scorer is what one plugin gave the feasible nodes: Raw as it said, Normalized from 0 to 100, which counts
// Weight times.
type Scorer struct {
	Name            string
	Weight          int64
	Raw, Normalized []int64
}

// Candidate is a node on which evicting the victims would make room.
type Candidate struct {
	Node       string
	Victims    []string
	Violations int // victims that a disruption budget protects
	// Lost is what it has against it, "" for the chosen one and its equals.
	Lost string
}

// Refusal is why no room can be made on a node: Lower pods of lower priority could leave, and Verdict is
// what stands in the way then.
type Refusal struct {
	Lower int
	Verdict
}

// points is what a scorer adds to the total of a feasible node.
func (s *Scorer) points(i int) int64 { return s.Normalized[i] * s.Weight }

// scored says whether nodes were scored.
func (d *Decision) scored() bool { return len(d.Totals) > 0 }

// ranking is the feasible nodes by total, the chosen one before its equals, otherwise in order of search.
func (d *Decision) ranking() []int {
	order := make([]int, len(d.Feasible))
	for i := range order {
		order[i] = i
	}
	first := func(i int) int {
		if d.Feasible[i] == d.Node {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(d.Totals[b], d.Totals[a]), cmp.Compare(first(a), first(b)))
	})
	return order
}

// tied counts the nodes with the best total.
func (d *Decision) tied() int {
	n, best := 0, slices.Max(d.Totals)
	for _, total := range d.Totals {
		if total == best {
			n++
		}
	}
	return n
}

// lead names the plugin that did most for node a against node b, and by how many points.
func (d *Decision) lead(a, b int) (name string, by int64) {
	for i := range d.Scorers {
		s := &d.Scorers[i]
		if diff := s.points(a) - s.points(b); diff > by {
			name, by = s.Name, diff
		}
	}
	return name, by
}

// decided says in a few words why the chosen node was chosen.
func (d *Decision) decided() string {
	switch {
	case !d.scored() && len(d.Feasible) == 1 && d.Evaluated == 1 && d.Nodes > 1:
		return "the node it was nominated to fits"
	case !d.scored():
		return "the only node that fits"
	}
	order := d.ranking()
	best, second := order[0], order[1]
	if n := d.tied(); n > 1 {
		return fmt.Sprintf("%d points, %s; %s", d.Totals[best], others(n-1), tieRule(d.TieBreak))
	}
	name, _ := d.lead(best, second)
	return fmt.Sprintf("%d points, %d more than %s, by %s", d.Totals[best], d.Totals[best]-d.Totals[second], d.Feasible[second], name)
}

func others(n int) string {
	if n == 1 {
		return "as 1 other node"
	}
	return "as " + thousands(fmt.Sprint(n)) + " other nodes"
}

// tieRule is what decides between nodes of equal total.
func tieRule(tieBreak string) string {
	switch tieBreak {
	case "random":
		return "chosen at random"
	case "name":
		return "the smallest name"
	}
	return "the first by upstream's rule"
}

// reason is the nodes that were rejected for the same reasons by the same plugin.
type reason struct {
	plugin, text string
	nodes        []string
	verdicts     []*Verdict
}

// reasons groups the rejected nodes, the largest group first.
func (d *Decision) reasons() []*reason {
	var list []*reason
	byKey := map[string]*reason{}
	for i := range d.Rejected {
		v := &d.Rejected[i]
		text := strings.Join(v.Reasons, ", ")
		key := v.Plugin + "\x00" + text
		r := byKey[key]
		if r == nil {
			r = &reason{plugin: v.Plugin, text: text}
			byKey[key] = r
			list = append(list, r)
		}
		r.nodes = append(r.nodes, v.Node)
		r.verdicts = append(r.verdicts, v)
	}
	slices.SortStableFunc(list, func(a, b *reason) int {
		return cmp.Or(cmp.Compare(len(b.nodes), len(a.nodes)), cmp.Compare(a.plugin, b.plugin), cmp.Compare(a.text, b.text))
	})
	return list
}

// some names the first few and says how many more there are.
func some(names []string, few int) string {
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %s more", strings.Join(names[:few], ", "), thousands(fmt.Sprint(len(names)-few)))
}
