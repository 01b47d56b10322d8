package manifest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write the expected messages anew")

// Each broken file has its messages beside it; findings other than broken input name their sort first.
func TestBrokenFilesAreToldInFull(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.*")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d broken files, %v", len(files), err)
	}
	sorts := map[Sort]string{Broken: "", Invalid: "invalid ", Unmodelled: "unmodelled ", NeedsPlugin: "plugin ", Accepted: "accepted "}
	for _, file := range files {
		if strings.HasSuffix(file, ".txt") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			r := readFile(t, file, Options{Start: start})
			var b strings.Builder
			for _, f := range r.Findings() {
				text := strings.ReplaceAll(f.String(), "testdata/", "")
				b.WriteString(sorts[f.Sort] + text + "\n")
			}
			if b.Len() == 0 {
				t.Error("nothing found in a broken file")
			}
			golden(t, file+".txt", b.String())
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func readFile(t testing.TB, file string, o Options) *Reader {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r := NewReader(o)
	r.Read(file, in)
	return r
}
