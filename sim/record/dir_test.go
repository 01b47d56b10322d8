package record

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

// write leaves the fake run in a folder.
func write(t *testing.T, dir string, inputs ...Input) {
	t.Helper()
	d, err := OpenDir(dir, inputs)
	if err != nil {
		t.Fatal(err)
	}
	if err := fake().Replay(Multi(d)); err != nil {
		t.Fatal(err)
	}
}

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestReadGivesBackWhatWasWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "run")
	write(t, dir)
	var got Memory
	if err := Read(dir, &got); err != nil {
		t.Fatal(err)
	}
	want := quantised()
	if got.Pods[0].Created != 1_000_000_000 {
		t.Errorf("created at %v, want 1s: the 999 ns are below the resolution", got.Pods[0].Created)
	}
	if !reflect.DeepEqual(&got, want) {
		t.Errorf("read back\n%+v\nwant\n%+v", got, *want)
	}
}

func TestMultiLeavesTheCallersRowsAlone(t *testing.T) {
	m := fake()
	if err := m.Replay(Multi(&Memory{})); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m, fake()) {
		t.Error("Multi changed the rows of its caller")
	}
}

func TestFilesAreTheSameOnASecondRunIntoTheSameFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, NewInput("s.yaml", []byte("a: 1\n")), NewInput("gone.yaml", nil))
	first := map[string]string{}
	for _, name := range names(t, dir) {
		content, _ := os.ReadFile(filepath.Join(dir, name))
		first[name] = string(content)
	}
	if err := WriteTiming(dir, Timing{Wall: 1500 * time.Millisecond, Memory: 7, Cores: 2}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, NewInput("s.yaml", []byte("a: 1\n")))
	if got, want := names(t, dir), []string{"attempts.csv", "containers.csv", "events.csv", "inputs", "nodes.csv", "pods.csv", "run.json", "series.csv", "services.csv", "volumes.csv", "workloads.csv"}; !slices.Equal(got, want) {
		t.Errorf("folder holds %v, want %v: timing.json belonged to the earlier run", got, want)
	}
	for _, name := range []string{PodsFile, NodesFile, SeriesFile, AttemptsFile, EventsFile} {
		if content, _ := os.ReadFile(filepath.Join(dir, name)); string(content) != first[name] {
			t.Errorf("%s differs on the second run", name)
		}
	}
	if got := names(t, filepath.Join(dir, InputsFolder)); !slices.Equal(got, []string{"s.yaml"}) {
		t.Errorf("inputs hold %v, want only the second run's s.yaml", got)
	}
}

func TestPodsFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir)
	content, err := os.ReadFile(filepath.Join(dir, PodsFile))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")
	// Waits 42.7 − 1.000000 = 41.7 s (the creation's 999 ns are cut), starts 43 − 42.7 = 0.3 s later,
	// is ready 0.5 s after that and runs 100 − 43 = 57 s.
	want := `shop,web-x7k2,u1,ReplicaSet,web,-5,default-scheduler,0.250,1073741824,example.com/fpga=2;nvidia.com/gpu=1,n1,Succeeded,false,0,,` +
		`1.000000,2.000000,42.700000,43.000000,43.500000,100.000000,41.700000,0.300000,0.500000,57.000000,7,1,0,0.000000,,,"0/2 nodes are available: 2 Insufficient cpu.`
	if lines[1] != want {
		t.Errorf("row\n%s\nwant\n%s", lines[1], want)
	}
	// A pod that was there before the run and was never tried did not wait for the scheduler.
	want = `kube-system,old,u3,,,0,,0.000,0,,n1,Running,false,0,,-86400.250000,,0.000000,0.000000,0.000000,,,0.000000,0.000000,,0,0,0,0.000000,,,`
	if lines[4] != want {
		t.Errorf("row\n%s\nwant\n%s", lines[4], want)
	}
}

func TestOpenDirRefuses(t *testing.T) {
	cases := []struct {
		name string
		make func(dir string)
		want string
	}{
		{"a folder with somebody's file", func(dir string) { put(dir, "thesis.tex", "") }, "holds thesis.tex, which is not from an earlier output"},
		{"a folder with a file of our name but no run.json", func(dir string) { put(dir, "pods.csv", "") }, "holds files but no run.json"},
		{"a run.json that is not ours", func(dir string) { put(dir, "run.json", `{"format": "mine"}`) }, `it lacks "towtank.dev/run/v1alpha1"`},
		{"a comparison's folder", func(dir string) { put(dir, "compare.json", ``) }, "holds compare.json"},
		{"a file", func(dir string) { os.Remove(dir); os.WriteFile(dir, nil, 0o666) }, "is a file, want a folder"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "d")
			os.Mkdir(dir, 0o777)
			c.make(dir)
			before, _ := os.ReadDir(dir)
			_, err := OpenDir(dir, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if after, _ := os.ReadDir(dir); len(after) != len(before) {
				t.Errorf("%d files after the refusal, %d before", len(after), len(before))
			}
		})
	}
}

func put(dir, name, content string) {
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
		panic(err)
	}
}

func TestAKilledRunIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	// Killed while files were being put in place: the marker is on its way, two files are there.
	put(dir, temporary(RunFile), "{")
	put(dir, temporary(EventsFile), "half")
	put(dir, PodsFile, "old")
	write(t, dir)
	if got := len(names(t, dir)); got != 10 {
		t.Errorf("folder holds %v, want the ten files of a run", names(t, dir))
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	root := t.TempDir()
	d, err := OpenDir(filepath.Join(root, "a", "b"), []Input{NewInput("s.yaml", []byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	d.Abort()
	if left := names(t, root); len(left) != 0 {
		t.Errorf("%v left behind", left)
	}
}

func TestAbortKeepsAnEarlierRun(t *testing.T) {
	dir := t.TempDir()
	write(t, dir)
	before := names(t, dir)
	d, err := OpenDir(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.Begin(&Header{})
	d.Abort()
	if after := names(t, dir); !slices.Equal(before, after) {
		t.Errorf("folder holds %v, want %v", after, before)
	}
	if err := Read(dir, &Memory{}); err != nil {
		t.Error(err)
	}
}

func TestAFullDiskIsAnErrorThatNamesTheFileAndLeavesNothing(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full to write to")
	}
	root := t.TempDir()
	dir := filepath.Join(root, "run")
	d, err := OpenDir(dir, []Input{NewInput("s.yaml", []byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	d.attempts.file.file.Close()
	d.attempts.file.file = full
	err = many(Multi(d), 5000)
	if err == nil || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "write "+filepath.Join(dir, AttemptsFile)+": ") {
		t.Errorf("error %v, want no space left for %s", err, AttemptsFile)
	}
	if left := names(t, root); len(left) != 0 {
		t.Errorf("%v left behind", left)
	}
}

func TestInputsKeepTheirPlaces(t *testing.T) {
	dir := t.TempDir()
	write(t, dir,
		NewInput("s.yaml", []byte("scenario")),
		NewInput("shop/web.yaml", []byte("web")),
		NewInput("../../nodes.yaml", []byte("nodes")),
		Input{Name: "trace.csv", Bytes: 1 << 40, SHA256: "ff"},
	)
	for place, want := range map[string]string{"above/above/s.yaml": "scenario", "above/above/shop/web.yaml": "web", "nodes.yaml": "nodes"} {
		got, err := os.ReadFile(filepath.Join(dir, InputsFolder, place))
		if err != nil || string(got) != want {
			t.Errorf("inputs/%s: %q, %v, want %q", place, got, err, want)
		}
	}
	content, _ := os.ReadFile(filepath.Join(dir, RunFile))
	if !strings.Contains(string(content), `"name": "trace.csv",
      "bytes": 1099511627776,
      "sha256": "ff"
`) {
		t.Errorf("run.json does not list the trace that was not kept:\n%s", content)
	}
}

func TestReadReportsThePlaceOfWhatIsWrong(t *testing.T) {
	cases := []struct {
		name, file, old, new, want string
	}{
		{"a number that is none", PodsFile, ",0.250,", ",much,", `pods.csv:2:54: cpu_cores: "much" is not a decimal number`},
		{"a missing column", NodesFile, "pod_limit", "podlimit", "nodes.csv:1:1: column pod_limit is missing"},
		{"a row that is too short", EventsFile, "default-scheduler,", "", "events.csv:2:1: wrong number of fields"},
		{"a bare quote", AttemptsFile, "shop", `s"hop`, `attempts.csv:2:11: bare "`},
		{"an amount without a number", NodesFile, "nvidia.com/gpu=4", "nvidia.com/gpu", "nodes.csv:2:33: extended: "},
		{"another format", RunFile, "run/v1alpha1", "run/v9", `run.json: has format "towtank.dev/run/v9", want "towtank.dev/run/v1alpha1"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir)
			path := filepath.Join(dir, c.file)
			content, _ := os.ReadFile(path)
			changed := strings.Replace(string(content), c.old, c.new, 1)
			if changed == string(content) {
				t.Fatalf("%s has no %q to change", c.file, c.old)
			}
			put(dir, c.file, changed)
			var m Memory
			err := Read(dir, &m)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if m.Ended {
				t.Error("the sink was ended as if the record were whole")
			}
		})
	}
}

func TestReadTakesColumnsOfALaterVersion(t *testing.T) {
	dir := t.TempDir()
	write(t, dir)
	path := filepath.Join(dir, EventsFile)
	content, _ := os.ReadFile(path)
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	for i := range lines {
		lines[i] = "new," + lines[i]
	}
	put(dir, EventsFile, strings.Join(lines, "\n")+"\n")
	var m Memory
	if err := Read(dir, &m); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m.Events, quantised().Events) {
		t.Errorf("events %+v", m.Events)
	}
}

func TestReadSaysWhenAFolderIsNoRun(t *testing.T) {
	dir := t.TempDir()
	if err := Read(dir, &Memory{}); err == nil || !strings.Contains(err.Error(), "is not the folder of a run: it has no run.json") {
		t.Errorf("error %v", err)
	}
}

func TestEveryColumnIsDocumentedOnce(t *testing.T) {
	for _, table := range Tables() {
		seen := map[string]bool{}
		for _, c := range table.Columns {
			if c.Name == "" || c.Meaning == "" || seen[c.Name] {
				t.Errorf("%s: column %q is without a name, without a meaning or there twice", table.File, c.Name)
			}
			seen[c.Name] = true
			for suffix, unit := range map[string]string{"_seconds": "s", "_bytes": "bytes", "_cores": "cores"} {
				if strings.HasSuffix(c.Name, suffix) != (c.Unit == unit) && !(unit == "s" && c.Unit == "s") {
					t.Errorf("%s: column %s has unit %q", table.File, c.Name, c.Unit)
				}
			}
		}
	}
}

func TestEveryFieldOfRunJSONIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range RunFields() {
		documented[f.Name] = true
	}
	dir := t.TempDir()
	write(t, dir, NewInput("s.yaml", []byte("x")))
	content, err := os.ReadFile(filepath.Join(dir, RunFile))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	found := 0
	var check func(path string, value any)
	check = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				check(strings.TrimPrefix(path+"."+key, "."), inner)
			}
			return
		case []any:
			if len(value) > 0 {
				check(path+"[]", value[0])
			}
			return
		}
		found++
		if !documented[path] && !documented[strings.TrimSuffix(path, filepath.Ext(path))] {
			t.Errorf("run.json has %s, which is not documented", path)
		}
	}
	check("", doc)
	if found < 30 {
		t.Errorf("only %d fields were looked at", found)
	}
}

func TestWaitIsOnlyOfPodsTheSchedulerPlaced(t *testing.T) {
	r := PodRow{Created: 5, Tried: sim.Never, Scheduled: 9}
	if _, ok := r.Wait(); ok {
		t.Error("a pod that was bound by somebody else waited for the scheduler")
	}
	r.Tried = 6
	if wait, ok := r.Wait(); !ok || wait != 4 {
		t.Errorf("waited %v, %v, want 9 − 5 = 4 ns", wait, ok)
	}
}
