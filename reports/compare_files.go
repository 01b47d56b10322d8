package reports

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"towtank.dev/towtank/reports/stats"
	"towtank.dev/towtank/sim/record"
)

// The files of a comparison.
const (
	CompareFile = "compare.json"
	RunsFile    = "runs.csv"
	MetricsFile = "metrics.csv"
	PairsFile   = "pairs.csv"
)

// CompareLayout is the layout of a comparison's folder: open it with record.OpenFolder before the runs,
// and write the comparison to it after them.
var CompareLayout = record.Layout{
	Format: "towtank.dev/compare/v1alpha1",
	Marker: CompareFile,
	Files:  []string{RunsFile, MetricsFile, PairsFile},
}

// Write writes the files of the comparison and puts them in place: runs.csv with a row per run,
// metrics.csv with a row per policy and metric, pairs.csv with a row per metric and policy but the
// first, and compare.json that says what was compared. On error nothing is left.
func (c *Comparison) Write(folder *record.Folder) error {
	origin, err := c.describe()
	if err != nil {
		return err
	}
	files := []struct {
		name    string
		content []byte
	}{{RunsFile, c.runsCSV()}, {MetricsFile, c.metricsCSV()}, {PairsFile, c.pairsCSV()}, {CompareFile, origin}}
	for _, f := range files {
		if err := folder.WriteFile(f.name, f.content); err != nil {
			folder.Abort()
			return err
		}
	}
	return folder.Commit()
}

// describe is compare.json.
func (c *Comparison) describe() ([]byte, error) {
	content, err := json.MarshalIndent(struct {
		Format       string   `json:"format"`
		Version      string   `json:"version"`
		Name         string   `json:"name"`
		ScenarioHash string   `json:"scenarioHash"`
		Policies     []string `json:"policies"`
		Seeds        []uint64 `json:"seeds"`
	}{CompareLayout.Format, c.origin.Version, c.origin.Name, c.origin.ScenarioHash, c.policies, c.seeds}, "", "  ")
	return append(content, '\n'), err
}

// csvColumn is a column of a comparison's file: R is what a row is made from.
type csvColumn[R any] struct {
	record.Column
	value func(R) string
}

// csvTable writes rows under their header.
func csvTable[R any](columns []csvColumn[R], rows []R) []byte {
	var b []byte
	line := func(field func(csvColumn[R]) string) {
		for i, c := range columns {
			if i > 0 {
				b = append(b, ',')
			}
			b = record.AppendField(b, field(c))
		}
		b = append(b, '\n')
	}
	line(func(c csvColumn[R]) string { return c.Name })
	for _, r := range rows {
		line(func(c csvColumn[R]) string { return c.value(r) })
	}
	return b
}

// runColumns are the columns of runs.csv before those of the metrics. R is the run's place.
func (c *Comparison) runColumns() []csvColumn[int] {
	return []csvColumn[int]{
		{record.Column{Name: "policy", Meaning: "name of the policy"}, func(i int) string { return c.runs[i].Policy }},
		{record.Column{Name: "seed", Meaning: "seed of the run: policies of one seed saw the same arrivals and draws"}, func(i int) string { return strconv.FormatUint(c.runs[i].Seed, 10) }},
		{record.Column{Name: "fingerprint", Meaning: "hash over everything that happened in the run"}, func(i int) string { return c.runs[i].Fingerprint }},
		{record.Column{Name: "interrupted", Meaning: "whether the run was stopped before its end"}, func(i int) string { return strconv.FormatBool(c.runs[i].Interrupted) }},
	}
}

func (c *Comparison) runsCSV() []byte {
	columns, rows := c.runColumns(), make([]int, len(c.runs))
	for j := range c.lines {
		l := &c.lines[j]
		columns = append(columns, csvColumn[int]{
			record.Column{Name: l.column()},
			func(i int) string { return number(l.values[i/len(c.seeds)][i%len(c.seeds)]) },
		})
	}
	for i := range rows {
		rows[i] = i
	}
	return csvTable(columns, rows)
}

// column is the name of a metric as a column: with the suffix of its unit.
func (m *Metric) column() string {
	if m.Unit == UnitSpan {
		return m.Name + "_seconds"
	}
	return m.Name
}

// estimate is a metric under a policy, or its difference between two.
type estimate struct {
	line    *line
	policy  string
	against string
	stats.Interval
}

// estimateColumns are the columns that metrics.csv and pairs.csv begin with.
var estimateColumns = []csvColumn[estimate]{
	{record.Column{Name: "metric", Meaning: "name of the metric, see above"}, func(e estimate) string { return e.line.Name }},
	{record.Column{Name: "unit", Meaning: "of the metric: s for seconds, 0–1 for a share", Empty: "it is a number of things"}, func(e estimate) string { return string(e.line.Unit) }},
	{record.Column{Name: "better", Meaning: "lower or higher", Empty: "the metric does not judge"}, func(e estimate) string { return string(e.line.Better) }},
	{record.Column{Name: "policy", Meaning: "name of the policy"}, func(e estimate) string { return e.policy }},
}

var metricsColumns = append(slices.Clone(estimateColumns), []csvColumn[estimate]{
	{record.Column{Name: "runs", Meaning: "runs that have a value"}, count},
	{record.Column{Name: "mean", Meaning: "mean over those runs", Empty: "no run has a value"}, mean},
	{record.Column{Name: "stddev", Meaning: "sample standard deviation (n − 1) over those runs", Empty: "fewer than two have a value"}, deviation},
	{record.Column{Name: "low", Meaning: "mean − t(0.975, n−1) · stddev / √n", Empty: "fewer than two have a value"}, low},
	{record.Column{Name: "high", Meaning: "mean + t(0.975, n−1) · stddev / √n", Empty: "fewer than two have a value"}, high},
}...)

var pairsColumns = append(slices.Clone(estimateColumns), []csvColumn[estimate]{
	{record.Column{Name: "against", Meaning: "policy it is held against: the first"}, func(e estimate) string { return e.against }},
	{record.Column{Name: "pairs", Meaning: "seeds on which both have a value"}, count},
	{record.Column{Name: "difference", Meaning: "mean of policy − against, seed by seed; less than 10⁻⁹ of the values counts as 0", Empty: "there is no pair"}, mean},
	{record.Column{Name: "stddev", Meaning: "sample standard deviation (n − 1) of the differences", Empty: "there are fewer than two pairs"}, deviation},
	{record.Column{Name: "low", Meaning: "difference − t(0.975, n−1) · stddev / √n", Empty: "there are fewer than two pairs"}, low},
	{record.Column{Name: "high", Meaning: "difference + t(0.975, n−1) · stddev / √n", Empty: "there are fewer than two pairs"}, high},
	{record.Column{Name: "differs", Meaning: "whether the interval leaves zero out", Empty: "there are fewer than two pairs"}, func(e estimate) string { return differs(e.Interval) }},
}...)

func count(e estimate) string     { return strconv.Itoa(e.N) }
func mean(e estimate) string      { return number(e.Mean) }
func deviation(e estimate) string { return number(e.StdDev) }
func low(e estimate) string       { return number(e.Low()) }
func high(e estimate) string      { return number(e.High()) }

func (c *Comparison) metricsCSV() []byte {
	var rows []estimate
	for i := range c.lines {
		for p, policy := range c.policies {
			rows = append(rows, estimate{&c.lines[i], policy, "", c.lines[i].mean(p)})
		}
	}
	return csvTable(metricsColumns, rows)
}

func (c *Comparison) pairsCSV() []byte {
	var rows []estimate
	for i := range c.lines {
		for p := 1; p < len(c.policies); p++ {
			rows = append(rows, estimate{&c.lines[i], c.policies[p], c.policies[0], c.lines[i].difference(p)})
		}
	}
	return csvTable(pairsColumns, rows)
}

// differs is empty when it cannot be said.
func differs(d stats.Interval) string {
	if !d.Known() {
		return ""
	}
	return strconv.FormatBool(d.Differs())
}

// number writes a number in full, and nothing for none.
func number(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return Digits(x)
}
