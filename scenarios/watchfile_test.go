package scenarios

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

func TestTheWatchFileHoldsALinePerChange(t *testing.T) {
	s := load(t, write(t, "small.yaml", small), Options{Until: "10m"})
	path := filepath.Join(t.TempDir(), "watch.jsonl")
	w, err := CreateWatchFile(path, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := world.Run(s.Config, world.RunOptions{Sinks: []record.Sink{new(record.Memory)}, Watch: w.Write}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there before it is complete")
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	w.Abort() // does nothing after Commit
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last, streams := 0.0, map[string]int{}
	for _, line := range bytes.Split(bytes.TrimSpace(content), []byte("\n")) {
		var row struct {
			T      float64
			Stream string
			Type   string
			Object struct {
				Kind     string
				Metadata struct{ Name string }
			}
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if row.T < last || row.Object.Kind == "" || row.Object.Metadata.Name == "" || row.Type == "" {
			t.Fatalf("line %s after %v", line, last)
		}
		last = row.T
		streams[row.Stream+" "+row.Type]++
	}
	if streams["nodes ADDED"] != 2 || streams["pods ADDED"] == 0 || streams["pods MODIFIED"] == 0 {
		t.Errorf("streams %v", streams)
	}
}

func TestAWatchFileThatIsGivenUpLeavesNothing(t *testing.T) {
	s := load(t, write(t, "small.yaml", small), Options{})
	dir := t.TempDir()
	w, err := CreateWatchFile(filepath.Join(dir, "watch.jsonl"), s)
	if err != nil {
		t.Fatal(err)
	}
	w.Abort()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
	for path, want := range map[string]string{dir: "is not a file that can be replaced", filepath.Join(dir, "absent", "w"): "no such file or directory"} {
		if _, err := CreateWatchFile(path, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
