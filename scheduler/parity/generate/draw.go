package generate

const configVersion = "kubescheduler.config.k8s.io/v1"

// chance is true with probability p.
func (g *generator) chance(p float64) bool { return g.Float64() < p }

// next numbers things within a case.
func (g *generator) next() int {
	g.names++
	return g.names
}

// pick draws one of the values.
func pick[T any](g *generator, values ...T) T { return values[g.IntN(len(values))] }

// some draws between low and high different values, in the order given.
func some[T any](g *generator, low, high int, values ...T) []T {
	want := low + g.IntN(high-low+1)
	var out []T
	for i, v := range values {
		if left := len(values) - i; g.IntN(left) < want-len(out) {
			out = append(out, v)
		}
	}
	return out
}

func list[T any](of []T) []any {
	out := make([]any, 0, len(of))
	for _, v := range of {
		out = append(out, v)
	}
	return out
}

// at is the object under a path of keys, made where it is not there.
func at(o Object, path ...string) Object {
	for _, k := range path {
		next, ok := o[k].(Object)
		if !ok {
			next = Object{}
			o[k] = next
		}
		o = next
	}
	return o
}

// add appends to a list field.
func add(o Object, key string, values ...any) {
	have, _ := o[key].([]any)
	o[key] = append(have, values...)
}

func head(version, kind, name, namespace string) Object {
	meta := Object{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	return Object{"apiVersion": version, "kind": kind, "metadata": meta}
}

// containersOf are the main containers of a pod.
func containersOf(p Object) []Object {
	var out []Object
	for _, c := range at(p, "spec")["containers"].([]any) {
		out = append(out, c.(Object))
	}
	return out
}

func labelsOf(o Object) Object { return at(o, "metadata", "labels") }

func nameOf(o Object) string {
	name, _ := at(o, "metadata")["name"].(string)
	return name
}

// nodeNames are the names of the nodes, and one that no node has.
func (g *generator) nodeNames() []string {
	names := []string{"nowhere"}
	for _, n := range g.nodes {
		names = append(names, n.name)
	}
	return names
}

// args is the arguments object of a plugin in a profile, made where it is not there.
func args(g *generator, profile Object, plugin string) Object {
	g.configured = true
	for _, c := range listOf(profile, "pluginConfig") {
		if c["name"] == plugin {
			return at(c, "args")
		}
	}
	a := Object{"apiVersion": configVersion, "kind": plugin + "Args"}
	add(profile, "pluginConfig", Object{"name": plugin, "args": a})
	return a
}

func listOf(o Object, key string) []Object {
	var out []Object
	have, _ := o[key].([]any)
	for _, v := range have {
		out = append(out, v.(Object))
	}
	return out
}

// deep is a copy that shares nothing with what it was made from.
func deep(v any) any {
	switch v := v.(type) {
	case Object:
		out := Object{}
		for k, x := range v {
			out[k] = deep(x)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, x := range v {
			out = append(out, deep(x))
		}
		return out
	}
	return v
}
