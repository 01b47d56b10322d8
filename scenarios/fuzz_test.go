package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios/decode"
)

// FuzzScenario feeds the reader anything: it answers with a scenario or with problems, never with a panic, and
// every problem of the scenario itself has a place.
func FuzzScenario(f *testing.F) {
	f.Add([]byte(small))
	f.Add(Template())
	files, _ := filepath.Glob("testdata/*.bad.yaml")
	for _, file := range files {
		if content, err := os.ReadFile(file); err == nil && !strings.Contains(file, "bomb") {
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if namesFiles(data) {
			t.Skip("names other files")
		}
		r := newReader(Options{})
		r.dir, r.file = t.TempDir(), "fuzz.yaml"
		r.document(data)
		for _, nodes := range r.doc.Cluster.Nodes {
			if nodes.Count != nil && *nodes.Count > 1000 {
				t.Skip("many nodes take long to make")
			}
		}
		_, err := r.finish()
		var all *decode.Error
		if err == nil {
			return
		}
		all = err.(*decode.Error)
		for _, p := range all.Problems {
			if p.File == "fuzz.yaml" && (p.Line < 1 || p.Column < 1) {
				t.Errorf("no place: %s", p)
			}
		}
	})
}

// namesFiles tells of input that would read other files, which a fuzzer must not.
func namesFiles(data []byte) bool {
	return strings.Contains(string(data), "/") && !strings.Contains(string(data), "towtank.dev/") || strings.Contains(string(data), "..")
}
