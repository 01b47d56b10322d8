package scenarios

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim/verbs"
)

// verb reads the value of a verb into its struct.
func (r *reader) verb(d *decode.Decoder, info verbs.Info, n *yaml.Node, path string) verbs.Verb {
	v := info.New()
	out := reflect.ValueOf(v).Elem()
	before := d.Problems.Len()
	switch {
	case n.Kind == yaml.MappingNode && decode.Get(n, "kind") != nil && takesFiles(out.Type()) >= 0:
		r.manifestsHook(d, n, path, out.Field(takesFiles(out.Type()))) // an object in place
	case n.Kind == yaml.MappingNode:
		r.verbFields(d, info, n, path, out)
	case takesFiles(out.Type()) >= 0 && !decode.IsNull(n):
		r.manifestsHook(d, n, path, out.Field(takesFiles(out.Type())))
	default:
		d.Add(n, path, "%s, want its fields, e.g. %s", decode.Kind(n), info.Example)
	}
	checkMarks(d, n, path, v)
	if d.Problems.Len() > before {
		return v
	}
	if c, ok := v.(verbs.Checker); ok {
		if err := c.Check(); err != nil {
			addChecked(d, n, path, err)
		}
	}
	return v
}

// checkMarks notes keys and values of labels, annotations and taints that Kubernetes would refuse.
func checkMarks(d *decode.Decoder, n *yaml.Node, path string, v verbs.Verb) {
	set, at := decode.Get(n, "set"), decode.Join(path, "set")
	switch v := v.(type) {
	case *verbs.Label:
		checkLabels(d, set, at, v.Set)
	case *verbs.Annotate:
		for _, key := range slices.Sorted(maps.Keys(v.Set)) {
			// Source: kubernetes v1.37.2 apimachinery pkg/api/validation/objectmeta.go ValidateAnnotations: case does not matter.
			for _, fault := range framework.LabelKeyFaults(strings.ToLower(key)) {
				d.Add(decode.Get(set, key), decode.Join(at, key), "%q is not the key of an annotation: %s", key, fault)
			}
		}
	case *verbs.Taint:
		for _, t := range v.Parsed() {
			checkLabel(d, decode.Get(n, "taints"), decode.Join(path, "taints"), t.Key, t.Value)
		}
	}
}

// addChecked notes what a verb says against its own fields: its words begin with the field.
func addChecked(d *decode.Decoder, n *yaml.Node, path string, err error) {
	field, message, found := strings.Cut(err.Error(), ": ")
	name, _, _ := strings.Cut(field, "[")
	if at := decode.Get(n, name); found && at != nil {
		d.Add(at, decode.Join(path, name)+strings.TrimPrefix(field, name), "%s", message)
		return
	}
	d.Add(n, path, "%v", err)
}

// takesFiles is the number of the field that holds manifests from files, -1 when there is none.
func takesFiles(t reflect.Type) int {
	for i := 0; i < t.NumField(); i++ {
		if t.Field(i).Type == reflect.TypeFor[[]verbs.Manifest]() {
			return i
		}
	}
	return -1
}

// verbFields reads the fields of a verb, and its target beside them.
func (r *reader) verbFields(d *decode.Decoder, info verbs.Info, n *yaml.Node, path string, out reflect.Value) {
	names := fieldNames(out.Type())
	target := targetOf(out)
	if target != nil {
		names = append(names, targetNames()...)
	}
	rest := *n
	rest.Content = nil
	first, said := "", false
	for _, p := range decode.Pairs(n) {
		name := p.Key.Value
		key, about := targetKeys[name]
		switch {
		case about && target != nil && first != "":
			d.Add(p.Key, decode.Join(path, name), "a second target beside %s, want one", first)
		case about && target != nil:
			first = name
			r.target(d, key, p, decode.Join(path, name), target)
		case slices.Contains(names, name):
			rest.Content = append(rest.Content, p.Key, p.Value)
		default:
			words := decode.UnknownField(name, names)
			if target != nil {
				words = unknownTarget(name, names)
				said = said || words != decode.UnknownField(name, names)
			}
			d.Add(p.Key, decode.Join(path, name), "%s", words)
		}
	}
	if target != nil {
		if first == "" && decode.Get(n, "zone") == nil {
			if said {
				return // what it is about is misspelt
			}
			d.Add(n, path, "says not what it is about, want e.g. %s", info.Example)
			return
		}
		r.patching = patching{kind: target.Kind, strategy: decode.Get(n, "type")}
	}
	d.Into(&rest, path, out.Addr().Interface())
}

// targetOf is the target among the fields of a verb, nil when it has none.
func targetOf(out reflect.Value) *verbs.Target {
	for i := 0; i < out.NumField(); i++ {
		if t, ok := out.Field(i).Addr().Interface().(*verbs.Target); ok {
			return t
		}
	}
	return nil
}

// keyed gives a verb that draws the key of its draws: its path in the scenario, which stays when lines move.
func keyed(m moment) verbs.Verb {
	if keyedByField(m.verb) {
		return keyedVerb{m.verb, m.field}
	}
	return m.verb
}

// keyedVerb is a verb whose draws are keyed by its path in the scenario.
type keyedVerb struct {
	verbs.Verb
	key string
}

// Do does the verb.
func (v keyedVerb) Do(env *verbs.Env) error {
	inner := *env
	inner.Place = v.key
	return v.Verb.Do(&inner)
}
