package manifest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"towtank.dev/towtank/model"
)

// Whatever is read, reading ends, every finding has words, and what was read without findings can be
// written and read again.
func FuzzManifest(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.*")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".txt") {
			f.Add(text, strings.HasSuffix(file, ".json"))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, isJSON bool) {
		name := "a.yaml"
		if isJSON {
			name = "a.json"
		}
		r := NewReader(Options{Start: start})
		r.Read(name, bytes.NewReader(text))
		for _, found := range r.Findings() {
			if found.Message == "" || found.File != name {
				t.Fatalf("a finding without words or file: %#v", found)
			}
		}
		if len(r.Findings()) > 0 {
			return
		}
		for _, o := range r.Objects() {
			data, err := JSON(o.Object, start)
			if err != nil {
				t.Fatal(err)
			}
			again := NewReader(Options{Start: start})
			again.Read("again.json", bytes.NewReader(data))
			if broken := again.Errors(Broken, Invalid); len(broken) > 0 {
				t.Fatalf("%s is written as %s: %v", o.Meta().Key(), data, broken)
			}
		}
	})
}

func FuzzQuantity(f *testing.F) {
	for _, text := range []string{"1", "500m", "16Gi", "1e3", "-1.5", "0.1n", "9223372036854775806", "1E", "1e-3", "8Ei", "1e99999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuantity(text)
		if err != nil {
			return
		}
		written := toQuantity("memory", q)
		again, err := ParseQuantity(written.String())
		if err != nil || again != q {
			t.Fatalf("%q is %+v, written %s, which is %+v, %v", text, q, written.String(), again, err)
		}
	})
}

// A selector that upstream parses matches what upstream's matches; one that it does not is not silent.
func FuzzSelector(f *testing.F) {
	f.Add("app", "web", "tier", "In", "front,back", "app=web,tier=front")
	f.Add("a", "", "b", "DoesNotExist", "", "a=")
	f.Add("a", "x", "a", "NotIn", "x", "")
	f.Fuzz(func(t *testing.T, key, value, other, operator, values, have string) {
		s := &metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
		e := metav1.LabelSelectorRequirement{Key: other, Operator: metav1.LabelSelectorOperator(operator)}
		if values != "" {
			e.Values = strings.Split(values, ",")
		}
		s.MatchExpressions = append(s.MatchExpressions, e)
		set := labels.Set{}
		for _, pair := range strings.Split(have, ",") {
			name, v, _ := strings.Cut(pair, "=")
			set[name] = v
		}
		want, err := metav1.LabelSelectorAsSelector(s)
		if (err != nil) != (selectorError(s) != "") {
			t.Fatalf("error %v, told %q", err, selectorError(s))
		}
		if err != nil {
			return
		}
		for _, ours := range []*model.Selector{selector(s), selector(toSelector(selector(s)))} {
			if ours.Matches(set) != want.Matches(set) {
				t.Fatalf("%v matches %v: %v, upstream %v", s, set, ours.Matches(set), want.Matches(set))
			}
		}
	})
}
