package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExplainARunFromItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if got := towtank(t, "run", quickstart, "--dir", dir, "-q"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	relative := filepath.Join("testdata", "place", "run.out") // the name of the folder stands in the text
	t.Cleanup(func() { os.RemoveAll(relative) })
	if err := os.CopyFS(relative, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		golden string
		args   []string
	}{
		{"explain-run-never.txt", []string{"default/too-big"}},
		{"explain-run-waited.txt", []string{"job-5dkns"}},
		{"explain-run-attempt.txt", []string{"job-5dkns", "--attempt", "2", "--node", "batch-1"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			args := append([]string{"explain", c.args[0], relative, "-q"}, c.args[1:]...)
			got := towtank(t, args...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			matches(t, c.golden, got.stdout)
		})
	}
}

// TestExplainWhateverTheCommandLineSetOverARun runs with everything that can be set, and explains from
// the folder alone.
func TestExplainWhateverTheCommandLineSetOverARun(t *testing.T) {
	config := write(t, "config.yaml", "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles:\n- pluginConfig:\n"+
		"  - {name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated}}}\n")
	manifests := t.TempDir()
	pod, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(manifests, "pod.yaml"), pod, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, pod string
		args      []string
	}{
		{"a scenario with manifests, configuration, seed, end and rule for ties", "shop/worker",
			[]string{quickstart, manifests, "--config", config, "--seed", "99", "--until", "3h", "--tie-break", "random"}},
		{"manifests alone, until idle", "shop/web-1", []string{snapshot}},
		{"a trace, shuffled", "default/pod-0331", []string{"--trace", "openb", "--nodes", nodesCSV, "--pods", podsCSV, "--replay", "shuffled", "--seed", "3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if got := towtank(t, append([]string{"run", "--dir", dir, "-q"}, c.args...)...); got.code != 0 {
				t.Fatal(got.stderr)
			}
			got := towtank(t, "explain", c.pod, dir, "-q")
			if got.code != 0 || !strings.HasPrefix(got.stdout, c.pod+"  ") {
				t.Fatalf("%+v", got)
			}
			attempts := object(t, []byte(towtank(t, "explain", c.pod, dir, "-q", "-o", "json").stdout))["attempts"].([]any)
			recorded, err := os.ReadFile(filepath.Join(dir, "attempts.csv"))
			if err != nil {
				t.Fatal(err)
			}
			row := "," + strings.Replace(c.pod, "/", ",", 1) + ","
			if want := strings.Count(string(recorded), row); len(attempts) != want || want == 0 {
				t.Errorf("%d attempts, the folder has %d", len(attempts), want)
			}
		})
	}
}

func TestExplainRefusesARunWhoseInputsWereChanged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if got := towtank(t, "run", quickstart, "--dir", dir, "-q"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	kept := filepath.Join(dir, "inputs", "quickstart.yaml")
	content, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept, append(content, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	got := towtank(t, "explain", "too-big", dir)
	if got.code != ExitBadInput || !strings.Contains(got.stderr, "has been changed since the run") {
		t.Errorf("%+v", got)
	}
	if got := towtank(t, "explain", "too-big", dir, "--inputs", "../scenarios/library", "-q"); got.code != 0 {
		t.Errorf("the original is there: %+v", got)
	}
	if got := towtank(t, "explain", "too-bigg", dir); got.code != ExitBadInput || !strings.Contains(got.stderr, "did you mean default/too-big?") {
		t.Errorf("%+v", got)
	}
}

func TestExplainAScenarioByRunningIt(t *testing.T) {
	got := towtank(t, "explain", "too-big", quickstart, "-q")
	if got.code != 0 || !strings.HasPrefix(got.stdout, "default/too-big  unschedulable after 58 attempts") {
		t.Errorf("%+v", got)
	}
	if got := towtank(t, "explain", "nobody", quickstart, "-q"); got.code != ExitBadInput || !strings.Contains(got.stderr, `there is no pod "nobody"`) {
		t.Errorf("%+v", got)
	}
}
