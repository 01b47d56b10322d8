package simtest_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/sim/simtest"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the expected outputs of the scripts")

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(data), "# ") {
				t.Error("the script does not say what it guards")
			}
			got, err := simtest.Play(string(data))
			if err != nil {
				t.Fatal(err)
			}
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, string(data), got)
		})
	}
}

// compare tells the first lines that differ.
func compare(t *testing.T, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			t.Errorf("line %d:\nwant %s\ngot  %s", i+1, w[i], strings.Join(g[min(i, len(g)):min(i+1, len(g))], ""))
			t.Logf("whole output:\n%s", got)
			return
		}
	}
	t.Errorf("more output than expected:\n%s", strings.Join(g[len(w):], "\n"))
}
