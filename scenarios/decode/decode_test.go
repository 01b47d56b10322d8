package decode

import (
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

type sample struct {
	Name    string            `yaml:"name"`
	Count   int32             `yaml:"count"`
	Ratio   float64           `yaml:"ratio"`
	On      bool              `yaml:"on"`
	Labels  map[string]string `yaml:"labels"`
	Parts   []part            `yaml:"parts"`
	Maybe   *int64            `yaml:"maybe"`
	Started time.Duration     `yaml:"-"`
}

type part struct {
	Size uint16    `yaml:"size"`
	Raw  yaml.Node `yaml:"raw"`
}

// decodeAll decodes every document and returns the problems as text.
func decodeAll(text string, manifest bool) (sample, string) {
	var problems Problems
	var out sample
	d := &Decoder{File: "a.yaml", Problems: &problems, Manifest: manifest}
	for _, n := range Documents("a.yaml", []byte(text), 0, &problems) {
		d.Into(n, "", &out)
	}
	if err := problems.Err(); err != nil {
		return out, err.Error()
	}
	return out, ""
}

func TestEveryTrapIsNamedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a misspelled field", "nmae: x\n", "a.yaml:1:1: nmae: unknown field, did you mean name?"},
		{"a field like none", "zzzzzzzz: x\n", "a.yaml:1:1: zzzzzzzz: unknown field, want one of name, count, ratio, on, labels, parts, maybe"},
		{"octal-looking number", "count: 010\n", "a.yaml:1:8: count: 010 could be the octal for 8: write 10 or 8"},
		{"underscores", "count: 1_000\n", "a.yaml:1:8: count: 1_000 is not a whole number in digits, want e.g. 10"},
		{"an exponent for a whole number", "count: 1e3\n", "a.yaml:1:8: count: 1e3 is not a whole number in digits, want e.g. 10"},
		{"out of range", "count: 3000000000\n", "a.yaml:1:8: count: 3000000000 is out of range, want -2147483648 to 2147483647"},
		{"negative where none can be", "parts: [{size: -1}]\n", "a.yaml:1:16: parts[0].size: -1 is negative, want 0 or more"},
		{"a word for a boolean", "on: yes\n", `a.yaml:1:5: on: the text "yes", want true or false`},
		{"a word that is a boolean elsewhere", "labels: {fast: on}\n", `a.yaml:1:16: labels.fast: plain on is a boolean to Kubernetes, want text: write "on"`},
		{"a number for text", "labels: {rank: 8}\n", `a.yaml:1:16: labels.rank: the number 8, want text: write "8"`},
		{"a list for text", "name: [x]\n", "a.yaml:1:7: name: a list, want text"},
		{"text for a list", "parts: x\n", `a.yaml:1:8: parts: the text "x", want a list`},
		{"a key twice", "name: x\ncount: 1\nname: y\n", "a.yaml:3:1: name: the key stands twice, first in line 1"},
		{"an alias in itself", "labels: &l {again: *l}\n", "a.yaml:1:20: labels.again: alias *l contains itself"},
		{"mapping in a scalar", "name: x: y\n", "a.yaml:1:8: not YAML: mapping values are not allowed in this context"},
		{"a tab", "parts:\n\t- size: 1\n", "a.yaml:2:1: not YAML: found character that cannot start any token"},
		{"a quote that does not end", "name: \"x\n", "not YAML: "},
		{"binary", "name: \x00\n", "a.yaml:1:7: not a text file: byte 0x00, want YAML or JSON in UTF-8"},
		{"not UTF-8", "a: b\nname: \xff\n", "a.yaml:2:7: not a text file: byte 0xff"},
	} {
		if _, got := decodeAll(c.text, false); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestAllFaultsComeAtOnceInOrder(t *testing.T) {
	_, got := decodeAll("ratio: no\ncount: x\nparts:\n- {size: 1, sise: 2}\n- size: 70000\n", false)
	want := []string{"a.yaml:1:8: ratio", "a.yaml:2:8: count", "a.yaml:4:13: parts[0].sise", "a.yaml:5:9: parts[1].size"}
	lines := strings.Split(got, "\n")
	if len(lines) != len(want) {
		t.Fatalf("got\n%s", got)
	}
	for i, w := range want {
		if !strings.HasPrefix(lines[i], w) {
			t.Errorf("line %d: %s, want %s", i, lines[i], w)
		}
	}
}

func TestWhatIsRightIsDecoded(t *testing.T) {
	got, problems := decodeAll("name: '8'\ncount: 7\nratio: 0.5\non: true\nlabels: {a: one, b: \"on\"}\nparts: [{size: 3, raw: {x: [1]}}]\nmaybe: 5\n", false)
	if problems != "" {
		t.Fatal(problems)
	}
	if got.Name != "8" || got.Count != 7 || got.Ratio != 0.5 || !got.On || got.Labels["b"] != "on" || got.Parts[0].Size != 3 || *got.Maybe != 5 {
		t.Errorf("got %+v", got)
	}
	if raw := got.Parts[0].Raw; raw.Kind != yaml.MappingNode {
		t.Errorf("raw node %+v", raw)
	}
}

func TestMergeKeysFillWhatIsMissing(t *testing.T) {
	got, problems := decodeAll("labels: &l {a: one, b: two}\n---\nlabels: {a: own}\n", false)
	if problems != "" || got.Labels["a"] != "own" {
		t.Errorf("%+v %s", got, problems)
	}
	got, problems = decodeAll("labels:\n  <<: [{a: one, b: two}, {b: three, c: four}]\n  a: own\n", false)
	if problems != "" || got.Labels["a"] != "own" || got.Labels["b"] != "two" || got.Labels["c"] != "four" {
		t.Errorf("%+v %s", got, problems)
	}
}

func TestManifestsMayWriteOctal(t *testing.T) {
	got, problems := decodeAll("count: 0644\n", true)
	if problems != "" || got.Count != 420 { // 6·64 + 4·8 + 4
		t.Errorf("%+v %s", got, problems)
	}
}

func TestExplodingAliasesAreRefusedQuickly(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		name, last := "a"+string(rune('0'+i/10))+string(rune('0'+i%10)), "a0"
		if i > 1 {
			last = "a" + string(rune('0'+(i-1)/10)) + string(rune('0'+(i-1)%10))
		}
		b.WriteString(name + ": &" + name + " [" + strings.Repeat("*"+last+", ", 9) + "*" + last + "]\n")
	}
	if _, got := decodeAll(b.String(), false); !strings.Contains(got, "explode") {
		t.Errorf("got %q", got)
	}
}

func TestLineNumbersCountFromTheGivenLine(t *testing.T) {
	var problems Problems
	Documents("b.yaml", []byte("a: 1\na: 2\n"), 100, &problems)
	if got := problems.Err().Error(); got != "b.yaml:102:1: a: the key stands twice, first in line 101" {
		t.Error(got)
	}
}

func TestNearestFindsSlipsOfTheHand(t *testing.T) {
	names := []string{"metadata", "namespace", "name", "containers"}
	for slip, want := range map[string]string{"nmae": "name", "metdata": "metadata", "conatiners": "containers", "NameSpace": "namespace", "xyzzy": ""} {
		if got := Nearest(slip, names); got != want {
			t.Errorf("%s: %q, want %q", slip, got, want)
		}
	}
}

func FuzzDocuments(f *testing.F) {
	for _, seed := range []string{"name: x\n", "a: &a [*a]\n", "{\"name\": 1}", "- 1\n- <<: {a: b}\n", "\t", "%YAML 1.2\n---\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var problems Problems
		d := &Decoder{File: "f.yaml", Problems: &problems}
		for _, n := range Documents("f.yaml", data, 0, &problems) {
			var out sample
			d.Into(n, "", &out)
			Plain(n)
		}
		for _, p := range problems.All() {
			if p.Line < 1 || p.Column < 1 {
				t.Fatalf("a problem without a place: %v", p)
			}
		}
	})
}
