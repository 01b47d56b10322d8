package scenarios

import (
	"bufio"
	"bytes"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
)

// quantity reads one number of a distribution: in the unit of its values, or bare.
type quantity func(d *decode.Decoder, n *yaml.Node, path string) (float64, bool)

// seconds reads a span as seconds. Parameters may be negative (the mean of a truncated normal).
func seconds(d *decode.Decoder, n *yaml.Node, path string) (float64, bool) {
	if n.Kind != yaml.ScalarNode || decode.IsNull(n) {
		d.Add(n, path, "%s, want a duration, e.g. 90s", decode.Kind(n))
		return 0, false
	}
	span, err := ParseDuration(n.Value)
	if err != nil {
		d.Add(n, path, "%v", err)
		return 0, false
	}
	return span.Seconds(), true
}

func number(d *decode.Decoder, n *yaml.Node, path string) (float64, bool) { return d.Float(n, path) }

func (r *reader) durationDistHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if dist := r.durationDist(d, n, path); dist != nil {
		out.Set(reflect.ValueOf(durationDist{dist}))
	}
}

func (r *reader) distHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if dist := r.durationDist(d, n, path); dist != nil {
		out.Set(reflect.ValueOf(dist))
	}
}

func (r *reader) numberDistHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if dist := r.numberDist(d, n, path); dist != nil {
		out.Set(reflect.ValueOf(numberDist{dist}))
	}
}

// durationDist reads a span or a distribution of spans; nil after a problem.
func (r *reader) durationDist(d *decode.Decoder, n *yaml.Node, path string) sim.Dist {
	if n.Kind != yaml.MappingNode {
		span, ok := duration(d, n, path)
		if !ok {
			return nil
		}
		return sim.Constant(span.Seconds())
	}
	dist := r.family(d, n, path, seconds)
	if dist == nil {
		return nil
	}
	if err := sim.CheckDuration(dist); err != nil {
		d.Add(n, path, "%v", err)
		return nil
	}
	return dist
}

// numberDist reads an exit code or a distribution of them; nil after a problem.
func (r *reader) numberDist(d *decode.Decoder, n *yaml.Node, path string) sim.Dist {
	if n.Kind != yaml.MappingNode {
		code, ok := d.Int(n, path, 0, 255)
		if !ok {
			return nil
		}
		return sim.Constant(code)
	}
	return r.family(d, n, path, number)
}

// family reads {exponential: {mean: 10m}} and the like; nil after a problem.
func (r *reader) family(d *decode.Decoder, n *yaml.Node, path string, unit quantity) sim.Dist {
	pairs := decode.Pairs(n)
	if len(pairs) != 1 {
		d.Add(n, path, "%d distributions, want one of %s", len(pairs), strings.Join(familyNames(), ", "))
		return nil
	}
	name, value := pairs[0].Key.Value, decode.Resolve(pairs[0].Value)
	at := path + "." + name
	info, known := sim.Distribution(name)
	if !known && name != "empirical" {
		d.Add(pairs[0].Key, at, "%s", decode.Unknown("distribution", name, familyNames()))
		return nil
	}
	if value.Kind != yaml.MappingNode {
		d.Add(value, at, "%s, want its parameters, e.g. {exponential: {mean: 10m}}", decode.Kind(value))
		return nil
	}
	if name == "empirical" {
		return r.empirical(d, value, at, unit)
	}
	return parametric(d, info, value, at, unit)
}

func familyNames() []string {
	names := []string{"empirical"}
	for _, info := range sim.Distributions() {
		names = append(names, info.Name)
	}
	return sorted(names)
}

// meant is ", did you mean X?" or nothing.
func meant(name string, names []string) string {
	if near := decode.Nearest(name, names); near != "" {
		return ", did you mean " + near + "?"
	}
	return ""
}

// parametric reads the parameters of a family that is made from numbers.
func parametric(d *decode.Decoder, info sim.DistributionInfo, n *yaml.Node, path string, unit quantity) sim.Dist {
	params, places, ok := map[string]float64{}, map[string]place{}, true
	for _, p := range decode.Pairs(n) {
		name, value := p.Key.Value, decode.Resolve(p.Value)
		if name == "truncate" {
			ok = truncation(d, info, value, path+".truncate", unit, params, places) && ok
			continue
		}
		ok = parameter(d, info, p.Key, value, path+"."+name, unit, params, places) && ok
	}
	if !ok {
		return nil
	}
	dist, err := info.New(params)
	if err != nil {
		field, message, _ := strings.Cut(err.Error(), ": ")
		at := place{n, path}
		if name, found := strings.CutPrefix(field, info.Name+"."); found && places[name].node != nil {
			at = places[name]
			message = asWritten(message, params[name], at.node.Value)
		}
		d.Add(at.node, at.path, "%s", message)
		return nil
	}
	return dist
}

// place is where a parameter stands.
type place struct {
	node *yaml.Node
	path string
}

// asWritten has a message that begins with a number begin with what was written.
func asWritten(message string, x float64, written string) string {
	if rest, found := strings.CutPrefix(message, strconv.FormatFloat(x, 'g', -1, 64)+" "); found {
		return written + " " + rest
	}
	return message
}

// parameter reads one parameter into params.
func parameter(d *decode.Decoder, info sim.DistributionInfo, key, value *yaml.Node, path string, unit quantity, params map[string]float64, places map[string]place) bool {
	param, known := info.Param(key.Value)
	if !known {
		names := make([]string, len(info.Params))
		for i, p := range info.Params {
			names[i] = p.Name
		}
		d.Add(key, path, "%s", decode.UnknownField(key.Value, names))
		return false
	}
	read := number
	if param.InUnit {
		read = unit
	}
	x, ok := read(d, value, path)
	params[key.Value], places[key.Value] = x, place{value, path}
	return ok
}

// truncation reads truncate: {min, max}, the limits of a family that has none of its own by these names.
func truncation(d *decode.Decoder, info sim.DistributionInfo, n *yaml.Node, path string, unit quantity, params map[string]float64, places map[string]place) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		d.Add(n, path, "%s, want min, max or both", decode.Kind(n))
		return false
	}
	ok := true
	for _, p := range decode.Pairs(n) {
		name := p.Key.Value
		if name != "min" && name != "max" {
			d.Add(p.Key, path+"."+name, "%s", decode.UnknownField(name, []string{"min", "max"}))
			ok = false
			continue
		}
		if param, known := info.Param(name); !known || !param.Optional {
			d.Add(p.Key, path+"."+name, "%s has limits of its own, set those", info.Name)
			ok = false
			continue
		}
		if places[name].node != nil {
			d.Add(p.Key, path+"."+name, "%s is given beside truncate too, want it once", name)
			ok = false
			continue
		}
		ok = parameter(d, info, p.Key, decode.Resolve(p.Value), path+"."+name, unit, params, places) && ok
	}
	return ok
}

// empirical reads {values, weights} or {file}, and limits. A file has a value a line, and may have a weight
// after it.
func (r *reader) empirical(d *decode.Decoder, n *yaml.Node, path string, unit quantity) sim.Dist {
	before := d.Problems.Len()
	least, greatest := math.Inf(-1), math.Inf(1)
	var values, weights []float64
	for _, p := range decode.Pairs(n) {
		value, at := decode.Resolve(p.Value), path+"."+p.Key.Value
		switch p.Key.Value {
		case "values":
			values = numbers(d, value, at, unit)
		case "weights":
			weights = numbers(d, value, at, number)
		case "min":
			least, _ = unit(d, value, at)
		case "max":
			greatest, _ = unit(d, value, at)
		case "file":
			if decode.Get(n, "values") != nil || decode.Get(n, "weights") != nil {
				d.Add(p.Key, at, "stands beside values or weights, want the file or those")
				continue
			}
			values, weights = r.empiricalFile(d, value, at, unit)
		default:
			d.Add(p.Key, at, "%s", decode.UnknownField(p.Key.Value, []string{"values", "weights", "file", "min", "max"}))
		}
	}
	if d.Problems.Len() > before {
		return nil
	}
	dist, err := sim.NewEmpiricalBetween(values, weights, least, greatest)
	if err != nil {
		d.Add(n, path, "%s", strings.TrimPrefix(err.Error(), "empirical."))
		return nil
	}
	return dist
}

func numbers(d *decode.Decoder, n *yaml.Node, path string, unit quantity) []float64 {
	if n.Kind != yaml.SequenceNode {
		d.Add(n, path, "%s, want a list", decode.Kind(n))
		return nil
	}
	out := make([]float64, 0, len(n.Content))
	for i, child := range n.Content {
		x, _ := unit(d, decode.Resolve(child), decode.Index(path, i))
		out = append(out, x)
	}
	return out
}

// empiricalFile reads a value on each line, with or without a weight after it. # begins a comment.
func (r *reader) empiricalFile(d *decode.Decoder, n *yaml.Node, path string, unit quantity) (values, weights []float64) {
	name, ok := d.Text(n, path)
	if !ok {
		return nil, nil
	}
	file, ok := r.readSmall(d, n, path, name)
	if !ok {
		return nil, nil
	}
	in := *d
	in.File = file.display
	scanner := bufio.NewScanner(bytes.NewReader(file.content))
	weighted := 0
	for line := 1; scanner.Scan(); line++ {
		text, _, _ := strings.Cut(scanner.Text(), "#")
		fields := strings.Fields(strings.ReplaceAll(text, ",", " "))
		if len(fields) == 0 {
			continue
		}
		column := strings.Index(scanner.Text(), fields[0]) + 1
		x, _ := unit(&in, scalarAt(fields[0], line, column), "value")
		values = append(values, x)
		weight := 1.0
		if len(fields) > 1 {
			weighted++
			weight, _ = number(&in, scalarAt(fields[1], line, column+len(fields[0])+1), "weight")
		}
		weights = append(weights, weight)
		if len(fields) > 2 {
			in.Add(scalarAt("", line, column), "", "%d words, want a value, or a value and its weight", len(fields))
		}
	}
	if weighted > 0 && weighted < len(values) {
		in.Add(nil, "", "%d of %d values have a weight, want all or none", weighted, len(values))
	}
	if weighted == 0 {
		weights = nil
	}
	return values, weights
}

// scalarAt is a plain scalar read from a place that is not YAML.
func scalarAt(text string, line, column int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: text, Line: line, Column: column}
	n.Tag = n.ShortTag()
	return n
}

// distText writes a distribution for the list of parameters: a constant span as a duration.
func distText(d sim.Dist) string {
	if c, ok := d.(sim.Constant); ok {
		return time.Duration(math.Round(float64(c) * 1e9)).String()
	}
	return d.String() + " s"
}
