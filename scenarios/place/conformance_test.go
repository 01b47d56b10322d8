package place

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/plugins"
)

// inReach are the cases of the shared conformance folder.
var inReach = []string{
	"imagelocality",
	"no-nodes",
	"nodeaffinity-preferred",
	"nodeports",
	"podaffinity-required",
	"podantiaffinity-required",
	"preempt-criteria",
	"preempt-pdb-reprieve",
	"queue-order",
	"resources-fit-reasons",
	"resources-nonzero-defaults",
	"scheduling-gates",
	"score-plugin-weights",
	"score-rtcr",
	"seed-0001",
	"seed-0002",
	"spread-soft",
	"spread-system-defaults",
	"spread-zone-hard",
	"taints-effects",
	"two-profiles",
	"unschedulable-nodes",
	"volume-wffc-static",
	"volume-zone-labels",
}

// shared finds the folder of shared material, which need not be there.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TOWTANK_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "conformance")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the conformance cases are not here (set TOWTANK_SHARED to the folder that holds them)")
	}
	return dir
}

// TestConformance places each case in reach and holds every status, score and message against what the
// real scheduler answered.
func TestConformance(t *testing.T) {
	dir := shared(t)
	for _, name := range inReach {
		t.Run(name, func(t *testing.T) { conform(t, filepath.Join(dir, name)) })
	}
}

func conform(t *testing.T, dir string) {
	got := placeCase(t, dir)
	want := map[string]any{}
	if err := json.Unmarshal(content(t, filepath.Join(dir, "expected.json")), &want); err != nil {
		t.Fatal(err)
	}
	for _, own := range []string{"kubernetes", "crossCheck", "warnings"} {
		delete(want, own)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]any{}
	if err := json.Unmarshal(text, &have); err != nil {
		t.Fatal(err)
	}
	leaveOut(t, want)
	leaveOut(t, have)
	differ(t, "", want, have)
}

// placeCase reads a case as its folder says and places it.
func placeCase(t *testing.T, dir string) *Result {
	t.Helper()
	r := manifest.NewReader(manifest.Options{Start: Origin})
	r.Read("cluster.yaml", bytes.NewReader(content(t, filepath.Join(dir, "cluster.yaml"))))
	if errs := r.Errors(manifest.Broken); len(errs) > 0 {
		t.Fatal(errs)
	}
	o := Options{Order: OrderGiven, TieBreak: scheduler.TieName, Running: Running}
	if order, err := os.ReadFile(filepath.Join(dir, "order")); err == nil {
		o.Order = strings.TrimSpace(string(order))
	}
	got, err := Place(Snapshot(r.Objects()), configuration(t, filepath.Join(dir, "config.yaml")), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// configuration reads a KubeSchedulerConfiguration as it stands, nil when there is none.
func configuration(t *testing.T, path string) *config.Configuration {
	t.Helper()
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	var problems decode.Problems
	documents := decode.Documents(path, text, 0, &problems)
	d := &decode.Decoder{File: path, Problems: &problems, Hooks: map[reflect.Type]decode.Hook{}}
	d.Hooks[reflect.TypeFor[config.PluginConfig]()] = pluginConfig
	c := &config.Configuration{}
	if len(documents) > 0 {
		d.Into(documents[0], "", c)
	}
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

// notBuilt are plugins that this build leaves out: they reject no node of these cases and add nothing to
// a score.
func notBuilt() []string {
	var names []string
	for _, e := range plugins.Default().Entries() {
		if e.New == nil {
			names = append(names, e.Name)
		}
	}
	return names
}

// leaveOut takes the plugins that are not built out of lists of skipped plugins and out of scores.
func leaveOut(t *testing.T, document map[string]any) {
	t.Helper()
	names := notBuilt()
	for _, pod := range document["pods"].([]any) {
		attempts, _ := pod.(map[string]any)["attempts"].([]any)
		cutPreemption(pod.(map[string]any))
		for _, a := range attempts {
			attempt := a.(map[string]any)
			cutPreemption(attempt)
			for _, list := range []string{"skippedFilterPlugins", "skippedScorePlugins"} {
				if skipped, ok := attempt[list].([]any); ok {
					skipped = slices.DeleteFunc(skipped, func(n any) bool { return slices.Contains(names, n.(string)) })
					if attempt[list] = skipped; len(skipped) == 0 {
						delete(attempt, list)
					}
				}
			}
			scores, _ := attempt["scores"].(map[string]any)
			for node, score := range scores {
				for _, kind := range []string{"raw", "weighted"} {
					of := score.(map[string]any)[kind].(map[string]any)
					for _, name := range names {
						if points, ok := of[name]; ok && points != 0.0 {
							t.Fatalf("%s: %s gives %v points: the case is out of reach", node, name, points)
						}
						delete(of, name)
					}
				}
			}
		}
	}
}

// cutPreemption takes preemption and its part of the message out: a result does not tell of it yet.
func cutPreemption(of map[string]any) {
	delete(of, "preemption")
	if message, ok := of["message"].(string); ok {
		of["message"], _, _ = strings.Cut(message, " preemption: ")
	}
}

// differ reports every difference between two documents with its path.
func differ(t *testing.T, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			for _, key := range keys(want, got) {
				differ(t, path+"."+key, want[key], got[key])
			}
			return
		}
	case []any:
		if got, ok := got.([]any); ok && len(got) == len(want) {
			for i := range want {
				differ(t, path+fmt.Sprintf("[%d]", i), want[i], got[i])
			}
			return
		}
	}
	// An empty list or map and none at all are the same.
	if !reflect.DeepEqual(want, got) && !(empty(want) && empty(got)) {
		t.Errorf("%s:\n got  %v\n want %v", path, got, want)
	}
}

func keys(a, b map[string]any) []string {
	var all []string
	for k := range a {
		all = append(all, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return all
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
