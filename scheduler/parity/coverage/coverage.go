// Package coverage counts which outcomes of which plugins a set of answers reached, and
// which of the reasons upstream can give none of them did.
package coverage

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// Outcome is one way in which a plugin, or a whole pod, came out.
type Outcome struct{ Plugin, Code, Reason string }

// Counters count outcomes over answers.
type Counters struct {
	outcomes map[Outcome]int
	messages map[string]struct{}
}

// New is an empty count.
func New() *Counters {
	return &Counters{outcomes: map[Outcome]int{}, messages: map[string]struct{}{}}
}

// Add counts one answer.
func (c *Counters) Add(d *answer.Document) {
	for _, p := range d.Pods {
		c.outcomes[Outcome{"(pod)", p.Result, ""}]++
		c.messages[p.Message] = struct{}{}
		for _, a := range p.Attempts {
			c.attempt(a)
		}
	}
}

func (c *Counters) attempt(a answer.Attempt) {
	for _, s := range a.Infeasible {
		c.status(s, "")
	}
	if a.PreFilter != nil {
		c.status(*a.PreFilter, "PreFilter ")
	}
	for _, p := range a.SkippedFilterPlugins {
		c.outcomes[Outcome{p, "PreFilter Skip", ""}]++
	}
	for _, p := range a.SkippedScorePlugins {
		c.outcomes[Outcome{p, "PreScore Skip", ""}]++
	}
	for _, s := range a.Scores {
		for p, v := range s.Raw {
			c.outcomes[Outcome{p, "Score", scale(v)}]++
		}
	}
	c.ways(a)
	c.messages[a.Message] = struct{}{}
}

// ways counts how the cycle as a whole went.
func (c *Counters) ways(a answer.Attempt) {
	for way, ok := range map[string]bool{
		"one feasible node":      len(a.Feasible) == 1,
		"tie for the best":       len(a.Best) > 1,
		"nominated node taken":   a.NominatedNodeTriedFirst != "" && a.NominatedNodeTriedFirst == a.Chosen,
		"nominated node refused": a.NominatedNodeTriedFirst != "" && a.NominatedNodeTriedFirst != a.Chosen,
		"PreFilter node subset":  len(a.PreFilterNodes) > 0,
		"walk starts elsewhere":  a.StartIndex > 0,
	} {
		if ok {
			c.outcomes[Outcome{"(cycle)", way, ""}]++
		}
	}
	if p := a.Preemption; p != nil {
		c.preemption(p)
	}
}

func (c *Counters) preemption(p *answer.Preemption) {
	way := "none found"
	if p.Nominated != "" {
		way = fmt.Sprintf("%d victims", min(len(p.Victims), 3))
		if len(p.Best) > 1 {
			c.outcomes[Outcome{"DefaultPreemption", "tie", ""}]++
		}
		if p.Candidates[p.Nominated].PDBViolations > 0 {
			c.outcomes[Outcome{"DefaultPreemption", "budget violated", ""}]++
		}
	}
	c.outcomes[Outcome{"DefaultPreemption", way, ""}]++
	c.messages[p.Message] = struct{}{}
}

func (c *Counters) status(s answer.Status, prefix string) {
	for _, r := range s.Reasons {
		c.outcomes[Outcome{s.Plugin, prefix + s.Code, r}]++
		c.messages[r] = struct{}{}
	}
}

// scale puts a raw score into one of few classes.
func scale(v int64) string {
	switch {
	case v < 0:
		return "below 0"
	case v == 0:
		return "0"
	case v < 100:
		return "1 to 99"
	case v == 100:
		return "100"
	}
	return "above 100"
}

// Write prints the counts, then the reasons upstream has that no answer gave, and returns how many of these
// nothing explains. An explanation that is wrong, because its reason was reached, counts as well.
func (c *Counters) Write(w io.Writer, upstream []Reason) (unexplained int, err error) {
	outcomes := slices.SortedFunc(maps.Keys(c.outcomes), func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(a.Plugin, b.Plugin), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Reason, b.Reason))
	})
	for _, o := range outcomes {
		if _, err := fmt.Fprintf(w, "%9d  %-32s %-40s %s\n", c.outcomes[o], o.Plugin, o.Code, o.Reason); err != nil {
			return 0, err
		}
	}
	missing, never, wrong := 0, 0, 0
	for _, r := range upstream {
		if c.reached(r) {
			if _, ok := unreachable[r.Text]; ok {
				wrong++
				fmt.Fprintf(w, "reached after all  %-18s %q, which is listed as unreachable\n", r.Package, r.Text)
			}
			continue
		}
		if why, ok := unreachable[r.Text]; ok {
			never++
			if _, err := fmt.Fprintf(w, "unreachable  %-24s %q: %s\n", r.Package, r.Text, why); err != nil {
				return 0, err
			}
			continue
		}
		if missing++; missing == 1 {
			fmt.Fprintln(w, "\nReasons in upstream's source that no answer gave:")
		}
		if _, err := fmt.Fprintf(w, "  %-24s %s\n", r.Package, r.Text); err != nil {
			return 0, err
		}
	}
	_, err = fmt.Fprintf(w, "\n%d of %d reasons reached, %d unreachable.\n", len(upstream)-missing-never, len(upstream), never)
	return missing + wrong, err
}

func (c *Counters) reached(r Reason) bool {
	for m := range c.messages {
		if r.pattern.MatchString(m) {
			return true
		}
	}
	return false
}
