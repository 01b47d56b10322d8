package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/scheduler/parity/mutants"
	"towtank.dev/towtank/scheduler/plugins"
)

const library = "../../../../scenarios/library"

// invoke runs the command and returns its exit code and what it said.
func invoke(t *testing.T, registry *plugins.Registry, words ...string) (code int, said, errs string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(append(words, "--quiet"), &out, &err, registry)
	return code, out.String(), err.String()
}

// Cycles are bounded where a scenario has tens of thousands; all others are verified to their end.
func TestEveryLibraryScenarioAgrees(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(library, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios in %s: %v", library, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			code, said, errs := invoke(t, nil, file, "--max-cycles", "3000")
			if code != agree {
				t.Fatalf("exit code %d\n%s%s", code, said, errs)
			}
			t.Log("\n" + said)
		})
	}
}

func TestTieRulesThatAreNotUpstreamsAgreeOnWhatTies(t *testing.T) {
	for _, rule := range []string{"random", "name"} {
		code, said, errs := invoke(t, nil, filepath.Join(library, "openb-small.yaml"), "--tie-break", rule)
		if code != agree || !strings.Contains(said, "which nodes tie is compared") {
			t.Errorf("%s: exit code %d\n%s%s", rule, code, said, errs)
		}
	}
}

// Each deliberate mistake in a plugin that the scenario needs stops the run, with both sides shown.
func TestAMistakeStopsTheRunWithBothSidesShown(t *testing.T) {
	cases := map[string]string{
		plugins.NodeResourcesFit:  "quickstart.yaml",
		plugins.PodTopologySpread: "zone-spread.yaml",
		plugins.InterPodAffinity:  "near-and-apart.yaml",
		plugins.DefaultPreemption: "preemption.yaml",
		plugins.VolumeBinding:     "volumes.yaml",
	}
	caught := map[string]bool{}
	for _, m := range mutants.All() {
		file, ok := cases[m.Plugin]
		if !ok {
			continue
		}
		code, said, _ := invoke(t, m.Registry(), filepath.Join(library, file))
		if code != differ {
			continue
		}
		caught[m.Plugin] = true
		for _, want := range []string{"DIFFERENCE in cycle ", "THE CYCLE ON BOTH SIDES", "kube-scheduler", "towtank", "\n! "} {
			if !strings.Contains(said, want) {
				t.Errorf("%s %s: nothing says %q:\n%s", m.Plugin, m.Mistake, want, said)
			}
		}
		t.Logf("%s %s, %s:\n%s", m.Plugin, m.Mistake, file, said)
	}
	for plugin, file := range cases {
		if !caught[plugin] {
			t.Errorf("no mistake in %s is noticed in %s", plugin, file)
		}
	}
}

func TestConfigurationsReachBothSides(t *testing.T) {
	config := filepath.Join(t.TempDir(), "scheduler.yaml")
	text := `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
percentageOfNodesToScore: 50
profiles:
- schedulerName: default-scheduler
  plugins: {multiPoint: {disabled: [{name: ImageLocality}]}}
  pluginConfig:
  - name: NodeResourcesFit
    args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 3}, {name: memory, weight: 1}]}}
`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, said, errs := invoke(t, nil, filepath.Join(library, "quickstart.yaml"), "--config", config, "--until", "1h", "--seed", "5")
	if code != agree {
		t.Errorf("exit code %d\n%s%s", code, said, errs)
	}
}

func TestBadInputIsSaidAndEndsWith2(t *testing.T) {
	cases := []struct {
		name, want string
		words      []string
	}{
		{"no file", "nothing to verify, want a scenario file or manifests", nil},
		{"a file that is not there", "there is no file", []string{"absent.yaml"}},
		{"cycles below none", "--max-cycles -1: want a number of cycles", []string{"x.yaml", "--max-cycles", "-1"}},
		{"an unknown tie rule", "want upstream, random, name", []string{filepath.Join(library, "quickstart.yaml"), "--tie-break", "last"}},
		{"an unknown flag", "flag provided but not defined", []string{"--what"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, said, errs := invoke(t, nil, c.words...)
			if code != bad || !strings.Contains(errs, c.want) || said != "" {
				t.Errorf("exit code %d, said %q and %q, want %q", code, said, errs, c.want)
			}
		})
	}
}
