package manifest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"towtank.dev/towtank/scenarios/decode"
)

// hooks decode the types of v1 that have a form of their own.
func hooks() map[reflect.Type]decode.Hook {
	return map[reflect.Type]decode.Hook{
		reflect.TypeFor[resource.Quantity]():           decodeQuantity,
		reflect.TypeFor[metav1.Time]():                 decodeTime,
		reflect.TypeFor[metav1.MicroTime]():            decodeMicroTime,
		reflect.TypeFor[intstr.IntOrString]():          decodeIntOrString,
		reflect.TypeFor[[]metav1.ManagedFieldsEntry](): func(*decode.Decoder, *yaml.Node, string, reflect.Value) {},
	}
}

// scalarText is a scalar as JSON would have it: octal and hexadecimal numbers become decimal.
func scalarText(n *yaml.Node) (text string, ok bool) {
	if n.Kind != yaml.ScalarNode {
		return "", false
	}
	switch v := decode.Plain(n).(type) {
	case json.Number:
		return v.String(), true
	case string:
		return v, true
	}
	return "", false
}

func decodeQuantity(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if decode.IsNull(n) {
		return
	}
	text, ok := scalarText(n)
	if !ok {
		d.Add(n, path, "%s is not a quantity, want e.g. 500m or 2", decode.Kind(n))
		return
	}
	q, err := parseQuantity(text)
	if err == nil {
		err = fits(path, text, q)
	}
	if err != nil {
		d.Add(n, path, "%v", err)
		return
	}
	out.Set(reflect.ValueOf(q))
}

// fits refuses an amount of CPU that does not fit into an int64 of thousandths, in which it is reckoned.
func fits(path, text string, q resource.Quantity) error {
	const most = 8e15
	if v := q.Value(); strings.HasSuffix(path, ".cpu") && (v > most || v < -most) {
		return fmt.Errorf("%q is too large for cpu, want at most 8P cores", text)
	}
	return nil
}

func decodeTime(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if t, ok := parseTime(d, n, path); ok {
		out.Set(reflect.ValueOf(metav1.NewTime(t)))
	}
}

func decodeMicroTime(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if t, ok := parseTime(d, n, path); ok {
		out.Set(reflect.ValueOf(metav1.NewMicroTime(t)))
	}
}

func parseTime(d *decode.Decoder, n *yaml.Node, path string) (time.Time, bool) {
	if decode.IsNull(n) {
		return time.Time{}, false
	}
	if n.Kind == yaml.ScalarNode {
		if t, err := time.Parse(time.RFC3339, n.Value); err == nil {
			return t.UTC(), true
		}
	}
	d.Add(n, path, "%s is not a time, want e.g. 2026-01-01T00:00:00Z", decode.Kind(n))
	return time.Time{}, false
}

func decodeIntOrString(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	switch {
	case decode.IsNull(n):
	case n.Kind == yaml.ScalarNode && n.Tag == "!!int":
		if i, ok := d.Int(n, path, -1<<31, 1<<31-1); ok {
			out.Set(reflect.ValueOf(intstr.FromInt32(int32(i))))
		}
	case n.Kind == yaml.ScalarNode && n.Tag == "!!str":
		out.Set(reflect.ValueOf(intstr.FromString(n.Value)))
	default:
		d.Add(n, path, "%s, want a number or text", decode.Kind(n))
	}
}
