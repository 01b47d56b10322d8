// Package towtank holds no code: its one test keeps the tree tidy.
package towtank

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

const module = "towtank.dev/towtank"

// imports says for each package which packages of this module it may import. A trailing "/..." takes a
// whole subtree. A package that is missing here fails the test: put it where it belongs first.
var imports = map[string][]string{
	"sim":                     {},
	"model":                   {"sim"},
	"model/modeltest":         {"model", "sim"},
	"sim/record":              {"sim", "model"},
	"sim/apiserver":           {"sim", "model"},
	"sim/heartbeat":           {"sim", "model", "sim/apiserver"},
	"sim/behaviour":           {"sim", "model"},
	"sim/prober":              {"sim", "model", "sim/behaviour"},
	"sim/kubelet":             {"sim", "model", "sim/apiserver", "sim/behaviour", "sim/prober", "sim/images"},
	"sim/pressure":            {"sim", "model", "sim/apiserver", "sim/behaviour", "sim/images", "sim/kubelet"},
	"sim/usage":               {"sim", "model", "sim/apiserver", "sim/behaviour", "sim/controllers", "sim/kubelet", "sim/pressure"},
	"sim/images":              {"sim", "model", "sim/apiserver"},
	"sim/traffic":             {"sim", "model", "sim/apiserver", "sim/kubelet"},
	"sim/controllers":         {"sim", "model", "sim/apiserver", "sim/heartbeat"},
	"sim/verbs":               {"sim", "model", "sim/apiserver"},
	"sim/faults":              {"sim", "model", "sim/apiserver", "sim/verbs"},
	"sim/world":               {"sim", "model", "sim/...", "scheduler", "scheduler/..."},
	"sim/simtest":             {"sim", "model", "sim/...", "scheduler", "scheduler/..."},
	"scheduler":               {"sim", "model", "scheduler/..."},
	"scheduler/framework":     {"sim", "model"},
	"scheduler/schedulertest": {"sim", "model", "scheduler", "scheduler/..."},
	"scheduler/queue":         {"sim", "model", "scheduler/framework"},
	"scheduler/cache":         {"sim", "model", "scheduler/framework"},
	"scheduler/config":        {"sim", "model", "scheduler/framework", "scheduler/plugins"},
	"scheduler/plugins":       {"sim", "model", "scheduler/framework"},
	"scenarios/decode":        {"sim", "model"},
	"scenarios/manifest":      {"sim", "model", "scenarios/decode"},
	"scenarios/generators":    {"sim", "model", "sim/world", "sim/record", "sim/verbs"},
	"scenarios/timelinediff":  {},
	"scenarios/traces":        {"sim", "model", "sim/world", "sim/record"},
	"scenarios/library":       {},
	"scenarios/place":         {"sim", "model", "scheduler", "scheduler/...", "scenarios/manifest", "scenarios/decode"},
	"scenarios":               {"sim", "model", "sim/...", "scheduler", "scheduler/...", "scenarios/..."},
	"reports/stats":           {},
	"reports":                 {"sim", "model", "sim/record", "reports/stats"},
	"reports/render":          {"sim", "model", "sim/record", "reports"},
	"cmd":                     {"sim", "model", "sim/...", "scheduler", "scheduler/...", "scenarios", "scenarios/...", "reports", "reports/..."},
	"cmd/towtank":             {"cmd"},
}

// outside says which packages may import what is not ours. The key is a prefix of the import path.
var outside = map[string][]string{
	"k8s.io/":                           {"scenarios/manifest"},
	"gopkg.in/evanphx/json-patch.v4":    {"scenarios/manifest"},
	"sigs.k8s.io/":                      {"scenarios/manifest"},
	"gopkg.in/yaml.v3":                  {"scenarios", "scenarios/..."},
	"gonum.org/v1/gonum":                {"sim", "reports/stats"},
	"github.com/distribution/reference": {"sim/images"},
	"github.com/olekukonko/tablewriter": {"reports/render"},
	"github.com/spf13/cobra":            {"cmd"},
	"github.com/robfig/cron/v3":         {"sim/controllers"},
	"golang.org/x/term":                 {"cmd"},
}

// unclocked are the packages in which a run happens: no wall clock, goroutine or global randomness.
var unclocked = []string{"sim", "sim/...", "scheduler", "scheduler/...", "model", "model/...", "scenarios", "scenarios/...", "reports", "reports/..."}

// sweep is the one file below unclocked that may start goroutines: parallelism lives between runs.
const sweep = "sim/world/sweep.go"

// banned names calls that unclocked packages must not make, by import path; "*" bans the whole package.
var banned = map[string][]string{
	"time":         {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"math/rand":    {"*"},
	"math/rand/v2": {"Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Uint32", "Uint32N", "Uint64", "Uint64N", "N", "Float32", "Float64", "ExpFloat64", "NormFloat64", "Perm", "Shuffle", "Uint", "UintN"},
	"crypto/rand":  {"*"},
	"sync":         {"*"},
	"sync/atomic":  {"*"},
	"hash/maphash": {"*"},
}

// TestTree reads every Go file of the main module and holds it against the tables above.
func TestTree(t *testing.T) {
	files := token.NewFileSet()
	documented := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || nested(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || filepath.Dir(path) == "." {
			return nil
		}
		parsed, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		test := strings.HasSuffix(path, "_test.go")
		if !test {
			documented[dir] = documented[dir] || parsed.Doc != nil
		}
		checkImports(t, dir, path, parsed, test)
		if in(dir, unclocked) && !test && filepath.ToSlash(path) != sweep {
			checkCalls(t, files, parsed)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(documented) == 0 {
		t.Fatal("no Go files found: the test looks in the wrong folder")
	}
	for _, dir := range sortedKeys(documented) {
		if !documented[dir] {
			t.Errorf("%s: no file has a package comment", dir)
		}
	}
}

// nested says whether the folder is a module of its own.
func nested(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "go.mod"))
	return len(found) > 0
}

// checkImports holds a file's imports against the tables. Tests may import anything of ours, and
// outside packages as their package may.
func checkImports(t *testing.T, dir, path string, file *ast.File, test bool) {
	allowed, known := imports[dir]
	if !known {
		t.Errorf("%s: package %s is not in the import table of tidy_test.go", path, dir)
		return
	}
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if own, ok := strings.CutPrefix(name, module+"/"); ok {
			if !test && !in(own, allowed) {
				t.Errorf("%s: %s may not import %s", path, dir, own)
			}
			continue
		}
		for prefix, users := range outside {
			if strings.HasPrefix(name, prefix) && !in(dir, users) {
				t.Errorf("%s: %s may not import %s", path, dir, name)
			}
		}
		if strings.Contains(strings.Split(name, "/")[0], ".") && !knownOutside(name) {
			t.Errorf("%s: %s is not in the table of outside packages of tidy_test.go", path, name)
		}
	}
}

func knownOutside(name string) bool {
	for prefix := range outside {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// in says whether dir is one of the patterns or below one that ends in "/...".
func in(dir string, patterns []string) bool {
	for _, p := range patterns {
		if root, tree := strings.CutSuffix(p, "/..."); p == dir || tree && strings.HasPrefix(dir, root+"/") {
			return true
		}
	}
	return false
}

// checkCalls finds go and select statements and calls of banned functions.
func checkCalls(t *testing.T, files *token.FileSet, file *ast.File) {
	names := map[string]string{} // local name to import path
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		local := path[strings.LastIndex(path, "/")+1:]
		if path == "math/rand/v2" {
			local = "rand"
		}
		if spec.Name != nil {
			local = spec.Name.Name
		}
		names[local] = path
		if list, ok := banned[path]; ok && list[0] == "*" {
			t.Errorf("%s: import of %s is banned here", files.Position(spec.Pos()), path)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			t.Errorf("%s: go statement: a run is single-threaded", files.Position(n.Pos()))
		case *ast.SelectStmt:
			t.Errorf("%s: select statement: a run is single-threaded", files.Position(n.Pos()))
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && id.Obj == nil {
				for _, name := range banned[names[id.Name]] {
					if name == n.Sel.Name {
						t.Errorf("%s: %s.%s is banned here", files.Position(n.Pos()), id.Name, name)
					}
				}
			}
		}
		return true
	})
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
