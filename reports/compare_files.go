package reports

import (
	"encoding/json"
	"math"
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

// csvFile gathers rows.
type csvFile []byte

func (f *csvFile) row(fields ...string) {
	for i, field := range fields {
		if i > 0 {
			*f = append(*f, ',')
		}
		*f = record.AppendField(*f, field)
	}
	*f = append(*f, '\n')
}

// column is the name of a metric as a column: with the suffix of its unit.
func (m *Metric) column() string {
	if m.Unit == UnitSpan {
		return m.Name + "_seconds"
	}
	return m.Name
}

func (c *Comparison) runsCSV() []byte {
	var f csvFile
	header := []string{"policy", "seed", "fingerprint", "interrupted"}
	for i := range c.lines {
		header = append(header, c.lines[i].column())
	}
	f.row(header...)
	for i := range c.runs {
		r := &c.runs[i]
		row := []string{r.Policy, strconv.FormatUint(r.Seed, 10), r.Fingerprint, strconv.FormatBool(r.Interrupted)}
		for j := range c.lines {
			row = append(row, number(c.lines[j].values[i/len(c.seeds)][i%len(c.seeds)]))
		}
		f.row(row...)
	}
	return f
}

func (c *Comparison) metricsCSV() []byte {
	var f csvFile
	f.row("metric", "unit", "better", "policy", "runs", "mean", "stddev", "low", "high")
	for i := range c.lines {
		l := &c.lines[i]
		for p, policy := range c.policies {
			m := l.mean(p)
			f.row(l.Name, string(l.Unit), string(l.Better), policy, strconv.Itoa(m.N), number(m.Mean), number(m.StdDev), number(m.Low()), number(m.High()))
		}
	}
	return f
}

func (c *Comparison) pairsCSV() []byte {
	var f csvFile
	f.row("metric", "unit", "better", "policy", "against", "pairs", "difference", "stddev", "low", "high", "differs")
	for i := range c.lines {
		l := &c.lines[i]
		for p := 1; p < len(c.policies); p++ {
			d := l.difference(p)
			f.row(l.Name, string(l.Unit), string(l.Better), c.policies[p], c.policies[0], strconv.Itoa(d.N), number(d.Mean),
				number(d.StdDev), number(d.Low()), number(d.High()), differs(d))
		}
	}
	return f
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
