package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ranked is how many of the best nodes are shown.
const ranked = 5

// detail tells of one attempt: who was rejected and why, how the others were ranked, and what preemption made
// of it.
func (e *Explanation) detail(d *Decision) []Section {
	in := ""
	if len(e.Attempts) > 1 {
		in = fmt.Sprintf(" (attempt %d)", d.Number)
	}
	if e.Node != "" && !e.EveryNode {
		return slices.Concat(e.asked(d, in), preempting(d, in), roomOn(d, e.Node, in))
	}
	list := e.asked(d, in)
	if d.scored() {
		order := d.ranking()
		list = append(list, ranking(d, e.EveryNode, in), duel(d, order[0], order[1], "second", in))
	}
	list = append(append(list, e.rejected(d, in)), preempting(d, in)...)
	if e.EveryNode {
		list = append(list, roomOn(d, "", in)...)
	}
	return list
}

// rejected tells why nodes do not fit: by reason, or node by node.
func (e *Explanation) rejected(d *Decision, in string) Section {
	s := Section{Key: "rejected", Title: fmt.Sprintf("%s OF %s NODES DO NOT FIT%s", Count(int64(d.Nodes-len(d.Feasible))), Count(int64(d.Nodes)), in)}
	if e.EveryNode {
		s.Table = everyNode(d)
	} else {
		s.Table = reasonTable(d)
		if d.Whole != nil && len(d.Rejected) == 0 {
			s.Table.Rows = append(s.Table.Rows, []Value{Count(int64(d.Nodes)), Text(d.Whole.Plugin), Text(strings.Join(d.Whole.Reasons, ", ")), Text("")})
		}
	}
	var more []string
	if left := d.Nodes - d.Evaluated; left > 0 && len(d.Feasible) > 0 && d.Absent == nil {
		more = append(more, fmt.Sprintf("%s nodes were not looked at: enough others fit (percentageOfNodesToScore), or a nominated node came first.", Count(int64(left))))
	}
	if d.Message != "" {
		more = append(more, "kube-scheduler says: "+d.Message)
	}
	s.Table.More = strings.Join(more, " ")
	return s
}

func everyNode(d *Decision) *Table {
	t := &Table{Columns: []Column{{Key: "node", Head: "NODE"}, {Key: "plugin", Head: "PLUGIN"}, {Key: "code", Head: "CODE"}, {Key: "reason", Head: "REASON", Wide: true}}}
	for i := range d.Rejected {
		v := &d.Rejected[i]
		t.Rows = append(t.Rows, []Value{Text(v.Node), Text(v.Plugin), Text(v.Code), Text(withClue(strings.Join(v.Reasons, ", "), v.Clue))})
	}
	return t
}

// ranking lists the nodes that fit, the best first.
func ranking(d *Decision, all bool, in string) Section {
	t := &Table{Columns: []Column{{Key: "node", Head: "NODE"}, {Key: "total", Head: "TOTAL"}, {Key: "behind", Head: "BEHIND"}, {Key: "differs", Head: "AGAINST THE CHOSEN NODE", Wide: true}}}
	order := d.ranking()
	for place, i := range order {
		if !all && place == ranked {
			break
		}
		text := differences(d, order[0], i)
		if place == 0 {
			text = "chosen"
		}
		t.Rows = append(t.Rows, []Value{Text(d.Feasible[i]), Count(d.Totals[i]), Count(d.Totals[order[0]] - d.Totals[i]), Text(text)})
	}
	var more []string
	if left := len(order) - len(t.Rows); left > 0 {
		more = append(more, fmt.Sprintf("and %s more nodes that fit, down to %d points (--nodes has them all).", Count(int64(left)), d.Totals[order[len(order)-1]]))
	}
	if n := d.tied(); n > 1 {
		more = append(more, fmt.Sprintf("%s nodes tie at %s points: %s decides.", Count(int64(n)), Count(d.Totals[order[0]]), tieSource(d.TieBreak)))
	}
	t.More = strings.Join(more, " ")
	return Section{Key: "ranking", Title: fmt.Sprintf("%s FIT, BEST FIRST%s", Count(int64(len(order))), in), Table: t}
}

// tieSource says what decides a tie.
func tieSource(tieBreak string) string {
	switch tieBreak {
	case "random":
		return "chance (tieBreak random)"
	case "name":
		return "the smallest name (tieBreak name)"
	}
	return "kube-scheduler's own rule (tieBreak upstream: the top of its heap, which depends on the order of the nodes)"
}

// differences names the plugins that give b other points than a.
func differences(d *Decision, a, b int) string {
	var list []string
	for i := range d.Scorers {
		s := &d.Scorers[i]
		if diff := s.points(b) - s.points(a); diff != 0 {
			list = append(list, fmt.Sprintf("%s %+d", s.Name, diff))
		}
	}
	if len(list) == 0 {
		return "the same from every plugin"
	}
	return strings.Join(list, ", ")
}

// duel sets the scores of two nodes beside each other.
func duel(d *Decision, a, b int, what, in string) Section {
	return Section{Key: "scores", Title: scoresTitle(d, a, b, what, in), Table: duelTable(d, a, b)}
}

func scoresTitle(d *Decision, a, b int, what, in string) string {
	return fmt.Sprintf("SCORES%s: A is %s, chosen; B is %s, %s", in, d.Feasible[a], d.Feasible[b], what)
}

// duelTable has a row for each plugin, what differs most first.
func duelTable(d *Decision, a, b int) *Table {
	t := &Table{Columns: []Column{{Key: "plugin", Head: "PLUGIN"}, {Key: "weight", Head: "WEIGHT"},
		{Key: "a_raw", Head: "A RAW"}, {Key: "a_normalized", Head: "A 0-100"}, {Key: "a_points", Head: "A POINTS"},
		{Key: "b_raw", Head: "B RAW"}, {Key: "b_normalized", Head: "B 0-100"}, {Key: "b_points", Head: "B POINTS"},
		{Key: "difference", Head: "A - B"}}}
	order := make([]int, len(d.Scorers))
	for i := range order {
		order[i] = i
	}
	diff := func(i int) int64 { return d.Scorers[i].points(a) - d.Scorers[i].points(b) }
	size := func(i int) int64 { return max(diff(i), -diff(i)) }
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(size(j), size(i)) })
	for _, i := range order {
		s := &d.Scorers[i]
		t.Rows = append(t.Rows, []Value{Text(s.Name), Count(s.Weight), Count(s.Raw[a]), Count(s.Normalized[a]), Count(s.points(a)),
			Count(s.Raw[b]), Count(s.Normalized[b]), Count(s.points(b)), Difference(float64(diff(i)), UnitNone)})
	}
	t.Rows = append(t.Rows, []Value{Text("total"), Absent(), Absent(), Absent(), Count(d.Totals[a]), Absent(), Absent(), Count(d.Totals[b]),
		Difference(float64(d.Totals[a]-d.Totals[b]), UnitNone)})
	if len(d.SkippedScores) > 0 {
		t.More = "Nothing to say about this pod: " + strings.Join(d.SkippedScores, ", ") + "."
	}
	return t
}

// asked answers why the pod is not on the node that is asked about.
func (e *Explanation) asked(d *Decision, in string) []Section {
	if e.Node == "" {
		return nil
	}
	sentence := func(format string, args ...any) []Section {
		t := &Table{Columns: []Column{{Key: "answer", Head: "ANSWER", Wide: true}}, Headless: true}
		t.Rows = append(t.Rows, []Value{Text(fmt.Sprintf(format, args...))})
		return []Section{{Key: "node", Title: "NODE " + e.Node + in, Table: t}}
	}
	for i := range d.Rejected {
		if v := &d.Rejected[i]; v.Node == e.Node {
			return sentence("%s rejects it (%s): %s", v.Plugin, v.Code, withClue(strings.Join(v.Reasons, ", "), v.Clue))
		}
	}
	at := slices.Index(d.Feasible, e.Node)
	switch {
	case at < 0 && d.Whole != nil:
		return sentence("%s rejects the pod before any node is looked at (%s): %s", d.Whole.Plugin, d.Whole.Code, strings.Join(d.Whole.Reasons, ", "))
	case at < 0:
		return sentence("It was not looked at: enough other nodes fit (percentageOfNodesToScore), or a nominated node came first.")
	case e.Node == d.Node:
		return sentence("It was chosen: %s.", d.decided())
	case !d.scored():
		return sentence("It fits, but the attempt ended otherwise: %s", d.Message)
	}
	order := d.ranking()
	place := slices.Index(order, at) + 1
	return append(sentence("It fits, and is number %d of %d: %d points, %d behind %s.", place, len(order), d.Totals[at], d.Totals[order[0]]-d.Totals[at], d.Feasible[order[0]]),
		Section{Key: "node_scores", Title: scoresTitle(d, order[0], at, "asked about", in), Table: duelTable(d, order[0], at)})
}

// preempting tells what preemption could do and did.
func preempting(d *Decision, in string) []Section {
	if d.Preemption == "" && len(d.Candidates) == 0 {
		return nil
	}
	t := &Table{Columns: []Column{{Key: "node", Head: "NODE"}, {Key: "pods", Head: "EVICTS"}, {Key: "violations", Head: "AGAINST BUDGETS"}, {Key: "victims", Head: "VICTIMS", Wide: true}}}
	for i := range d.Candidates {
		c := &d.Candidates[i]
		if i == ranked && c.Node != d.Nominated {
			t.More = fmt.Sprintf("%s nodes could make room.", Count(int64(len(d.Candidates))))
			break
		}
		node := c.Node
		if node == d.Nominated {
			node += " (chosen)"
		}
		t.Rows = append(t.Rows, []Value{Text(node), Count(int64(len(c.Victims))), Count(int64(c.Violations)), Text(some(c.Victims, 5))})
	}
	return []Section{{Key: "preemption", Title: "PREEMPTION" + in, Table: t}}
}
