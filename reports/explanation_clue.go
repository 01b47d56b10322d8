package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// withClue puts what a plugin adds behind upstream's words.
func withClue(text, clue string) string {
	if clue == "" {
		return text
	}
	return text + " — " + clue
}

// clue sums up what a plugin adds for the nodes of one reason: the node that is closest to fitting where that can
// be measured, else what most nodes have in common.
func (r *reason) clue() string {
	nearest := slices.MinFunc(r.verdicts, func(a, b *Verdict) int { return cmp.Compare(a.Lack, b.Lack) })
	if nearest.Lack > 0 && len(r.verdicts) > 1 {
		return "closest is " + nearest.Node + ": " + nearest.Clue
	}
	var texts []string
	count := map[string]int{}
	for _, v := range r.verdicts {
		if v.Clue == "" {
			continue
		}
		if count[v.Clue]++; count[v.Clue] == 1 {
			texts = append(texts, v.Clue)
		}
	}
	if len(texts) == 0 || len(texts) == 1 && count[texts[0]] == len(r.verdicts) {
		return strings.Join(texts, "")
	}
	slices.SortStableFunc(texts, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	const few = 2
	var list []string
	for _, text := range texts[:min(few, len(texts))] {
		list = append(list, fmt.Sprintf("%s (%d)", text, count[text]))
	}
	if left := len(texts) - few; left > 0 {
		list = append(list, fmt.Sprintf("and %d other ways", left))
	}
	return strings.Join(list, "; ")
}

// left sums up the events that were looked at and did not help.
func (e *Explanation) left() Section {
	t := &Table{Columns: []Column{{Key: "times", Head: "TIMES"}, {Key: "event", Head: "EVENT"}, {Key: "first_seconds", Head: "FIRST"}, {Key: "last_seconds", Head: "LAST"}, {Key: "why", Head: "WHY", Wide: true}}}
	type kind struct{ event, why string }
	at := map[kind]int{}
	var sums []Stay
	for i := range e.Stays {
		s := &e.Stays[i]
		k := kind{s.Event, s.why()}
		n, ok := at[k]
		if !ok {
			n = len(sums)
			at[k] = n
			sums = append(sums, *s)
			continue
		}
		sums[n].Times += s.Times
		sums[n].Last = s.Last
	}
	for i := range sums {
		s := &sums[i]
		t.Rows = append(t.Rows, []Value{Count(s.Times), Text(s.Event), Instant(s.First), Instant(s.Last), Text(s.why())})
	}
	return Section{Key: "stays", Title: "DID NOT WAKE IT", Table: t}
}

// why says why the events did not help.
func (s *Stay) why() string {
	switch len(s.Asked) {
	case 0:
		return "no plugin that rejected the pod asks for such events"
	case 1:
		return s.Asked[0] + " saw that it does not help (its hint said skip)"
	}
	return strings.Join(s.Asked, ", ") + " saw that it does not help (their hints said skip)"
}
