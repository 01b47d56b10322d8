package reports

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/reports/stats"
)

// Doc lays the comparison out: a line per metric and policy, with what is the same everywhere in
// a block of its own.
func (c *Comparison) Doc() *Doc {
	d := &Doc{
		Report: "compare",
		Title:  c.origin.Name,
		Facts: []Part{
			{Key: "policies", Value: Count(int64(len(c.policies))), After: plainPlural(len(c.policies), " policy", " policies")},
			{Key: "seeds", Value: Count(int64(len(c.seeds))), After: plainPlural(len(c.seeds), " seed", " seeds") + " " + c.seedRange()},
			{Key: "runs", Value: Count(int64(len(c.runs))), After: plainPlural(len(c.runs), " run", " runs")},
		},
		Origin: []Part{
			{Key: "version", Before: "towtank ", Value: Text(c.origin.Version)},
			{Key: "scenario_hash", Before: "scenario ", Value: Text(shortHash(c.origin.ScenarioHash))},
		},
		Alerts: c.alerts(),
	}
	d.Sections = []Section{c.metricsSection(), c.constantSection()}
	return d
}

func plainPlural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// seedRange names the seeds: first to last when they follow each other.
func (c *Comparison) seedRange() string {
	first, last := c.seeds[0], c.seeds[len(c.seeds)-1]
	for i, seed := range c.seeds {
		if seed != first+uint64(i) {
			texts := make([]string, len(c.seeds))
			for i, seed := range c.seeds {
				texts[i] = fmt.Sprint(seed)
			}
			return "(" + strings.Join(texts, ", ") + ")"
		}
	}
	if first == last {
		return fmt.Sprintf("(%d)", first)
	}
	return fmt.Sprintf("(%d to %d)", first, last)
}

func (c *Comparison) alerts() []string {
	var alerts []string
	for i := range c.runs {
		if c.runs[i].Interrupted {
			alerts = append(alerts, "Interrupted: not every run came to its end, so the numbers do not compare like with like.")
			break
		}
	}
	if len(c.seeds) == 1 {
		alerts = append(alerts, "One seed: there is no interval, and a difference may be chance. Ask for more with --seeds.")
	}
	return alerts
}

// metricsSection is the table of what differs between runs.
func (c *Comparison) metricsSection() Section {
	first := c.policies[0]
	t := &Table{Columns: []Column{
		{Key: "metric", Head: "METRIC", Once: true}, {Key: "policy", Head: "POLICY"}, {Key: "runs", Head: "RUNS"},
		{Key: "mean", Head: "MEAN"}, {Key: "interval", Head: "95 %"},
		{Key: "difference", Head: "TO " + strings.ToUpper(first)}, {Key: "difference_interval", Head: "95 %"}, {Key: "verdict", Head: "VERDICT"},
	}}
	for i := range c.lines {
		if l := &c.lines[i]; !l.constant() {
			for p := range c.policies {
				t.Rows = append(t.Rows, c.row(l, p))
			}
		}
	}
	t.More = "Intervals are Student's t, differences are taken seed by seed; unclear: the interval holds zero. Each interval holds with 95 %: of twenty differences that are none, one is called real."
	return Section{Key: "metrics", Title: "METRICS", Table: t}
}

func (c *Comparison) row(l *line, policy int) []Value {
	mean := l.mean(policy)
	row := []Value{Text(l.Name), Text(c.policies[policy]), Count(int64(mean.N)), Number(mean.Mean, l.Unit), interval(mean, l.Unit)}
	if policy == 0 {
		return append(row, Absent(), Absent(), Text(""))
	}
	d := l.difference(policy)
	return append(row, Difference(d.Mean, l.Unit), interval(d, l.Unit), Text(l.verdict(d)))
}

func interval(i stats.Interval, unit Unit) Value {
	return Range(i.Low(), i.High(), unit)
}

// constantSection lists the metrics that came out the same in every run.
func (c *Comparison) constantSection() Section {
	f := Figure{Key: "same_in_every_run", Label: "SAME IN EVERY RUN"}
	for i := range c.lines {
		if l := &c.lines[i]; l.constant() {
			f.Parts = append(f.Parts, Part{Key: l.Name, Before: l.Name + " ", Value: Number(l.values[0][0], l.Unit)})
		}
	}
	return Section{Figures: []Figure{f}}
}
