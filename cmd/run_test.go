package cmd

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	quickstart = "../scenarios/library/quickstart.yaml"
	nodesCSV   = "../scenarios/library/data/openb-nodes.csv"
	podsCSV    = "../scenarios/library/data/openb-pods.csv"
)

// folder reads all files of a folder but those that may differ between two runs.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "timing.json" {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// same compares two folders file by file.
func same(t *testing.T, a, b map[string]string) {
	t.Helper()
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(a) != len(b) || len(a) == 0 {
		t.Errorf("%d files, then %d", len(a), len(b))
	}
}

// cores sets GOMAXPROCS for the rest of the test.
func cores(t *testing.T, n int) {
	t.Helper()
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestRunPrintsTheSummaryAndNothingElse(t *testing.T) {
	got := towtank(t, "run", quickstart)
	if got.code != 0 || !strings.HasPrefix(got.stdout, "quickstart  seed 7  2h simulated  fingerprint ") {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"PODS", "WAIT", "CPU", "MEMORY", "NODES", "LONGEST PENDING", "NEVER RAN", "default/too-big"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing from\n%s", want, got.stdout)
		}
	}
	if !strings.HasPrefix(got.stderr, "2h in ") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("stderr %q, want the line on wall time alone", got.stderr)
	}
	if quiet := towtank(t, "run", quickstart, "-q"); quiet.stderr != "" || quiet.stdout != got.stdout {
		t.Errorf("-q: stderr %q, or another summary", quiet.stderr)
	}
}

func TestTwoRunsLeaveTheSameBytesOnOneCoreAndOnTwo(t *testing.T) {
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	watch := []string{filepath.Join(t.TempDir(), "one.jsonl"), filepath.Join(t.TempDir(), "two.jsonl")}
	cores(t, 1)
	first := towtank(t, "run", quickstart, "--dir", one, "--watch", watch[0])
	cores(t, 2)
	second := towtank(t, "run", quickstart, "--dir", two, "--watch", watch[1])
	if first.code != 0 || first.stdout != second.stdout {
		t.Errorf("code %d, %s\n---\n%s", first.code, first.stderr, second.stdout)
	}
	files := folder(t, one)
	same(t, files, folder(t, two))
	for _, name := range []string{"run.json", "pods.csv", "nodes.csv", "series.csv", "attempts.csv", "events.csv", "inputs/quickstart.yaml"} {
		if files[name] == "" {
			t.Errorf("%s is missing or empty", name)
		}
	}
	lines := [2]string{}
	for i := range watch {
		content, err := os.ReadFile(watch[i])
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = string(content)
	}
	if lines[0] != lines[1] || !strings.HasPrefix(lines[0], `{"t":0.000000,"stream":"`) {
		t.Errorf("the watch files differ, or begin with %.60q", lines[0])
	}
	other := towtank(t, "run", quickstart, "--seed", "8")
	if a, b := fingerprint(first.stdout), fingerprint(other.stdout); a == b || a == "" {
		t.Errorf("seeds 7 and 8 have the fingerprints %q and %q", a, b)
	}
}

func fingerprint(summary string) string {
	_, after, _ := strings.Cut(summary, "fingerprint ")
	word, _, _ := strings.Cut(after, "\n")
	return word
}

func TestReportRebuildsTheSummaryFromTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	for _, form := range []string{"table", "json", "markdown"} {
		run := towtank(t, "run", quickstart, "--dir", dir, "-o", form)
		report := towtank(t, "report", dir, "-o", form)
		if run.code != 0 || report.code != 0 || run.stdout != report.stdout {
			t.Errorf("%s: code %d and %d, run:\n%s\nreport:\n%s%s", form, run.code, report.code, run.stdout, report.stdout, report.stderr)
		}
	}
}

func TestARunCanBeRepeatedFromItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first := towtank(t, "run", "../scenarios/library/openb-small.yaml", "--dir", dir)
	again := towtank(t, "run", filepath.Join(dir, "inputs", "openb-small.yaml"))
	if first.code != 0 || again.stdout != first.stdout {
		t.Errorf("code %d %s\n%s\n---\n%s%s", first.code, first.stderr, first.stdout, again.stdout, again.stderr)
	}
}

func TestATraceRunsWithoutAScenario(t *testing.T) {
	for _, replay := range []string{"order", "shuffled", "time"} {
		got := towtank(t, "run", "--trace", "openb", "--nodes", nodesCSV, "--pods", podsCSV, "--replay", replay, "--gpu", "whole", "--seed", "3")
		if got.code != 0 || !strings.Contains(got.stdout, "created 400") || !strings.Contains(got.stdout, "seed 3") {
			t.Errorf("%s: %+v", replay, got)
		}
	}
}

func TestAFolderWithSomethingElseIsLeftAlone(t *testing.T) {
	thesis := write(t, "thesis.tex", "ten years of work")
	dir := filepath.Dir(thesis)
	for _, args := range [][]string{
		{"run", quickstart, "--dir", dir},
		{"compare", quickstart, "--policy", "default", "--seeds", "1", "--dir", dir},
	} {
		got := towtank(t, args...)
		if got.code != ExitBadInput || got.stdout != "" || !strings.Contains(got.stderr, "thesis.tex") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files, want the one that was there", len(entries))
	}
}

func TestBadInputExitsWith2AndNothingIsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	bad := write(t, "bad.yaml", "apiVersion: towtank.dev/v1alpha1\nkind: Scenario\nduration: 5\nclutser: {}\n")
	for _, args := range [][]string{
		{"run", bad, "--dir", dir},
		{"validate", bad},
		{"compare", bad, "--policy", "default", "--dir", dir},
	} {
		got := towtank(t, args...)
		if got.code != ExitBadInput || got.stdout != "" {
			t.Errorf("%v: %+v", args, got)
		}
		for _, want := range []string{"bad.yaml:3:11: duration: ", "bad.yaml:4:1: clutser: "} {
			if !strings.Contains(got.stderr, want) {
				t.Errorf("%v: no %q in\n%s", args, want, got.stderr)
			}
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}

// crowd is a scenario long enough for an interrupt to find it running.
const crowd = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 10h
cluster:
  nodes: [{name: "n-{index}", count: 4, template: {status: {allocatable: {cpu: 8, memory: 32Gi, pods: 110}}}}]
behaviours: [{run: 1m}]
timeline:
- at: 0s
  create:
    count: 20000
    every: 1s
    template:
      apiVersion: v1
      kind: Pod
      metadata: {generateName: p-}
      spec: {restartPolicy: Never, containers: [{name: c, image: i, resources: {requests: {cpu: 100m}}}]}
`

func TestAnInterruptedRunIsCompleteAsFarAsItWent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got := towtankIn(t, ctx, "run", write(t, "crowd.yaml", crowd), "--dir", dir)
	if got.code != ExitInterrupted || !strings.Contains(got.stdout, "! Interrupted at ") || !strings.Contains(got.stderr, "interrupted: ") {
		t.Errorf("%+v", got)
	}
	if run := folder(t, dir)["run.json"]; !strings.Contains(run, `"interrupted": true`) {
		t.Errorf("run.json says\n%s", run)
	}
	if report := towtank(t, "report", dir); report.stdout != got.stdout {
		t.Errorf("the report differs:\n%s%s", report.stdout, report.stderr)
	}
}

func TestManifestsAloneRunUntilIdle(t *testing.T) {
	got := towtank(t, "run", "testdata/kubectl-get.yaml")
	if got.code != 0 || !strings.HasPrefix(got.stdout, "kubectl-get  seed 1  ") || !strings.Contains(got.stdout, "created 3") {
		t.Errorf("%+v", got)
	}
}

func TestInitWritesAScenarioThatRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if got := towtank(t, "init", path); got.code != 0 || got.stdout != "" {
		t.Fatalf("%+v", got)
	}
	if got := towtank(t, "init"); !strings.Contains(got.stdout, "kind: Scenario") {
		t.Errorf("without a file: %+v", got)
	}
	if got := towtank(t, "init", path); got.code != ExitBadInput || !strings.Contains(got.stderr, "exists") {
		t.Errorf("a second time: %+v", got)
	}
	if got := towtank(t, "validate", path); got.code != 0 || !strings.Contains(got.stdout, "valid") {
		t.Errorf("%+v", got)
	}
	if got := towtank(t, "run", path); got.code != 0 {
		t.Errorf("%+v", got)
	}
}

func TestRunKeepsItsWatchFileInItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	for range 2 { // the second time the folder holds what the first has left
		if got := towtank(t, "run", seeing, "-q", "--dir", dir, "--watch", filepath.Join(dir, "watch.jsonl")); got.code != 0 {
			t.Fatalf("%d, %s", got.code, got.stderr)
		}
	}
	for _, name := range []string{"watch.jsonl", "run.json"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
