package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const (
	snapshot = "testdata/place/snapshot.yaml"
	template = "testdata/place/template.yaml"
)

// matches compares with a file of testdata, or rewrites it.
func matches(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "place", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); go test ./cmd -rewrite after a look at this:\n%s", path, err, got)
	}
}

func TestPlaceTellsAtFirstSight(t *testing.T) {
	for _, c := range []struct {
		golden string
		args   []string
	}{
		{"place.txt", []string{"place", snapshot}},
		{"until-full.txt", []string{"place", snapshot, "--pod", template, "--until-full"}},
		{"count.txt", []string{"place", snapshot, "--pod", template, "--count", "2"}},
		{"explain-placed.txt", []string{"explain", "web-0", snapshot}},
		{"explain-unschedulable.txt", []string{"explain", "shop/giant", snapshot}},
		{"explain-preempting.txt", []string{"explain", "urgent", snapshot}},
		{"explain-standing.txt", []string{"explain", "filler", snapshot, "--node", "batch-1"}},
		{"explain-behind.txt", []string{"explain", "web-0", snapshot, "--node", "large-1"}},
		{"explain-nodes.txt", []string{"explain", "giant", snapshot, "--nodes"}},
		{"explain-gated.txt", []string{"explain", "later", snapshot}},
		{"explain-contest.txt", []string{"explain", "urgent", "testdata/place/contest.yaml", "--nodes"}},
		{"explain-contest-node.txt", []string{"explain", "urgent", "testdata/place/contest.yaml", "--node", "wedged"}},
		{"explain-contest.json", []string{"explain", "urgent", "testdata/place/contest.yaml", "-o", "json"}},
		{"explain-skipped.txt", []string{"explain", "wide", "testdata/place/skipped.yaml", "-q"}},
		{"explain-skipped.json", []string{"explain", "wide", "testdata/place/skipped.yaml", "-q", "-o", "json"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			got := towtank(t, c.args...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			matches(t, c.golden, got.stdout)
		})
	}
}

func TestPlaceSaysWhatIsWrongWithTheCommandLine(t *testing.T) {
	invalid := write(t, "two.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"place"}, "nothing to place"},
		{[]string{"place", snapshot, "--order", "random"}, `--order: "random" is not known, want given, queue`},
		{[]string{"place", snapshot, "--tie-break", "luck"}, `--tie-break: "luck" is not known`},
		{[]string{"place", snapshot, "--count", "3"}, "want --pod FILE as well"},
		{[]string{"place", snapshot, "--pod", template}, "want either --count N or --until-full"},
		{[]string{"place", snapshot, "--pod", template, "--count", "0"}, "--count: 0, want 1 or more"},
		{[]string{"place", snapshot, "--pod", invalid, "--until-full"}, "2 objects, want one, a Pod"},
		{[]string{"place", "absent.yaml"}, "absent.yaml: there is no file or folder absent.yaml"},
		{[]string{"explain", "web-0"}, "want a pod and where to look for it"},
		{[]string{"explain", "web", snapshot}, "did you mean shop/web-0, shop/web-1?"},
		{[]string{"explain", "web-0", snapshot, "--node", "small"}, "did you mean small-1, small-2?"},
		{[]string{"explain", "web-0", snapshot, "--attempt", "9"}, "--attempt: 9, and there are 1"},
		{[]string{"explain", "too-big", quickstart, "--seed", "9"}, "--seed is for snapshots"},
	} {
		got := towtank(t, c.args...)
		if got.code != ExitBadInput || got.stdout != "" || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%v: want %q, got %+v", c.args, c.want, got)
		}
	}
}

func TestPlaceWarnsOfSnapshotsThatContradictThemselves(t *testing.T) {
	node := func(cpu string) string {
		return "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: " + cpu + ", memory: 4Gi, pods: 10}}\n---\n"
	}
	pod := func(name, node string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec: {" + node + "containers: [{name: c, image: i, resources: {requests: {cpu: 3}}}]}\n---\n"
	}
	claim := "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n" +
		"spec: {volumeName: absent, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
	// The second node of the name is an update of the first: 8 cores, of which 3 and 3 are taken. The pod on a
	// node that is not here takes nothing.
	path := write(t, "odd.yaml", node("2")+node("5")+pod("one", "nodeName: a, ")+pod("two", "nodeName: a, ")+
		pod("lost", "nodeName: gone, ")+pod("Wrong_Name", "")+claim)
	got := towtank(t, "place", path)
	for _, want := range []string{
		"Node a stands twice", `Invalid value: "Wrong_Name"`, "the pods on Node a request more than it has: cpu",
		`Pod default/lost is on node "gone", which is not here`, `bound to PersistentVolume "absent", which is not here`,
	} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("%q is missing from\n%s", want, got.stderr)
		}
	}
	if got.code != 0 || !strings.Contains(got.stdout, "0/1 nodes are available: 1 Insufficient cpu") {
		t.Errorf("%+v", got)
	}
	if quiet := towtank(t, "place", path, "-q"); quiet.stderr != "" || quiet.stdout != got.stdout {
		t.Errorf("-q: %+v", quiet)
	}
	if run := towtank(t, "run", path, "-q"); run.code != ExitBadInput || !strings.Contains(run.stderr, "stands twice") {
		t.Errorf("run takes it: %+v", run)
	}
}

// TestPlaceAnswersAsTheRealScheduler compares the JSON of every conformance case with what the real scheduler
// answered.
func TestPlaceAnswersAsTheRealScheduler(t *testing.T) {
	dir := os.Getenv("TOWTANK_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	cases, _ := filepath.Glob(filepath.Join(dir, "conformance", "*", "cluster.yaml"))
	if len(cases) == 0 {
		t.Skip("the conformance cases are not here (set TOWTANK_SHARED to the folder that holds them)")
	}
	for _, file := range cases {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			args := []string{"place", file, "--tie-break", "name", "-o", "json"}
			if config := filepath.Join(folder, "config.yaml"); exists(config) {
				args = append(args, "--config", config)
			}
			if order, err := os.ReadFile(filepath.Join(folder, "order")); err == nil {
				args = append(args, "--order", strings.TrimSpace(string(order)))
			}
			got := towtank(t, args...)
			if got.code != 0 {
				t.Fatal(got.stderr)
			}
			expected, err := os.ReadFile(filepath.Join(folder, "expected.json"))
			if err != nil {
				t.Fatal(err)
			}
			want, have := object(t, expected), object(t, []byte(got.stdout))
			for _, own := range []string{"kubernetes", "crossCheck", "warnings"} {
				delete(want, own)
			}
			if !reflect.DeepEqual(want, have) {
				t.Errorf("differs from %s/expected.json", folder)
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func object(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
