package decode

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// fieldSet are the fields of a struct type by the names they have in files.
type fieldSet struct {
	names []string // in order of declaration
	index map[string][]int
}

func (d *Decoder) fieldsOf(t reflect.Type) *fieldSet {
	if d.fields == nil {
		d.fields = map[reflect.Type]*fieldSet{}
	}
	set := d.fields[t]
	if set == nil {
		set = &fieldSet{index: map[string][]int{}}
		set.add(t, nil)
		d.fields[t] = set
	}
	return set
}

func (s *fieldSet) add(t reflect.Type, at []int) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("yaml")
		if !tagged {
			tag, tagged = f.Tag.Lookup("json")
		}
		name, options, _ := strings.Cut(tag, ",")
		place := append(append([]int(nil), at...), i)
		switch {
		case name == "-" || !tagged && !f.Anonymous || !f.IsExported() && !f.Anonymous:
		case name == "" && (strings.Contains(options, "inline") || f.Anonymous) && f.Type.Kind() == reflect.Struct:
			s.add(f.Type, place)
		case name != "":
			s.names = append(s.names, name)
			s.index[name] = place
		}
	}
}

// structure decodes a map into a struct; a key without a field is a problem.
func (d *Decoder) structure(n *yaml.Node, path string, out reflect.Value) {
	set := d.fieldsOf(out.Type())
	if n.Kind != yaml.MappingNode {
		d.Add(n, path, "%s, want a map with %s", Kind(n), some(set.names))
		return
	}
	for _, p := range Pairs(n) {
		name := p.Key.Value
		at, ok := set.index[name]
		if !ok {
			d.Add(p.Key, Join(path, name), "%s", UnknownField(name, set.names))
			continue
		}
		d.value(p.Value, Join(path, name), out.FieldByIndex(at))
	}
}

// UnknownField words that there is no field of that name.
func UnknownField(name string, names []string) string { return Unknown("field", name, names) }

// Unknown words that there is no such thing of that name, with the nearest one or those there are.
func Unknown(what, name string, names []string) string {
	if near := Nearest(name, names); near != "" {
		return "unknown " + what + ", did you mean " + near + "?"
	}
	return "unknown " + what + ", want one of " + some(names)
}

// some lists names, cut short where there are many.
func some(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

func (d *Decoder) mapping(n *yaml.Node, path string, out reflect.Value) {
	if n.Kind != yaml.MappingNode {
		d.Add(n, path, "%s, want a map", Kind(n))
		return
	}
	t := out.Type()
	pairs := Pairs(n)
	m := reflect.MakeMapWithSize(t, len(pairs))
	for _, p := range pairs {
		key := reflect.New(t.Key()).Elem()
		if key.Kind() == reflect.String {
			key.SetString(p.Key.Value)
		} else {
			d.value(p.Key, Join(path, p.Key.Value), key)
		}
		value := reflect.New(t.Elem()).Elem()
		d.value(p.Value, Join(path, p.Key.Value), value)
		m.SetMapIndex(key, value)
	}
	out.Set(m)
}

func (d *Decoder) sequence(n *yaml.Node, path string, out reflect.Value) {
	if out.Type().Elem().Kind() == reflect.Uint8 && n.Kind == yaml.ScalarNode {
		out.SetBytes([]byte(n.Value))
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.Add(n, path, "%s, want a list", Kind(n))
		return
	}
	list := reflect.MakeSlice(out.Type(), len(n.Content), len(n.Content))
	for i, child := range n.Content {
		d.value(child, Index(path, i), list.Index(i))
	}
	out.Set(list)
}
