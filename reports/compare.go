package reports

import (
	"math"
	"slices"

	"towtank.dev/towtank/reports/stats"
)

// Run is what a comparison keeps of one run: a policy on a seed.
type Run struct {
	Policy      string
	Seed        uint64
	Fingerprint string
	Interrupted bool
	Metrics     []Metric
}

// NewRun takes the metrics from the summary of a run under a policy.
func NewRun(policy string, s *Summary) Run {
	return Run{policy, s.header.Seed, s.footer.Fingerprint, s.footer.Interrupted, Metrics(s)}
}

// Origin says what was compared.
type Origin struct {
	Name         string // of the scenario
	Version      string
	ScenarioHash string
}

// Comparison holds several policies against each other on the same seeds.
type Comparison struct {
	origin   Origin
	policies []string // in order of first appearance; the others are held against the first
	seeds    []uint64
	runs     []Run // in the order of policies, then seeds
	lines    []line
}

// line is one metric over all policies.
type line struct {
	Metric
	values [][]float64 // by policy, then seed; NaN where the run has no such value
}

// Compare arranges runs by policy and seed. The order of the runs does not matter but for the order in
// which policies and seeds are shown. It panics when a policy lacks a seed that another has: what is
// not run on the same seeds cannot be paired.
func Compare(origin Origin, runs []Run) *Comparison {
	c := &Comparison{origin: origin}
	for i := range runs {
		if !slices.Contains(c.policies, runs[i].Policy) {
			c.policies = append(c.policies, runs[i].Policy)
		}
		if !slices.Contains(c.seeds, runs[i].Seed) {
			c.seeds = append(c.seeds, runs[i].Seed)
		}
	}
	for _, policy := range c.policies {
		for _, seed := range c.seeds {
			i := slices.IndexFunc(runs, func(r Run) bool { return r.Policy == policy && r.Seed == seed })
			if i < 0 {
				panic("reports: policy " + policy + " was not run on every seed")
			}
			c.runs = append(c.runs, runs[i])
		}
	}
	if len(c.runs) != len(runs) {
		panic("reports: a policy was run twice on one seed")
	}
	c.arrange()
	return c
}

// arrange collects the values of each metric. Metrics that only some runs have (of a resource that
// some clusters lack) follow in the order in which they are met.
func (c *Comparison) arrange() {
	places := map[string]int{}
	for i := range c.runs {
		for _, m := range c.runs[i].Metrics {
			at, ok := places[m.Name]
			if !ok {
				at = len(c.lines)
				places[m.Name] = at
				c.lines = append(c.lines, line{m, c.grid()})
			}
			c.lines[at].values[i/len(c.seeds)][i%len(c.seeds)] = m.Value
		}
	}
}

func (c *Comparison) grid() [][]float64 {
	grid := make([][]float64, len(c.policies))
	for p := range grid {
		grid[p] = make([]float64, len(c.seeds))
		for s := range grid[p] {
			grid[p][s] = math.NaN()
		}
	}
	return grid
}

// constant says whether all runs of all policies gave one value, or none did.
func (l *line) constant() bool {
	first := l.values[0][0]
	for _, values := range l.values {
		for _, x := range values {
			if x != first && !(math.IsNaN(x) && math.IsNaN(first)) {
				return false
			}
		}
	}
	return true
}

// mean is the mean of the metric under a policy.
func (l *line) mean(policy int) stats.Interval { return stats.Mean(l.values[policy]) }

// difference is the mean of policy minus first policy, seed by seed.
func (l *line) difference(policy int) stats.Interval {
	return stats.Paired(l.values[0], l.values[policy])
}

// verdict says in a word what the difference to the first policy means.
func (l *line) verdict(d stats.Interval) string {
	switch {
	case d.N == 0:
		return "no values"
	case !d.Known():
		return "one pair"
	case d.Mean == 0 && d.Half == 0:
		return "same"
	case !d.Differs():
		return "unclear"
	case l.Better == Neutral && d.Mean > 0:
		return "more"
	case l.Better == Neutral:
		return "less"
	case (l.Better == Higher) == (d.Mean > 0):
		return "better"
	}
	return "worse"
}
