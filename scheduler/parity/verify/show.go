package verify

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// mostDifferences and mostNodes bound what is shown of a cycle.
const (
	mostDifferences = 4
	mostNodes       = 24
)

// Write tells the report to people. What took how long is not in it: it is the same every time.
func (r *Report) Write(w io.Writer) {
	if r.Found != nil {
		r.Found.write(w)
	}
	fmt.Fprintf(w, "%s with kube-scheduler's own code: %s scheduled, %s unschedulable, %s errors\n",
		plural(r.Cycles), number(r.Scheduled), number(r.Unschedulable), number(r.Failed))
	fmt.Fprintf(w, "compared in them: %s verdicts on nodes, %s scores of plugins, %s preemptions, %s ties\n",
		number(r.Nodes), number(r.Scores), number(r.Preemptions), number(r.Ties))
	fmt.Fprintf(w, "tieBreak %s: %s\n", r.TieBreak, tieText(r.TieBreak))
	if r.Found != nil {
		return
	}
	fmt.Fprintf(w, "the runtime that keeps answers decides the same in %s of %s cycles", number(r.Kept), number(r.Cycles))
	if r.Complete {
		fmt.Fprintf(w, ", fingerprint %s", r.Fingerprint)
	}
	fmt.Fprintln(w)
	if !r.Complete {
		fmt.Fprintln(w, "stopped before the scenario's end: --max-cycles")
	}
}

func tieText(rule string) string {
	switch rule {
	case "random":
		return "which nodes tie is compared, and that the one drawn is among them"
	case "name":
		return "which nodes tie is compared, and that the smallest name of them is taken"
	}
	return "the node taken is compared"
}

// write shows where the two sides part, the cause before its consequences, and the whole cycle on both.
func (f *Found) write(w io.Writer) {
	fmt.Fprintf(w, "DIFFERENCE in cycle %s, t=%s: pod %s, attempt %d\n", number(f.Cycle), f.At, f.Pod, f.Attempt)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, d := range f.Differences {
		if i == mostDifferences {
			break
		}
		where := d.Where
		if _, field, ok := strings.Cut(where, "attempts[0] "); ok {
			where = field
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n\t%s\t%s\n", where, f.Sides[0], d.Want, f.Sides[1], d.Got)
	}
	t.Flush()
	if more := len(f.Differences) - mostDifferences; more > 0 {
		fmt.Fprintf(w, "  and %d fields more\n", more)
	}
	if f.Want != nil && f.Got != nil {
		f.sides(w)
	}
	fmt.Fprintln(w)
}

// sides shows the cycle on both sides: how it ended, then node by node, the nodes that differ first.
func (f *Found) sides(w io.Writer) {
	want, got := &f.Want.Attempts[0], &f.Got.Attempts[0]
	fmt.Fprintln(w, "THE CYCLE ON BOTH SIDES")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, a, b string) {
		switch {
		case a == "" && b == "":
		case a == b:
			fmt.Fprintf(t, "  %s\tboth\t%s\n", name, a)
		default:
			fmt.Fprintf(t, "! %s\t%s\t%s\n\t%s\t%s\n", name, f.Sides[0], dash(a), f.Sides[1], dash(b))
		}
	}
	row("result", f.Want.Result, f.Got.Result)
	row("node", f.Want.Node, f.Got.Node)
	row("ties", strings.Join(want.Best, " "), strings.Join(got.Best, " "))
	row("search began at", strconv.Itoa(want.StartIndex), strconv.Itoa(got.StartIndex))
	row("verdicts", strconv.Itoa(want.EvaluatedNodes), strconv.Itoa(got.EvaluatedNodes))
	row("nominated to", want.NominatedNodeTriedFirst, got.NominatedNodeTriedFirst)
	row("PreFilter", verdict(want.PreFilter), verdict(got.PreFilter))
	row("message", want.Message, got.Message)
	preemptionRows(row, want.Preemption, got.Preemption)
	nodes := f.nodes()
	for _, n := range nodes[:min(len(nodes), mostNodes)] {
		row(n, nodeText(want, n), nodeText(got, n))
	}
	t.Flush()
	if more := len(nodes) - mostNodes; more > 0 {
		fmt.Fprintf(w, "  and %d nodes more\n", more)
	}
}

func preemptionRows(row func(name, a, b string), want, got *answer.Preemption) {
	if want == nil {
		want = &answer.Preemption{}
	}
	if got == nil {
		got = &answer.Preemption{}
	}
	row("nominated", want.Nominated, got.Nominated)
	row("victims", strings.Join(want.Victims, " "), strings.Join(got.Victims, " "))
	for _, n := range union(want.Candidates, got.Candidates) {
		row("candidate "+n, candidate(want, n), candidate(got, n))
	}
}

func candidate(p *answer.Preemption, node string) string {
	c, ok := p.Candidates[node]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s (violating %d)", strings.Join(c.Victims, " "), c.PDBViolations)
}

// nodes are the nodes of which either side says something, those that differ first.
func (f *Found) nodes() []string {
	want, got := &f.Want.Attempts[0], &f.Got.Attempts[0]
	all := union(want.Infeasible, got.Infeasible)
	for _, n := range slices.Concat(want.Feasible, got.Feasible) {
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	slices.SortStableFunc(all, func(a, b string) int {
		return rank(nodeText(want, a) == nodeText(got, a)) - rank(nodeText(want, b) == nodeText(got, b))
	})
	return all
}

func rank(same bool) int {
	if same {
		return 1
	}
	return 0
}

// nodeText is what a side says of a node.
func nodeText(a *answer.Attempt, node string) string {
	if s, ok := a.Infeasible[node]; ok {
		return verdict(&s)
	}
	if s, ok := a.Scores[node]; ok {
		return scoreText(s)
	}
	if slices.Contains(a.Feasible, node) {
		return "fits"
	}
	return ""
}

// scoreText is a node's points as a sum. A plugin's raw score stands beside it where it is another.
func scoreText(s answer.Score) string {
	var parts []string
	for _, p := range union(s.Weighted, s.Raw) {
		weighted, raw := s.Weighted[p], s.Raw[p]
		switch {
		case weighted == 0 && raw == 0:
		case weighted == raw:
			parts = append(parts, fmt.Sprintf("%s %d", p, weighted))
		default:
			parts = append(parts, fmt.Sprintf("%s %d (raw %d)", p, weighted, raw))
		}
	}
	return fmt.Sprintf("fits: %d = %s", s.Total, strings.Join(parts, " + "))
}

func verdict(s *answer.Status) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%s %s: %s", s.Plugin, s.Code, strings.Join(s.Reasons, ", "))
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// union are the keys of both maps, sorted.
func union[T any](a, b map[string]T) []string {
	var names []string
	for n := range a {
		names = append(names, n)
	}
	for n := range b {
		if _, ok := a[n]; !ok {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// plural is so many cycles that agree.
func plural(n int) string {
	if n == 1 {
		return "1 cycle agrees"
	}
	return number(n) + " cycles agree"
}

// number is a count with commas between thousands.
func number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
