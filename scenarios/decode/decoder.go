package decode

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

// Hook decodes one type of value.
type Hook func(d *Decoder, n *yaml.Node, path string, out reflect.Value)

// Decoder turns nodes of one file into Go values. Struct fields are found by their yaml or json tags;
// a field without a tag is not decoded.
type Decoder struct {
	File     string
	Problems *Problems
	// Hooks decode types with a form of their own.
	Hooks map[reflect.Type]Hook
	// Manifest reads as Kubernetes does: numbers like 0644 are octal, and json.Unmarshaler is honoured.
	Manifest bool

	fields map[reflect.Type]*fieldSet
}

// Add notes a problem at a node.
func (d *Decoder) Add(n *yaml.Node, path, format string, args ...any) {
	d.Problems.Add(d.File, n, path, format, args...)
}

// Into decodes a node into what out points to. Faults become problems; what is right is decoded all the same.
func (d *Decoder) Into(n *yaml.Node, path string, out any) {
	d.value(n, path, reflect.ValueOf(out).Elem())
}

var nodeType = reflect.TypeOf(yaml.Node{})

func (d *Decoder) value(n *yaml.Node, path string, out reflect.Value) {
	if out.Type() == nodeType {
		out.Set(reflect.ValueOf(*Resolve(n)))
		return
	}
	n = Resolve(n)
	if hook := d.Hooks[out.Type()]; hook != nil {
		hook(d, n, path, out)
		return
	}
	if IsNull(n) {
		return
	}
	if d.Manifest && d.unmarshaler(n, path, out) {
		return
	}
	switch out.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(out.Type().Elem())
		before := d.Problems.Len()
		d.value(n, path, fresh.Elem())
		if d.Problems.Len() == before || out.Type().Elem().Kind() == reflect.Struct {
			out.Set(fresh) // what is wrong as a whole stays unset, so that nobody complains of its zero
		}
	case reflect.Struct:
		d.structure(n, path, out)
	case reflect.Map:
		d.mapping(n, path, out)
	case reflect.Slice:
		d.sequence(n, path, out)
	case reflect.Interface:
		if v := Plain(n); v != nil {
			out.Set(reflect.ValueOf(v))
		}
	default:
		d.scalar(n, path, out)
	}
}

// Resolve follows an alias to what it stands for.
func Resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// IsNull says whether the node is null or empty.
func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// Pair is one entry of a map.
type Pair struct{ Key, Value *yaml.Node }

// Pairs returns the entries of a map, with merge keys (<<) written out; entries of the map itself win.
func Pairs(n *yaml.Node) []Pair {
	n = Resolve(n)
	pairs := make([]Pair, 0, len(n.Content)/2)
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			merged = append(merged, n.Content[i+1])
			continue
		}
		pairs = append(pairs, Pair{n.Content[i], n.Content[i+1]})
	}
	for _, m := range merged {
		m = Resolve(m)
		if m.Kind == yaml.SequenceNode {
			for _, one := range m.Content {
				pairs = addMissing(pairs, Pairs(one))
			}
		} else if m.Kind == yaml.MappingNode {
			pairs = addMissing(pairs, Pairs(m))
		}
	}
	return pairs
}

func addMissing(pairs, more []Pair) []Pair {
	for _, p := range more {
		found := false
		for _, have := range pairs {
			found = found || have.Key.Value == p.Key.Value
		}
		if !found {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// Get returns the value of a key of a map, nil when it is not there.
func Get(n *yaml.Node, key string) *yaml.Node {
	if n = Resolve(n); n.Kind != yaml.MappingNode {
		return nil
	}
	for _, p := range Pairs(n) {
		if p.Key.Value == key {
			return Resolve(p.Value)
		}
	}
	return nil
}

// Kind names what a node is, for messages.
func Kind(n *yaml.Node) string {
	switch n = Resolve(n); n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return "the boolean " + n.Value
	case "!!null":
		return "nothing"
	}
	return "the text \"" + n.Value + "\""
}
