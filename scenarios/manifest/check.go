package manifest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
)

// check takes over what decoding has found, and adds what the API server would refuse and what is not
// modelled.
func (r *Reader) check(k *kind, v metav1.Object, n *yaml.Node, place Object) {
	r.judge(v, spot{r, n, place, string(k.kind)}, validate(k, v))
}

// checkKnown checks what a pod has beside a spec that has been checked before.
func (r *Reader) checkKnown(p *v1.Pod, n *yaml.Node, place Object) {
	k := kindNamed(model.KindPod)
	r.judge(p, spot{r, n, place, string(k.kind)}, append(validateMeta(k, p), validateRest(p)...))
}

// judge notes all findings about an object in the order of their places: validation goes through maps.
func (r *Reader) judge(v metav1.Object, at spot, invalid field.ErrorList) {
	first := len(r.findings)
	r.dates(v, at)
	for _, p := range r.problems.All() {
		r.findings = append(r.findings, Finding{Problem: p, Kind: at.kind, Field: bare(p.Path)})
	}
	for _, e := range invalid {
		at.invalid(e)
	}
	if r.problems.Empty() {
		unmodelled(v, at)
	}
	r.order(first)
}

// order sorts the findings about an object by their places.
func (r *Reader) order(first int) {
	slices.SortStableFunc(r.findings[first:], func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
}

// spot is the object that findings are about.
type spot struct {
	reader *Reader
	node   *yaml.Node
	object Object
	kind   string
}

// invalid notes what the API server would refuse, unless something broken explains it.
func (s spot) invalid(e *field.Error) {
	path := pathOf(e.Field)
	if s.reader.explained(e, under(s.object.Path, path)) {
		return
	}
	n := decode.Walk(s.node, path)
	if bad, ok := e.BadValue.(string); ok && n.Kind == yaml.MappingNode {
		n = entry(n, bad)
	}
	s.addAt(n, Invalid, path, pattern.ReplaceAllString(e.ErrorBody(), "$1"))
}

// pattern is what upstream's messages say of regular expressions, behind their examples.
var pattern = regexp.MustCompile(`, regex used for validation is '.*?'(\)|$)`)

// entry is the key or the value of a map that is wrong; the map when there is no such.
func entry(n *yaml.Node, bad string) *yaml.Node {
	for _, p := range decode.Pairs(n) {
		if p.Key.Value == bad {
			return p.Key
		}
		if p.Value.Value == bad && bad != "" {
			return p.Value
		}
	}
	return n
}

var keyed = regexp.MustCompile(`\[([^\]]*[^0-9\]][^\]]*)\]`)

// pathOf writes the keys in upstream's paths, which stand in brackets, as decoding does.
func pathOf(upstream string) string {
	return keyed.ReplaceAllStringFunc(upstream, func(key string) string {
		return strings.TrimPrefix(decode.Join("x", key[1:len(key)-1]), "x")
	})
}

// under is a path within the place of an object.
func under(place, path string) string {
	if place == "" || path == "" {
		return place + path
	}
	return place + "." + path
}

// add notes a finding at a field of the object.
func (s spot) add(sort Sort, path, message string) {
	s.addAt(decode.Walk(s.node, path), sort, path, message)
}

func (s spot) addAt(n *yaml.Node, sort Sort, path, message string) {
	s.reader.findings = append(s.reader.findings, Finding{
		Problem: decode.Problem{File: s.object.File, Line: n.Line, Column: n.Column, Path: under(s.object.Path, path), Message: message},
		Sort:    sort, Kind: s.kind, Field: bare(path),
	})
}

var brackets = regexp.MustCompile(`\[[^\]]*\]`)

// bare is a path without its places in lists.
func bare(path string) string { return brackets.ReplaceAllString(path, "") }

// explained says whether an invalid value follows from something broken: the same value, a part of it, or
// a neighbour of a misspelt field that is missing for it.
func (r *Reader) explained(e *field.Error, path string) bool {
	missing := e.Type == field.ErrorTypeRequired || e.BadValue == "" || fmt.Sprint(e.BadValue) == ""
	for _, p := range r.problems.All() {
		switch {
		case within(path, p.Path), within(p.Path, path):
			return true
		case missing && parent(path) == parent(p.Path):
			return true
		}
	}
	return false
}

// within says whether a field is another one or a part of it.
func within(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '.'), 0)] }

// dates finds times that are too far from the start of the run to be counted in nanoseconds.
func (r *Reader) dates(v metav1.Object, at spot) {
	far := func(t *metav1.Time, path string) {
		if t != nil && !r.clock.reaches(*t) {
			r.problems.Add(at.object.File, decode.Walk(at.node, path), under(at.object.Path, path),
				"%s is more than 292 years from the start of the run", t.Format("2006-01-02"))
		}
	}
	created := v.GetCreationTimestamp()
	far(&created, "metadata.creationTimestamp")
	far(v.GetDeletionTimestamp(), "metadata.deletionTimestamp")
	if p, ok := v.(*v1.Pod); ok {
		far(p.Status.StartTime, "status.startTime")
	}
}
