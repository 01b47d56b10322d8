package scenarios

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
)

// newManifests returns a reader of manifests for this run; apply tells of those that a verb applies.
func (r *reader) newManifests(apply bool) *manifest.Reader {
	return manifest.NewReader(manifest.Options{Start: r.start, Apply: apply})
}

// readPath reads the manifests that a path stands for. n is where the scenario names it, nil for one named on
// the command line.
func (r *reader) readPath(in *manifest.Reader, path string, n *yaml.Node, at string) {
	files, err := expand(path)
	if err != nil {
		if n == nil {
			r.problems.AddAt(path, 0, 0, "", "%v", err)
		} else {
			r.problems.Add(r.file, n, at, "%v", err)
		}
		return
	}
	for _, file := range files {
		t, err := r.openLarge(file)
		if err == nil {
			in.Read(file, t)
			err = r.closeLarge(t)
		}
		if err != nil {
			r.problems.AddAt(file, 0, 0, "", "%v", err)
		} else if n == nil {
			r.named(file, record.AsManifests)
		}
	}
}

// taken returns what a reader of manifests has read; by is the path of the verb that brings it.
func taken(in *manifest.Reader, by string) []object {
	var out []object
	for _, o := range in.Objects() {
		out = append(out, object{Object: o.Object, file: o.File, line: o.Line, column: o.Column, path: o.Path, by: by})
	}
	return out
}

// settle makes problems or counts of what a reader of manifests found: broken and invalid input is a problem, and
// so is what a pod needs that cannot be scheduled; what is not modelled is a problem or is counted, as the scenario
// says.
func (r *reader) settle(in *manifest.Reader) {
	for _, f := range in.Findings() {
		if f.Sort == manifest.Accepted {
			r.ignored.add(f.Kind + " has no effect on pods and was set aside")
		} else if f.Sort != manifest.Unmodelled {
			r.problems.Append(f.Problem)
		} else if r.ignoreUnmodelled() {
			r.ignored.add(f.Kind + tail(f.Field) + " is not modelled and was ignored")
		} else {
			p := f.Problem
			p.Message += "; unmodelled: ignore runs without it"
			r.problems.Append(p)
		}
	}
}

func tail(field string) string {
	if field == "" {
		return ""
	}
	return " " + field
}

func (r *reader) ignoreUnmodelled() bool {
	if r.options.Unmodelled != "" {
		return r.options.Unmodelled == "ignore"
	}
	return r.doc.Unmodelled == "ignore"
}

// tallies count remarks by their text, in the order in which they were first made.
type tallies struct {
	order []string
	count map[string]int64
}

func (t *tallies) add(text string) {
	if t.count == nil {
		t.count = map[string]int64{}
	}
	if t.count[text]++; t.count[text] == 1 {
		t.order = append(t.order, text)
	}
}

func (t *tallies) notes() []record.Note {
	var out []record.Note
	for _, text := range t.order {
		out = append(out, record.Note{Text: text, Count: t.count[text]})
	}
	return out
}

// templateHook reads an object that stands in a verb.
func (r *reader) templateHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	n = withDefault(n, "v1", "apiVersion")
	in := r.newManifests(false)
	in.ReadNode(d.File, n, path)
	r.settle(in)
	read := taken(in, r.by)
	if len(read) > 1 {
		d.Add(n, path, "%d objects, want one; files takes many", len(read))
	}
	if len(read) == 0 {
		return
	}
	r.created = append(r.created, read[0])
	out.Set(reflect.ValueOf(read[0].Object))
}

// manifestsHook reads manifests named in a verb: a path or a list of them; an object in place stands for itself.
func (r *reader) manifestsHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	in := r.newManifests(true)
	list, single := []*yaml.Node{n}, true
	if n.Kind == yaml.SequenceNode {
		list, single = n.Content, false
	}
	for i, one := range list {
		one, at := decode.Resolve(one), path
		if !single {
			at = decode.Index(path, i)
		}
		if one.Kind == yaml.MappingNode {
			in.ReadNode(d.File, one, at)
		} else if name, ok := d.Text(one, at); ok {
			r.readPath(in, r.locate(name), one, at)
		}
	}
	r.settle(in)
	r.created = append(r.created, taken(in, r.by)...)
	var manifests []verbs.Manifest
	for _, o := range in.Objects() {
		manifests = append(manifests, verbs.Manifest{Place: r.relativePlace(&o), Object: o.Object, Merge: manifest.Apply(&o, r.start).Merge})
	}
	out.Set(reflect.ValueOf(manifests))
}

// patchHook reads a patch of what the verb is about.
func (r *reader) patchHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	kind := manifest.StrategicPatch
	if t := r.patching.strategy; t != nil {
		kind = manifest.PatchType(t.Value)
	}
	if kind != manifest.StrategicPatch && kind != manifest.MergePatch && kind != manifest.JSONPatch {
		d.Add(r.patching.strategy, strings.TrimSuffix(path, "patch")+"type", "%q is not known, want strategic, merge or json", kind)
		return
	}
	if patch := manifest.ReadPatch(d.File, n, path, r.patching.kind, kind, r.start, d.Problems); patch != nil {
		out.Set(reflect.ValueOf(verbs.Merge(patch.Merge)))
	}
}

// relativePlace is where an object stands, the same wherever the scenario is run from.
func (r *reader) relativePlace(o *manifest.Object) string {
	inner := *o
	inner.File = r.relative(o.File)
	return inner.Place()
}

// patching is what the patch being read is about.
type patching struct {
	kind     model.Kind
	strategy *yaml.Node
}
