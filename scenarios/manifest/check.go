package manifest

import (
	"cmp"
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
		if !r.explained(e, at.object.Path) {
			at.add(Invalid, e.Field, e.ErrorBody())
		}
	}
	if r.problems.Empty() {
		unmodelled(v, at)
	}
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

// add notes a finding at a field of the object.
func (s spot) add(sort Sort, path, message string) {
	n := decode.Walk(s.node, path)
	whole := path
	if s.object.Path != "" {
		whole = strings.TrimSuffix(s.object.Path+"."+path, ".")
	}
	s.reader.findings = append(s.reader.findings, Finding{
		Problem: decode.Problem{File: s.object.File, Line: n.Line, Column: n.Column, Path: whole, Message: message},
		Sort:    sort, Kind: s.kind, Field: bare(path),
	})
}

var brackets = regexp.MustCompile(`\[[^\]]*\]`)

// bare is a path without its places in lists.
func bare(path string) string { return brackets.ReplaceAllString(path, "") }

// explained says whether an invalid value follows from something broken: the same value, a part of it, or
// a neighbour of a misspelt field that is missing for it.
func (r *Reader) explained(e *field.Error, prefix string) bool {
	path := strings.TrimPrefix(prefix+"."+e.Field, ".")
	for _, p := range r.problems.All() {
		switch {
		case within(path, p.Path), within(p.Path, path):
			return true
		case e.Type == field.ErrorTypeRequired && parent(path) == parent(p.Path):
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
			r.problems.Add(at.object.File, decode.Walk(at.node, path), strings.TrimPrefix(at.object.Path+"."+path, "."),
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
