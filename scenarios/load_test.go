package scenarios

import (
	"os"
	"path/filepath"
	"testing"

	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// write puts files into a folder and returns the path of the first.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

func load(t *testing.T, path string, o Options) *Scenario {
	t.Helper()
	s, err := Load([]string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t *testing.T, c *world.Config) (*record.Memory, *record.Footer) {
	t.Helper()
	m := new(record.Memory)
	footer, err := world.Run(c, world.RunOptions{Sinks: []record.Sink{m}})
	if err != nil {
		t.Fatal(err)
	}
	return m, footer
}

func TestTheTemplateLoadsAndRuns(t *testing.T) {
	s := load(t, write(t, "start.yaml", string(Template())), Options{})
	m, footer := run(t, s.Config)
	if len(m.Pods) != 112 { // 12 web servers and 100 jobs
		t.Errorf("%d pods, want 112", len(m.Pods))
	}
	if len(footer.Notes) != 0 {
		t.Errorf("notes %v, want none: everything in the template works", footer.Notes)
	}
}
