package scenarios

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A mistake is a place in sim/controllers where right stands, and what would be wrong there. Wrong may ask mistaken(name)
// whether the mistake is to be made; several with one name are made together.
type mistake struct{ name, file, right, wrong string }

// mistakes are those of which the random clusters are to notice each one.
var mistakes = []mistake{
	{"a ReplicaSet forgets the last pod", "replicaset_sync.go", "case diff < 0:", "case diff < 0 && !(diff == -1 && mistaken(%q)):"},
	{"a ReplicaSet keeps pods that are too many", "replicaset_sync.go", "case diff > 0:", "case diff > 0 && !mistaken(%q):"},
	{"expectations are never lowered nor given up", "expectations.go", "\t\tx.creations--", "\t\tif !mistaken(%q) {\n\t\t\tx.creations--\n\t\t}"},
	{"expectations are never lowered nor given up", "expectations.go", "e.manager.Engine.Now().Sub(x.since) > expectationsTimeout", "!mistaken(%q) && e.manager.Engine.Now().Sub(x.since) > expectationsTimeout"},
	{"the collector leaves what a ReplicaSet owned", "garbage_collector.go", "\tfor _, d := range n.ownedBy() {\n\t\tc.enqueue(d)\n\t}\n\towners := n.owners",
		"\tfor _, d := range n.ownedBy() {\n\t\tif o.Kind() != model.KindReplicaSet || !mistaken(%q) {\n\t\t\tc.enqueue(d)\n\t\t}\n\t}\n\towners := n.owners"},
	{"a DaemonSet has two pods on a node", "daemonset_sync.go", "case run && len(pods) == 0:", "case run && (len(pods) == 0 || len(pods) == 1 && mistaken(%q)):"},
	{"a DaemonSet has two pods on a node", "daemonset_sync.go", "case !s.surges() && len(running) > 1:", "case !s.surges() && len(running) > 1 && !mistaken(%q):"},
	{"a StatefulSet leaves pods that are too many", "statefulset_update.go", "\thealthy := runningAndReady(p)", "\tif mistaken(%q) {\n\t\treturn false, nil\n\t}\n\thealthy := runningAndReady(p)"},
	{"a StatefulSet does not update its first pod", "statefulset_roll.go", "if !s.outdated(p) || !may(p) {", "if !s.outdated(p) || !may(p) || ordinalOf(p) == 0 && mistaken(%q) {"},
	{"a Deployment leaves the last pod of an old set", "deployment_rolling.go", "\tif replicasOf(old) == 0 {", "\tif n := replicasOf(old); n == 0 || n == 1 && mistaken(%q) {"},
	{"a node that is back keeps its taint", "node_evictor.go", "func (e *evictor) reachable(node *model.Node) {", "func (e *evictor) reachable(node *model.Node) {\n\tif mistaken(%q) {\n\t\treturn\n\t}"},
	{"a Job does not hear of its pods", "job.go", "func (c *jobs) podUpdated(old, pod *model.Pod) {", "func (c *jobs) podUpdated(old, pod *model.Pod) {\n\tif mistaken(%q) {\n\t\treturn\n\t}"},
}

// mistakeSwitch names the environment variable by which a mistake is made.
const mistakeSwitch = "TOWTANK_MISTAKE"

// TestRandomClustersNoticeMistakes builds the tests of this folder with mistakes in the controllers, and has the random
// clusters run with each of them, and with none.
func TestRandomClustersNoticeMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it builds the controllers anew")
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "scenarios.test")
	build := exec.Command("go", "test", "-c", "-overlay", mistakenSources(t, dir), "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(name string) (string, error) {
		cmd := exec.Command(binary, "-test.run", "^TestWhateverHappensAClusterComesToWhatItsObjectsAskFor$", "-test.failfast")
		cmd.Env = append(os.Environ(), mistakeSwitch+"="+name)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run(""); err != nil {
		t.Fatalf("without a mistake: %v\n%s", err, out)
	}
	tried := map[string]bool{}
	for _, m := range mistakes {
		if tried[m.name] {
			continue
		}
		tried[m.name] = true
		if out, err := run(m.name); err == nil || !strings.Contains(out, "--- FAIL") {
			t.Errorf("nobody notices that %s: %v\n%.500s", m.name, err, out)
		}
	}
}

// mistakenSources writes the controllers with all mistakes in them and returns the file for go build -overlay.
func mistakenSources(t *testing.T, dir string) string {
	t.Helper()
	folder, err := filepath.Abs("../sim/controllers")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"mistaken_overlay.go": fmt.Sprintf(
		"package controllers\n\nimport \"os\"\n\nvar mistakeMade = os.Getenv(%q)\n\nfunc mistaken(name string) bool { return mistakeMade == name }\n", mistakeSwitch)}
	for _, m := range mistakes {
		if texts[m.file] == "" {
			right, err := os.ReadFile(filepath.Join(folder, m.file))
			if err != nil {
				t.Fatal(err)
			}
			texts[m.file] = string(right)
		}
		if n := strings.Count(texts[m.file], m.right); n != 1 {
			t.Fatalf("%s: %s holds %q %d times, want once: choose another place for the mistake", m.name, m.file, m.right, n)
		}
		texts[m.file] = strings.Replace(texts[m.file], m.right, fmt.Sprintf(m.wrong, m.name), 1)
	}
	replace := map[string]string{}
	for file, text := range texts {
		at := filepath.Join(dir, file)
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(folder, file)] = at
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(at, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return at
}
