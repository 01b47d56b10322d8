package render

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"towtank.dev/towtank/reports"
)

// table is a document of one table.
func table(columns []reports.Column, rows ...[]reports.Value) *reports.Doc {
	return &reports.Doc{Report: "test", Title: "t", Sections: []reports.Section{{Key: "rows", Table: &reports.Table{Columns: columns, Rows: rows}}}}
}

func TestWrap(t *testing.T) {
	cases := []struct {
		text  string
		space int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 13, "one two three"},
		{"one two three", 12, "one two|three"},
		{"one  two\nthree", 7, "one two|three"},
		{"a-word-that-is-longer fits", 5, "a-word-that-is-longer|fits"},
	}
	for _, c := range cases {
		if got := strings.Join(wrap(c.text, c.space), "|"); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.space, got, c.want)
		}
	}
}

func TestTextAlignsNumbersRightAndTextLeft(t *testing.T) {
	d := table([]reports.Column{{Key: "a", Head: "NAME"}, {Key: "b", Head: "N"}, {Key: "c", Head: "X"}},
		[]reports.Value{reports.Text("web"), reports.Count(5), reports.Absent()},
		[]reports.Value{reports.Text("é"), reports.Count(1000), reports.Text("x")})
	got, err := Text(d)
	if err != nil {
		t.Fatal(err)
	}
	want := "t\n\nNAME       N   X\nweb        5   -\né      1,000   x\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWithoutATitleTextBeginsWithItsFirstSection(t *testing.T) {
	d := table([]reports.Column{{Key: "a", Head: "A"}}, []reports.Value{reports.Text("x")})
	d.Title, d.Sections[0].Title = "", "ROWS"
	got, err := Text(d)
	if err != nil {
		t.Fatal(err)
	}
	if want := "ROWS\nA\nx\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMessagesCannotMoveTheCursor(t *testing.T) {
	d := table([]reports.Column{{Key: "a", Head: "WHY", Wide: true}}, []reports.Value{reports.Text("red \x1b[31m and\r\nmore")})
	for _, r := range []Renderer{{"table", "", Text}, {"markdown", "", Markdown}} {
		got, err := r.Render(d)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(string(got), "\x1b\r") {
			t.Errorf("%s lets control characters through: %q", r.Name, got)
		}
	}
}

func TestMarkdownKeepsTextFromBeingMarkup(t *testing.T) {
	d := table([]reports.Column{{Key: "a", Head: "WHY", Wide: true}}, []reports.Value{reports.Text("a|b *c* <d> `e` f_g")})
	got, err := Markdown(d)
	if err != nil {
		t.Fatal(err)
	}
	if want := "| a\\|b \\*c\\* &lt;d> \\`e\\` f\\_g |\n"; !strings.HasSuffix(string(got), want) {
		t.Errorf("row %q, want it to end in %q", got, want)
	}
}

// Widths of signs such as ± depend on the locale in some terminals: output must not.
func TestTextDoesNotDependOnTheLocale(t *testing.T) {
	d := table([]reports.Column{{Key: "a", Head: "A"}, {Key: "b", Head: "B"}},
		[]reports.Value{reports.Range(1, 2, reports.UnitSpan), reports.Text("±±±±")},
		[]reports.Value{reports.Count(100000), reports.Text("x")})
	got, err := Text(d)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("RENDER_PRINT") != "" {
		os.Stdout.Write(got)
		os.Exit(0)
	}
	for _, lang := range []string{"C", "ja_JP.UTF-8"} {
		again := exec.Command(os.Args[0], "-test.run", "^TestTextDoesNotDependOnTheLocale$")
		again.Env = append(os.Environ(), "RENDER_PRINT=1", "LANG="+lang, "LC_ALL="+lang, "RUNEWIDTH_EASTASIAN=1", "TERM=xterm-256color")
		out, err := again.Output()
		if err != nil {
			t.Fatal(err)
		}
		if string(out) != string(got) {
			t.Errorf("with %s:\n%s\nhere:\n%s", lang, out, got)
		}
	}
}
