package scenarios

import (
	"reflect"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim/behaviour"
)

// usage is what the block says.
func (u *usageBlock) usage() *behaviour.Usage {
	if u == nil {
		return nil
	}
	out := &behaviour.Usage{}
	if u.CPU != nil {
		out.CPU = u.CPU.made
	}
	if u.Memory != nil {
		out.Memory = u.Memory.made
	}
	if u.PIDs != nil {
		out.PIDs = u.PIDs.made
	}
	if u.Inodes != nil {
		out.Inodes = float64(*u.Inodes)
	}
	if u.WritableLayer != nil {
		out.WritableLayer = float64(*u.WritableLayer)
	}
	for _, volume := range sortedKeys(u.EmptyDir) {
		out.EmptyDirs = append(out.EmptyDirs, behaviour.Growth{Volume: volume, BytesPerSecond: float64(u.EmptyDir[volume])})
	}
	for _, volume := range sortedKeys(u.Volumes) {
		out.EmptyDirs = append(out.EmptyDirs, behaviour.Growth{Volume: volume, BytesPerSecond: float64(u.Volumes[volume])})
	}
	return out
}

func sortedKeys(m map[string]amount) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	return sorted(keys)
}

// amountHook reads a quantity that is not below 0.
func amountHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind != yaml.ScalarNode || decode.IsNull(n) {
		d.Add(n, path, "%s, want a quantity, e.g. 500m or 100Mi", decode.Kind(n))
		return
	}
	q, err := manifest.ParseQuantity(n.Value)
	switch {
	case err != nil:
		d.Add(n, path, "%v", err)
	case q.Units < 0 || q.Nanos < 0:
		d.Add(n, path, "%s is negative, want 0 or more", n.Value)
	default:
		out.SetFloat(float64(q.Units) + float64(q.Nanos)/1e9)
	}
}

type curveForm curveBlock

// overTime reads an amount over time into the form that it has: an amount alone, a list of points, or a map. It
// returns false when that cannot be read.
func overTime[P, F any](d *decode.Decoder, n *yaml.Node, path string, value **amount, points *P, form *F) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		*value = new(amount)
		return into(d, n, path, *value)
	case yaml.SequenceNode:
		return into(d, n, path, points)
	}
	return into(d, n, path, form)
}

// curveHook reads a curve: an amount, a list of points, or the fields of a curve.
func curveHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form curveForm
	if !overTime(d, n, path, &form.Value, &form.Points, &form) {
		return
	}
	form.check(d, n, path)
	form.make()
	out.Set(reflect.ValueOf(curveBlock(form)))
}

// check holds the parts of a curve against each other.
func (c *curveForm) check(d *decode.Decoder, n *yaml.Node, path string) {
	points, at := n, path
	if n.Kind == yaml.MappingNode {
		points, at = decode.Get(n, "points"), decode.Join(path, "points")
	}
	if c.Value != nil && c.Points != nil || c.Value == nil && c.Points == nil && c.PerRequest == nil {
		d.Add(n, path, "want either value or points")
	}
	for i := 1; i < len(c.Points); i++ {
		if c.Points[i].From <= c.Points[i-1].From {
			d.Add(decode.Walk(points, decode.Index("", i)), decode.Index(at, i), "from %v is not after the point before", c.Points[i].From)
		}
	}
	if len(c.Points) > 0 && c.Points[0].Ramp && c.Points[0].From == 0 {
		d.Add(decode.Walk(points, decode.Index("", 0)), decode.Index(at, 0), "ramp has no time to lead up to it, want from after 0s")
	}
	for i := range c.Daily {
		place, at := decode.Walk(decode.Get(n, "daily"), decode.Index("", i)), decode.Index(decode.Join(path, "daily"), i)
		switch {
		case c.Daily[i].At >= day:
			d.Add(place, at, "at %v, want a time of day under 24h", c.Daily[i].At)
		case i > 0 && c.Daily[i].At <= c.Daily[i-1].At:
			d.Add(place, at, "at %v is not after the entry before", c.Daily[i].At)
		case c.Daily[i].Times < 0:
			d.Add(place, at, "times %v, want 0 or more", c.Daily[i].Times)
		}
	}
	if every := decode.Get(n, "every"); every != nil && (c.Noise == nil || c.Every == 0) {
		d.Add(every, decode.Join(path, "every"), "wants noise beside it, and more than 0s")
	}
}

// make fills in the curve, with what is left out.
func (c *curveForm) make() {
	made := &behaviour.Curve{NoiseEvery: c.Every}
	if c.Value != nil {
		made.Points = []behaviour.Point{{Value: float64(*c.Value)}}
	}
	for _, p := range c.Points {
		made.Points = append(made.Points, behaviour.Point{From: p.From, Value: float64(p.Value), Ramp: p.Ramp})
	}
	for _, p := range c.Daily {
		made.Daily = append(made.Daily, behaviour.Daily{At: p.At, Times: p.Times})
	}
	if c.Noise != nil {
		made.Noise = c.Noise.Dist
		if c.Every == 0 {
			made.NoiseEvery = noiseEvery
		}
	}
	if c.PerRequest != nil {
		made.PerRequest = float64(*c.PerRequest)
	}
	c.made = made
}

// noiseEvery is how often noise is drawn anew unless said.
const noiseEvery = time.Minute
