package cmd

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompareLeavesTheSameBytesHoweverManyJobs(t *testing.T) {
	var printed []string
	var files []map[string]string
	for jobs := 1; jobs <= 2; jobs++ {
		cores(t, jobs)
		dir := filepath.Join(t.TempDir(), fmt.Sprint(jobs))
		got := towtank(t, "compare", "--trace", "openb", "--nodes", nodesCSV, "--pods", podsCSV, "--replay", "shuffled",
			"--policy", "default", "--policy", "most-allocated", "--policy", "requested-to-capacity-ratio",
			"--seeds", "4", "--jobs", fmt.Sprint(jobs), "--dir", dir)
		if got.code != 0 {
			t.Fatalf("%+v", got)
		}
		printed, files = append(printed, got.stdout), append(files, folder(t, dir))
	}
	if printed[0] != printed[1] {
		t.Errorf("%s\n---\n%s", printed[0], printed[1])
	}
	same(t, files[0], files[1])
	if rows := strings.Count(files[0]["runs.csv"], "\n"); rows != 1+3*4 {
		t.Errorf("%d lines in runs.csv, want a header and 3 policies × 4 seeds", rows)
	}
	if !strings.Contains(printed[0], "3 policies") || !strings.Contains(printed[0], "4 seeds (1 to 4)") {
		t.Errorf("%s", printed[0])
	}
}

func TestEveryPolicySeesTheSameArrivalsAndDraws(t *testing.T) {
	// A policy against itself under another name: every paired difference is exactly none.
	dir := filepath.Join(t.TempDir(), "out")
	config := write(t, "same.yaml", "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n")
	got := towtank(t, "compare", quickstart, "--policy", "default", "--policy", "twin="+config, "--seeds", "3", "--dir", dir)
	if got.code != 0 {
		t.Fatalf("%+v", got)
	}
	lines := strings.Split(strings.TrimSpace(folder(t, dir)["runs.csv"]), "\n")[1:]
	if len(lines) != 6 {
		t.Fatalf("%d runs", len(lines))
	}
	for i := range 3 {
		mine, twin := strings.TrimPrefix(lines[i], "default,"), strings.TrimPrefix(lines[i+3], "twin,")
		if mine != twin {
			t.Errorf("seed %d:\n%s\n%s", i+1, mine, twin)
		}
	}
}

func TestComparePoliciesThatAreNotOnes(t *testing.T) {
	for _, c := range []struct{ policy, want string }{
		{"most-alocated", `"most-alocated" is not a built-in policy`},
		{"mine=absent.yaml", "there is no file absent.yaml"},
		{"mine=" + write(t, "s.yaml", "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofilse: []\n"), "s.yaml:3:1: profilse: "},
	} {
		got := towtank(t, "compare", quickstart, "--policy", "default", "--policy", c.policy)
		if got.code != ExitBadInput || got.stdout != "" || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%s: %+v", c.policy, got)
		}
	}
}
