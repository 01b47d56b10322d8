package coverage

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Reason is a text, or format, that upstream can give for not placing a pod.
type Reason struct {
	// Package is the plugin's folder.
	Package string
	Text    string
	pattern *regexp.Regexp
}

var (
	constant = regexp.MustCompile(`(?i)^err(or)?reason`)
	verb     = regexp.MustCompile(`%[-+#0-9.]*[a-zA-Z]`)
)

// Source is where the module cache keeps Kubernetes at a version, such as v1.37.2.
func Source(version string) (string, error) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return "", err
	}
	return filepath.Join(strings.TrimSpace(string(out)), "k8s.io", "kubernetes@"+version), nil
}

// Reasons reads the reasons out of the plugins' source: constants named as reasons, what
// statuses are made with, and the reasons of insufficient resources.
func Reasons(source string) ([]Reason, error) {
	root := filepath.Join(source, "pkg", "scheduler", "framework")
	var found []Reason
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || !wanted(path) {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, text := range texts(n) {
				found = append(found, reason(filepath.Base(filepath.Dir(path)), text))
			}
			return true
		})
		return nil
	})
	slices.SortFunc(found, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(found, func(a, b Reason) bool { return a.Package == b.Package && a.Text == b.Text }), err
}

// wanted leaves out tests, and plugins of gates that are off by default or not modelled.
func wanted(path string) bool {
	if strings.HasSuffix(path, "_test.go") {
		return false
	}
	for _, part := range []string{"testing", "dynamicresources", "gangscheduling", "podgrouppodscount", "topologyaware", "fake", "podgrouppreemption"} {
		if strings.Contains(path, string(filepath.Separator)+part) {
			return false
		}
	}
	return strings.Contains(path, "plugins") || strings.Contains(path, "preemption")
}

// texts are the reasons a node of the syntax holds.
func texts(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if constant.MatchString(name.Name) && i < len(n.Values) {
				return literals(n.Values[i])
			}
		}
	case *ast.CallExpr:
		if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "NewStatus" || s.Sel.Name == "AppendReason") {
			var out []string
			for _, a := range n.Args {
				out = append(out, literals(a)...)
			}
			return out
		}
	case *ast.KeyValueExpr:
		if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Reason" {
			return literals(n.Value)
		}
	}
	return nil
}

// literals are the texts in an expression, not those inside functions it makes.
func literals(e ast.Expr) []string {
	var out []string
	ast.Inspect(e, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil && len(s) > 3 {
				out = append(out, s)
			}
		}
		return true
	})
	return out
}

func reason(pkg, text string) Reason {
	parts := verb.Split(text, -1)
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return Reason{Package: pkg, Text: text, pattern: regexp.MustCompile(strings.Join(parts, ".*"))}
}
