package manifest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
)

// Object is an object and where it stands.
type Object struct {
	model.Object
	File         string
	Line, Column int
	Path         string // within its document, "" unless it is an item of a list
	// Index counts the objects of a Reader, from 0, those that are broken or not modelled included.
	Index int
	// Dated says whether the manifest gives a creationTimestamp.
	Dated bool

	applied []byte // JSON of the manifest with kubectl's annotation, with Options.Apply
}

// Place is file:line:column.
func (o *Object) Place() string { return fmt.Sprintf("%s:%d:%d", o.File, o.Line, o.Column) }

// Options say how to read.
type Options struct {
	// Start is the wall clock at instant 0; times in manifests become instants relative to it.
	Start time.Time
	// Namespace is that of objects that name none; "" is "default".
	Namespace string
	// Apply reads manifests that are to be applied: objects get the annotation that kubectl apply gives
	// them, and can be passed to Apply.
	Apply bool
	// Twice takes objects whose name another one has, all of them, with a finding of the sort Invalid.
	Twice bool
	// Each is given every object as soon as it is read; nil collects them for Objects.
	Each func(Object)
}

// Reader reads manifests, one input after the other. Pods with the same spec share one *model.PodSpec,
// across inputs too. A Reader is not for use from several goroutines.
type Reader struct {
	options  Options
	clock    clock
	decoder  *decode.Decoder
	problems decode.Problems // of the object being read
	specs    specs
	objects  []Object
	findings []Finding
	places   map[identity]string
	count    int
}

// identity is what no two objects may share.
type identity struct {
	kind            model.Kind
	namespace, name string
}

// NewReader returns a reader that has read nothing.
func NewReader(o Options) *Reader {
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	r := &Reader{options: o, clock: clock{o.Start}, specs: newSpecs(), places: map[identity]string{}}
	r.decoder = &decode.Decoder{Problems: &r.problems, Hooks: hooks(), Manifest: true}
	return r
}

// Read reads a stream of manifests: YAML of any number of documents, or JSON objects one after another.
// Lists of every kind are taken apart. file is the name for messages; what ends in .gz is unpacked. Large
// lists are read item by item: memory is bounded by the objects, not by the text.
func (r *Reader) Read(file string, in io.Reader) {
	before := r.count + len(r.findings)
	readStream(r, file, in)
	if r.count+len(r.findings) == before {
		r.broken(file, 0, 0, "", "no objects in it, want manifests such as kubectl apply takes")
	}
}

// ReadNode reads an object, or a list, that stands within another document. path is where.
func (r *Reader) ReadNode(file string, n *yaml.Node, path string) { r.value(file, n, path, listType{}) }

// Objects returns what was read, in order, unless Options.Each took it.
func (r *Reader) Objects() []Object { return r.objects }

// Findings returns what was found, in the order of the input.
func (r *Reader) Findings() []Finding { return r.findings }

// Errors returns the findings of the sorts, as problems.
func (r *Reader) Errors(sorts ...Sort) []decode.Problem {
	var out []decode.Problem
	for _, f := range r.findings {
		if slices.Contains(sorts, f.Sort) {
			out = append(out, f.Problem)
		}
	}
	return out
}

func (r *Reader) broken(file string, line, column int, path, format string, args ...any) {
	r.findings = append(r.findings, Finding{Problem: decode.Problem{
		File: file, Line: line, Column: column, Path: path, Message: fmt.Sprintf(format, args...),
	}})
}

func (r *Reader) brokenAt(file string, n *yaml.Node, path, format string, args ...any) {
	r.broken(file, n.Line, n.Column, path, format, args...)
}

// listType is what the items of a typed list need not say themselves.
type listType struct{ apiVersion, kind string }

// value reads a document or an item: an object, or a list of them.
func (r *Reader) value(file string, n *yaml.Node, path string, list listType) {
	n = decode.Resolve(n)
	if n.Kind != yaml.MappingNode {
		r.brokenAt(file, n, path, "%s, want an object with apiVersion and kind", decode.Kind(n))
		return
	}
	t, ok := r.typeOf(file, n, path, list)
	if !ok {
		return
	}
	if isList(t.kind) {
		r.list(file, n, path, t)
		return
	}
	r.count++
	k, found := resolveKind(t)
	if found != nil {
		found.File, found.Line, found.Column, found.Path = file, n.Line, n.Column, path
		at := decode.Get(n, "kind")
		if found.Field == "apiVersion" {
			at = decode.Get(n, "apiVersion")
		}
		if at != nil {
			found.Line, found.Column = at.Line, at.Column
			found.Path = under(path, cmpField(found.Field))
		}
		r.findings = append(r.findings, *found)
		return
	}
	r.object(k, file, n, path)
}

// cmpField is the field that a finding about the type is about.
func cmpField(field string) string {
	if field == "apiVersion" {
		return field
	}
	return "kind"
}

// typeOf reads kind and apiVersion.
func (r *Reader) typeOf(file string, n *yaml.Node, path string, list listType) (listType, bool) {
	t := list
	complete := true
	for _, f := range []struct {
		name string
		to   *string
	}{{"apiVersion", &t.apiVersion}, {"kind", &t.kind}} {
		value := decode.Get(n, f.name)
		if value != nil && value.Kind == yaml.ScalarNode && value.Tag == "!!str" && value.Value != "" {
			*f.to = value.Value
			continue
		}
		if value == nil && *f.to != "" {
			continue
		}
		complete = false
		at := n
		if value != nil {
			at = value
		}
		r.brokenAt(file, at, under(path, f.name), "missing, want e.g. %s", map[string]string{"apiVersion": "v1", "kind": "Pod"}[f.name])
	}
	return t, complete
}

func isList(kind string) bool { return strings.HasSuffix(kind, "List") }

// itemType is what the items of a list of that type are, when they do not say themselves.
func itemType(t listType) listType {
	if t.kind == "List" {
		return listType{}
	}
	return listType{t.apiVersion, strings.TrimSuffix(t.kind, "List")}
}

var listFields = []string{"apiVersion", "kind", "metadata", "items"}

func (r *Reader) list(file string, n *yaml.Node, path string, t listType) {
	r.listHead(file, n, path)
	items := decode.Get(n, "items")
	if items == nil || decode.IsNull(items) {
		return
	}
	at := under(path, "items")
	if items.Kind != yaml.SequenceNode {
		r.brokenAt(file, items, at, "%s, want a list of objects", decode.Kind(items))
		return
	}
	for i, item := range items.Content {
		r.value(file, item, decode.Index(at, i), itemType(t))
	}
}

// listHead checks the fields of a list beside its items.
func (r *Reader) listHead(file string, n *yaml.Node, path string) {
	for _, p := range decode.Pairs(n) {
		if !slices.Contains(listFields, p.Key.Value) {
			r.brokenAt(file, p.Key, decode.Join(path, p.Key.Value), "%s", decode.UnknownField(p.Key.Value, listFields))
		}
	}
}
