package scenarios

import (
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim/verbs"
)

// aimHook reads what pods should use of a resource: per cent of their requests, or an amount.
// Source: kubectl pkg/cmd/autoscale/autoscale.go parseResourceInput, parsePercentage (v0.37.2).
func aimHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind != yaml.ScalarNode || decode.IsNull(n) {
		d.Add(n, path, "%s, want per cent or a quantity, e.g. 70%% or 500m", decode.Kind(n))
		return
	}
	text := strings.TrimSpace(n.Value)
	if number, is := strings.CutSuffix(text, "%"); is {
		percent, err := strconv.ParseInt(number, 10, 32)
		if err != nil || percent < 1 {
			d.Add(n, path, "%q is no share of what pods request, want at least 1%%", text)
			return
		}
		out.Set(reflect.ValueOf(verbs.Aim{Percent: int32(percent)}))
		return
	}
	q, err := manifest.ParseQuantity(text)
	switch {
	case err != nil:
		d.Add(n, path, "%q is neither per cent nor a quantity, want e.g. 70%% or 500m", text)
	case q.Units < 0 || q.Nanos < 0 || q.IsZero():
		d.Add(n, path, "%s is not above 0, want e.g. 70%% or 500m", text)
	default:
		_, err := strconv.ParseFloat(text, 64)
		out.Set(reflect.ValueOf(verbs.Aim{Amount: q, Bare: err == nil}))
	}
}
