package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared is the folder of real manifests beside the module.
func shared(t *testing.T) string {
	dir := os.Getenv("TOWTANK_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the folder of real manifests is not here; TOWTANK_SHARED names it")
	}
	return dir
}

// Real files are read without anything broken or invalid in them, to the last object.
func TestRealManifestsAreRead(t *testing.T) {
	dir := shared(t)
	for _, c := range []struct {
		files      string
		objects    int // modelled ones
		unmodelled bool
	}{
		{"traces/k8s-nodes/*", 1216, false},
		{"traces/k8s-apps/*", 178, false},
		{"conformance/*/cluster.yaml", 338, false},
		{"reference/rollout/manifests.yaml", 8, false},
		{"reference/drain/manifests.yaml", 8, false},
	} {
		files, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(c.files)))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %d files, %v", c.files, len(files), err)
		}
		objects, unmodelled := 0, false
		for _, file := range files {
			r := readFile(t, file, Options{Start: start, Twice: strings.Contains(file, "reference")})
			for _, p := range r.Errors(Broken, Invalid) {
				if !strings.Contains(p.Message, "stands twice") { // recordings change an object by its manifest
					t.Error(p)
				}
			}
			objects += len(r.Objects())
			for _, f := range r.Findings() {
				unmodelled = unmodelled || f.Sort == Unmodelled && f.Field == ""
			}
			for _, o := range r.Objects() {
				if _, err := JSON(o.Object, start); err != nil {
					t.Errorf("%s: %v", o.Place(), err)
				}
			}
		}
		if objects != c.objects || unmodelled != c.unmodelled {
			t.Errorf("%s: %d objects, want %d; kinds that are not modelled: %v", c.files, objects, c.objects, unmodelled)
		}
	}
}
