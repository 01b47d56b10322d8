package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/manifest"
)

// Numbers with a unit that have a form of their own in a file.
type (
	byteCount      int64   // a Kubernetes quantity of bytes
	bytesPerSecond float64 // such as 1Gbit/s or 50MB/s; +Inf: unlimited
)

// byteCountHook reads a quantity of bytes: whole, and not negative.
func byteCountHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind != yaml.ScalarNode || decode.IsNull(n) {
		d.Add(n, path, "%s, want bytes, e.g. 900M or 1Gi", decode.Kind(n))
		return
	}
	q, err := manifest.ParseQuantity(n.Value)
	switch {
	case err != nil:
		d.Add(n, path, "%q is not a quantity of bytes, want e.g. 900M or 1Gi", n.Value)
	case q.Units < 0 || q.Nanos < 0:
		d.Add(n, path, "%s is negative, want 0 or more bytes, e.g. 900M", n.Value)
	case q.Nanos != 0:
		d.Add(n, path, "%s is no whole number of bytes: m stands for a thousandth, M for a million", n.Value)
	default:
		out.SetInt(q.Units)
	}
}

var bandwidthForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([kMGT]i?)?(bit|B)/s$`)

// bandwidthUnits are what the prefixes of bandwidths multiply by.
var bandwidthUnits = map[string]float64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
	"ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}

// parseBandwidth reads 1Gbit/s, 50MB/s or unlimited as bytes a second.
func parseBandwidth(text string) (float64, error) {
	if text == "unlimited" {
		return math.Inf(1), nil
	}
	m := bandwidthForm.FindStringSubmatch(text)
	if m == nil {
		if bareNumber.MatchString(text) {
			return 0, fmt.Errorf("%s has no unit, want a bandwidth; did you mean %sMbit/s?", text, text)
		}
		return 0, fmt.Errorf("%q is not a bandwidth, want e.g. 1Gbit/s, 50MB/s or unlimited", text)
	}
	x, _ := strconv.ParseFloat(m[1], 64)
	if x *= bandwidthUnits[m[2]]; m[3] == "bit" {
		x /= 8
	}
	if x == 0 {
		return 0, fmt.Errorf("%s lets nothing through, want more than that", text)
	}
	return x, nil
}

func bandwidthHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind != yaml.ScalarNode || decode.IsNull(n) {
		d.Add(n, path, "%s, want a bandwidth, e.g. 1Gbit/s, 50MB/s or unlimited", decode.Kind(n))
		return
	}
	x, err := parseBandwidth(n.Value)
	if err != nil {
		d.Add(n, path, "%v", err)
		return
	}
	out.SetFloat(x)
}

// bandwidthText writes bytes a second as people write them.
func bandwidthText(x float64) string {
	if math.IsInf(x, 1) {
		return "unlimited"
	}
	return strconv.FormatFloat(x, 'f', -1, 64) + "B/s"
}
