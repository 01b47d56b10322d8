package decode

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// scalar decodes text, numbers and booleans, without turning one into another.
func (d *Decoder) scalar(n *yaml.Node, path string, out reflect.Value) {
	switch out.Kind() {
	case reflect.String:
		if s, ok := d.Text(n, path); ok {
			out.SetString(s)
		}
	case reflect.Bool:
		if b, ok := d.Bool(n, path); ok {
			out.SetBool(b)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		low, high := intRange(out.Type().Bits())
		if i, ok := d.Int(n, path, low, high); ok {
			out.SetInt(i)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		_, high := intRange(out.Type().Bits())
		if i, ok := d.Int(n, path, 0, high); ok {
			out.SetUint(uint64(i))
		}
	case reflect.Float32, reflect.Float64:
		if f, ok := d.Float(n, path); ok {
			out.SetFloat(f)
		}
	default:
		panic("decode: no form for " + out.Type().String())
	}
}

func intRange(bits int) (low, high int64) {
	return -1 << (bits - 1), 1<<(bits-1) - 1
}

// switches are the plain words that YAML 1.1 takes for booleans.
var switches = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true}

func plain(n *yaml.Node) bool {
	return n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

// Text decodes text. Plain numbers, booleans and words that YAML 1.1 takes for booleans are refused: quotes
// say what is meant.
func (d *Decoder) Text(n *yaml.Node, path string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.Add(n, path, "%s, want text", Kind(n))
	case n.Tag == "!!int" || n.Tag == "!!float" || n.Tag == "!!bool":
		d.Add(n, path, "%s, want text: write \"%s\"", Kind(n), n.Value)
	case plain(n) && switches[strings.ToLower(n.Value)]:
		d.Add(n, path, "plain %s is a boolean to Kubernetes, want text: write \"%s\"", n.Value, n.Value)
	default:
		return n.Value, true
	}
	return "", false
}

// Bool decodes true or false.
func (d *Decoder) Bool(n *yaml.Node, path string) (value, ok bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" && plain(n) {
		return strings.EqualFold(n.Value, "true"), true
	}
	d.Add(n, path, "%s, want true or false", Kind(n))
	return false, false
}

var (
	wholeNumber = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)
	octalNumber = regexp.MustCompile(`^[-+]?0o?[0-7]+$`)
)

// Int decodes a whole number within bounds.
func (d *Decoder) Int(n *yaml.Node, path string, low, high int64) (int64, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" && n.Tag != "!!float" || !plain(n) {
		d.Add(n, path, "%s, want a whole number", Kind(n))
		return 0, false
	}
	base, digits := 10, n.Value
	switch {
	case wholeNumber.MatchString(digits):
	case octalNumber.MatchString(digits) && d.Manifest:
		base, digits = 8, strings.Replace(digits, "o", "", 1)
	case octalNumber.MatchString(digits):
		decimal, _ := strconv.ParseInt(strings.Replace(digits, "o", "", 1), 8, 64)
		d.Add(n, path, "%s could be the octal for %d: write %s or %d", n.Value, decimal, strings.TrimLeft(strings.Replace(digits, "o", "", 1), "0"), decimal)
		return 0, false
	default:
		d.Add(n, path, "%s is not a whole number in digits, want e.g. 10", n.Value)
		return 0, false
	}
	i, err := strconv.ParseInt(digits, base, 64)
	if err != nil || i < low || i > high {
		if low == 0 && strings.HasPrefix(digits, "-") {
			d.Add(n, path, "%s is negative, want 0 or more", n.Value)
		} else {
			d.Add(n, path, "%s is out of range, want %d to %d", n.Value, low, high)
		}
		return 0, false
	}
	return i, true
}

var decimalNumber = regexp.MustCompile(`^[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$`)

// Float decodes a finite number.
func (d *Decoder) Float(n *yaml.Node, path string) (float64, bool) {
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float") && plain(n) && decimalNumber.MatchString(n.Value) {
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsInf(f, 0) {
			return f, true
		}
	}
	d.Add(n, path, "%s, want a number", Kind(n))
	return 0, false
}

// unmarshaler decodes types that know how to read themselves from JSON; false when the type is none.
func (d *Decoder) unmarshaler(n *yaml.Node, path string, out reflect.Value) bool {
	if out.Kind() == reflect.Pointer || !out.CanAddr() {
		return false
	}
	u, ok := out.Addr().Interface().(json.Unmarshaler)
	if !ok {
		return false
	}
	data, err := json.Marshal(Plain(n))
	if err == nil {
		err = u.UnmarshalJSON(data)
	}
	if err != nil {
		d.Add(n, path, "%s: %v", Kind(n), err)
	}
	return true
}

// Plain turns a node into maps, lists, text, numbers (json.Number), booleans and nil, ready for encoding/json.
func Plain(n *yaml.Node) any {
	switch n = Resolve(n); n.Kind {
	case yaml.MappingNode:
		pairs := Pairs(n)
		m := make(map[string]any, len(pairs))
		for _, p := range pairs {
			m[p.Key.Value] = Plain(p.Value)
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, child := range n.Content {
			list[i] = Plain(child)
		}
		return list
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if octalNumber.MatchString(n.Value) && !wholeNumber.MatchString(n.Value) {
			if i, err := strconv.ParseInt(strings.Replace(n.Value, "o", "", 1), 8, 64); err == nil {
				return json.Number(strconv.FormatInt(i, 10))
			}
		}
		if decimalNumber.MatchString(n.Value) {
			return json.Number(strings.TrimPrefix(n.Value, "+"))
		}
	}
	return n.Value
}
