package reports_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/reports/render"
	"towtank.dev/towtank/sim/record"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files and generated documents")

// golden compares with a file, or rewrites it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *rewrite {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -rewrite after a look at this:\n%s", path, got)
	}
}

// build replays a record into a report, as a run does.
func build(t *testing.T, r reports.Report, m *record.Memory) *reports.Doc {
	t.Helper()
	b := r.New()
	if err := m.Replay(record.Multi(b)); err != nil {
		t.Fatal(err)
	}
	return b.Doc()
}

// documents are all reports of all fakes, and the comparisons, by name.
func documents(t *testing.T) map[string]*reports.Doc {
	docs := map[string]*reports.Doc{}
	for _, run := range runs {
		for _, r := range reports.Reports() {
			docs[r.Name+"-"+run.name] = build(t, r, run.make())
		}
	}
	docs["compare-three"] = compareThree().Doc()
	docs["compare-one-seed"] = compareOneSeed().Doc()
	return docs
}

func TestGoldenOfEveryReportAndRenderer(t *testing.T) {
	known := map[string]bool{}
	for name, doc := range documents(t) {
		for _, r := range render.Renderers() {
			known[name+"."+r.Name] = true
			t.Run(name+"/"+r.Name, func(t *testing.T) {
				got, err := r.Render(doc)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", name+"."+r.Name), got)
			})
		}
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("testdata/%s is of no report that there is", f.Name())
		}
	}
}

func TestTextFitsATerminal(t *testing.T) {
	for name, doc := range documents(t) {
		text, err := render.Text(doc)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > 120 {
				t.Errorf("%s: a line of %d columns: %s", name, n, line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: space at the end of %q", name, line)
			}
		}
	}
}

func TestJSONIsValidAndHasNoKeyTwice(t *testing.T) {
	for name, doc := range documents(t) {
		text, err := render.JSON(doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := unique(json.NewDecoder(bytes.NewReader(text))); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

func TestADocumentFromAFolderIsTheSame(t *testing.T) {
	for _, run := range runs {
		dir := filepath.Join(t.TempDir(), "run")
		files, err := record.OpenDir(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := whole(run.make()).Replay(record.Multi(files)); err != nil {
			t.Fatal(err)
		}
		for _, r := range reports.Reports() {
			live, err := render.JSON(build(t, r, whole(run.make())))
			if err != nil {
				t.Fatal(err)
			}
			b := r.New()
			if err := record.Read(dir, b); err != nil {
				t.Fatal(err)
			}
			read, err := render.JSON(b.Doc())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(live, read) {
				t.Errorf("%s of %s differs when it is built from the folder:\n%s\nin the run:\n%s", r.Name, run.name, read, live)
			}
		}
	}
}

// whole gives the pods of a fake odd nanoseconds, which files do not have.
func whole(m *record.Memory) *record.Memory {
	for i := range m.Pods {
		p := &m.Pods[i]
		p.Created = p.Created.Add(123)
		if p.Scheduled != p.Ended { // both Never
			p.Scheduled = p.Scheduled.Add(987)
		}
	}
	for i := range m.Nodes {
		m.Nodes[i].MeanMilliCPU += 1.0 / 3
		m.Nodes[i].MeanPods += 1.0 / 7
	}
	return m
}

func TestRegistriesAreSortedAndFound(t *testing.T) {
	last := ""
	for _, r := range reports.Reports() {
		found, ok := reports.Lookup(r.Name)
		if r.Name <= last || !ok || found.Name != r.Name || r.Doc == "" {
			t.Errorf("report %q is out of order, not found or not documented", r.Name)
		}
		last = r.Name
	}
	last = ""
	for _, r := range render.Renderers() {
		found, ok := render.Lookup(r.Name)
		if r.Name <= last || !ok || found.Name != r.Name || r.Doc == "" {
			t.Errorf("renderer %q is out of order, not found or not documented", r.Name)
		}
		last = r.Name
	}
	if _, ok := reports.Lookup("zzz"); ok {
		t.Error("a report that there is not was found")
	}
	if _, ok := render.Lookup("yaml"); ok {
		t.Error("a renderer that there is not was found")
	}
}
