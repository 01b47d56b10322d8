package reports_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

var origin = reports.Origin{Name: "bin-packing", Version: "v0.1.0", ScenarioHash: "3fa9c1d2e4b5a6978877665544332211"}

// policyRun is a run whose waits are shared by the policies but for a shift, and whose nodes in use
// differ by the policy alone.
func policyRun(policy string, seed uint64, shift, used float64) reports.Run {
	draws := sim.NewStream(seed, "reports/compare")
	values := []reports.Metric{
		{Name: "pods_created", Value: 400},
		{Name: "wait_mean", Unit: reports.UnitSpan, Value: 30*draws.Float64() + shift + draws.Float64(), Better: reports.Lower},
		{Name: "nodes_used_mean", Value: used, Better: reports.Lower},
		{Name: "cpu_requested_mean", Unit: reports.UnitShare, Value: 0.5 + draws.Float64()/50, Better: reports.Higher},
		{Name: "turnaround_mean", Unit: reports.UnitSpan, Value: math.NaN(), Better: reports.Lower},
	}
	if seed == 3 {
		values[2].Value = math.NaN()
	}
	return reports.Run{Policy: policy, Seed: seed, Fingerprint: "00000000000000ff", Metrics: values}
}

func compareThree() *reports.Comparison {
	var all []reports.Run
	for seed := uint64(1); seed <= 10; seed++ {
		all = append(all, policyRun("default", seed, 0, 20), policyRun("most-allocated", seed, 2, 14), policyRun("same", seed, 0, 20))
	}
	return reports.Compare(origin, all)
}

func compareOneSeed() *reports.Comparison {
	return reports.Compare(origin, []reports.Run{policyRun("default", 5, 0, 20), policyRun("most-allocated", 5, 2, 14)})
}

// rows reads a CSV table of a comparison as maps by column.
func rows(t *testing.T, dir, name string) []map[string]string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	header := strings.Split(lines[0], ",")
	var list []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, field := range strings.Split(line, ",") {
			row[header[i]] = field
		}
		list = append(list, row)
	}
	return list
}

func writeComparison(t *testing.T, c *reports.Comparison) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "cmp")
	folder, err := record.OpenFolder(dir, reports.CompareLayout)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(folder); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestComparisonFiles(t *testing.T) {
	dir := writeComparison(t, compareThree())
	if n := len(rows(t, dir, reports.RunsFile)); n != 30 {
		t.Errorf("%d rows in runs.csv, want 3 policies × 10 seeds", n)
	}
	metrics := rows(t, dir, reports.MetricsFile)
	if n := len(metrics); n != 15 {
		t.Errorf("%d rows in metrics.csv, want 5 metrics × 3 policies", n)
	}
	pairs := rows(t, dir, reports.PairsFile)
	if n := len(pairs); n != 10 {
		t.Errorf("%d rows in pairs.csv, want 5 metrics × 2 policies", n)
	}
	find := func(list []map[string]string, metric, policy string) map[string]string {
		i := slices.IndexFunc(list, func(r map[string]string) bool { return r["metric"] == metric && r["policy"] == policy })
		return list[i]
	}
	// The shift of two seconds is the same on every seed; the draws that the seeds share cancel out.
	wait := find(pairs, "wait_mean", "most-allocated")
	if wait["differs"] != "true" || wait["pairs"] != "10" || !strings.HasPrefix(wait["difference"], "2.0000000") && !strings.HasPrefix(wait["difference"], "1.9999999") && wait["difference"] != "2" {
		t.Errorf("wait of most-allocated against default: %v, want a difference of 2 s that is real", wait)
	}
	// A policy against itself differs by nothing, with an interval of no width.
	same := find(pairs, "wait_mean", "same")
	if same["difference"] != "0" || same["low"] != "0" || same["high"] != "0" || same["differs"] != "false" {
		t.Errorf("wait of the same policy: %v, want 0 in [0, 0]", same)
	}
	// Seed 3 has no value for the nodes in use.
	used := find(metrics, "nodes_used_mean", "most-allocated")
	if used["runs"] != "9" || used["mean"] != "14" || used["low"] != "14" {
		t.Errorf("nodes in use: %v, want 14 in [14, 14] of 9 runs", used)
	}
	none := find(metrics, "turnaround_mean", "default")
	if none["runs"] != "0" || none["mean"] != "" || none["low"] != "" {
		t.Errorf("turnaround: %v, want no value", none)
	}
}

func TestOneSeedHasNoInterval(t *testing.T) {
	dir := writeComparison(t, compareOneSeed())
	for _, row := range rows(t, dir, reports.PairsFile) {
		if row["low"] != "" || row["high"] != "" || row["differs"] != "" {
			t.Errorf("%v: one pair has an interval", row)
		}
	}
}

func TestComparisonIsTheSameWhateverTheOrderOfRunsOfAPolicy(t *testing.T) {
	a := []reports.Run{policyRun("x", 1, 0, 1), policyRun("x", 2, 0, 1), policyRun("y", 1, 1, 1), policyRun("y", 2, 1, 1)}
	b := []reports.Run{a[0], a[2], a[1], a[3]}
	first, second := writeComparison(t, reports.Compare(origin, a)), writeComparison(t, reports.Compare(origin, b))
	for _, name := range []string{reports.RunsFile, reports.MetricsFile, reports.PairsFile, reports.CompareFile} {
		one, _ := os.ReadFile(filepath.Join(first, name))
		two, _ := os.ReadFile(filepath.Join(second, name))
		if string(one) != string(two) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestCompareRefusesRunsThatDoNotPair(t *testing.T) {
	for _, c := range []struct {
		name string
		runs []reports.Run
	}{
		{"a seed that only one policy ran", []reports.Run{policyRun("x", 1, 0, 1), policyRun("y", 2, 0, 1)}},
		{"a seed that was run twice", []reports.Run{policyRun("x", 1, 0, 1), policyRun("x", 1, 0, 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("was taken")
				}
			}()
			reports.Compare(origin, c.runs)
		})
	}
}

// The whole way from summaries to verdicts: a policy against itself under independent seeds is called
// different in about one of twenty comparisons (see package stats for the bounds).
func TestAPolicyAgainstItselfIsRarelyCalledDifferent(t *testing.T) {
	different := 0
	for trial := uint64(0); trial < 1000; trial++ {
		var all []reports.Run
		for seed := uint64(1); seed <= 10; seed++ {
			a, b := summaryOf(2*(trial*10+seed)), summaryOf(2*(trial*10+seed)+1)
			x, y := reports.NewRun("x", a), reports.NewRun("y", b)
			x.Seed, y.Seed = seed, seed
			all = append(all, x, y)
		}
		doc := reports.Compare(origin, all).Doc()
		for _, row := range doc.Sections[0].Table.Rows {
			if row[0].Raw() == "wait_mean" && row[1].Raw() == "y" {
				if verdict := row[7].Raw(); verdict == "better" || verdict == "worse" {
					different++
				} else if verdict != "unclear" {
					t.Fatalf("verdict %q", verdict)
				}
			}
		}
	}
	t.Logf("%d of 1000 called different", different)
	if different < 29 || different > 74 {
		t.Errorf("%d of 1000 comparisons of equals were called different, want about 50", different)
	}
}

// summaryOf is a run of fifty pods whose waits are drawn from the seed.
func summaryOf(seed uint64) *reports.Summary {
	draws, s := sim.NewStream(seed, "reports/itself"), new(reports.Summary)
	s.Begin(&record.Header{Seed: seed})
	for range 50 {
		r := running("default", "", "p", 0, 10*draws.Float64(), "")
		s.Pod(&r)
	}
	if err := s.End(&record.Footer{End: at(60)}); err != nil {
		panic(err)
	}
	return s
}
