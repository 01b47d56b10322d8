package scenarios

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/traffic"
)

// trafficHooks read what has a form of its own in a block of traffic.
func (r *reader) trafficHooks() map[reflect.Type]decode.Hook {
	return map[reflect.Type]decode.Hook{
		reflect.TypeFor[loadBlock]():    r.loadHook,
		reflect.TypeFor[clientsBlock](): clientsHook,
	}
}

type (
	loadForm    loadBlock
	clientsForm clientsBlock
)

// loadHook reads a load: a rate, a list of points, or the fields of a curve.
func (r *reader) loadHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form loadForm
	if !overTime(d, n, path, &form.Value, &form.Points, &form) {
		return
	}
	before := d.Problems.Len()
	form.check(d, n, path)
	if form.File != "" {
		at := decode.Get(n, "file")
		if f, ok := r.readSmall(d, at, decode.Join(path, "file"), form.File); ok {
			form.made.Points = loadFile(d, at, decode.Join(path, "file"), f, form.Ramp)
		}
	}
	if d.Problems.Len() == before {
		form.make()
	}
	out.Set(reflect.ValueOf(loadBlock(form)))
}

// check holds the parts of a load against each other.
func (f *loadForm) check(d *decode.Decoder, n *yaml.Node, path string) {
	given := 0
	for _, is := range [3]bool{f.Value != nil, f.Points != nil, f.File != ""} {
		if is {
			given++
		}
	}
	if given != 1 {
		d.Add(n, path, "want one of value, points and file")
	}
	points, at := n, path
	if n.Kind == yaml.MappingNode {
		points, at = decode.Get(n, "points"), decode.Join(path, "points")
	}
	ramps := f.File != "" && f.Ramp
	for i := range f.Points {
		place, where := decode.Walk(points, decode.Index("", i)), decode.Index(at, i)
		ramps = ramps || f.Points[i].Ramp
		switch {
		case i > 0 && f.Points[i].From <= f.Points[i-1].From:
			d.Add(place, where, "from %v is not after the point before", f.Points[i].From)
		case i == 0 && f.Points[i].Ramp && f.Points[i].From == 0:
			d.Add(place, where, "ramp has no time to lead up to it, want from after 0s")
		}
	}
	if f.Ramp && f.File == "" {
		d.Add(decode.Get(n, "ramp"), decode.Join(path, "ramp"), "wants file beside it; a point has a ramp of its own")
	}
	if f.Times != nil && !(*f.Times >= 0 && *f.Times <= math.MaxFloat32) {
		d.Add(decode.Get(n, "times"), decode.Join(path, "times"), "%v, want a factor of 0 or more", *f.Times)
	}
	f.checkDaily(d, n, path, ramps)
}

func (f *loadForm) checkDaily(d *decode.Decoder, n *yaml.Node, path string, ramps bool) {
	for i := range f.Daily {
		place, at := decode.Walk(decode.Get(n, "daily"), decode.Index("", i)), decode.Index(decode.Join(path, "daily"), i)
		switch item := &f.Daily[i]; {
		case item.At >= day:
			d.Add(place, at, "at %v, want a time of day under 24h", item.At)
		case i > 0 && item.At <= f.Daily[i-1].At:
			d.Add(place, at, "at %v is not after the entry before", item.At)
		case !(item.Times >= 0 && item.Times <= math.MaxFloat32):
			d.Add(place, at, "times %v, want 0 or more", item.Times)
		case item.Ramp && ramps:
			d.Add(place, at, "ramp beside points that have ramps: together they are no straight lines; want one of the two in steps")
		}
	}
}

// make fills in the curve.
func (f *loadForm) make() {
	times := 1.0
	if f.Times != nil {
		times = *f.Times
	}
	if f.Value != nil {
		f.made.Points = []traffic.Point{{Rate: float64(*f.Value)}}
	}
	for _, p := range f.Points {
		f.made.Points = append(f.made.Points, traffic.Point{From: p.From, Rate: float64(p.Value), Ramp: p.Ramp})
	}
	for i := range f.made.Points {
		f.made.Points[i].Rate *= times
	}
	for _, p := range f.Daily {
		f.made.Daily = append(f.made.Daily, traffic.Factor{At: p.At, Times: p.Times, Ramp: p.Ramp})
	}
}

// loadFile reads points from a CSV file: seconds,rps on each line, of which the first may name the columns.
func loadFile(d *decode.Decoder, n *yaml.Node, path string, f file, ramp bool) (points []traffic.Point) {
	lines := bufio.NewScanner(bytes.NewReader(f.content))
	number := 0
	for lines.Scan() {
		number++
		text := strings.TrimSpace(lines.Text())
		if text == "" || number == 1 && strings.ReplaceAll(text, " ", "") == "seconds,rps" {
			continue
		}
		p, err := loadLine(text)
		if err == nil && len(points) > 0 && p.From <= points[len(points)-1].From {
			err = fmt.Errorf("%v is not after the line before", p.From)
		}
		if err != nil {
			d.Problems.AddAt(f.display, number, 1, "", "%v", err)
			return nil
		}
		p.Ramp = ramp && p.From > 0
		points = append(points, p)
	}
	switch {
	case lines.Err() != nil:
		d.Problems.AddAt(f.display, number+1, 1, "", "%v", lines.Err())
	case len(points) == 0:
		d.Add(n, path, "%s has no line of seconds,rps", f.display)
	}
	return points
}

// loadLine reads a line such as 3600,120.5.
func loadLine(text string) (p traffic.Point, err error) {
	left, right, ok := strings.Cut(text, ",")
	seconds, errSeconds := strconv.ParseFloat(strings.TrimSpace(left), 64)
	rate, errRate := strconv.ParseFloat(strings.TrimSpace(right), 64)
	switch {
	case !ok || errSeconds != nil || errRate != nil:
		return p, fmt.Errorf("%q is no seconds,rps, want e.g. 3600,120.5", text)
	case !(seconds >= 0 && seconds < math.MaxInt64/1e9):
		return p, fmt.Errorf("%v seconds, want an instant of the run, 0 or more", seconds)
	case !(rate >= 0 && rate <= math.MaxFloat32):
		return p, fmt.Errorf("%v requests a second, want 0 or more", rate)
	}
	return traffic.Point{From: time.Duration(math.Round(seconds * 1e9)), Rate: rate}, nil
}

// clientsHook reads where clients are: a word, or which nodes they are on.
func clientsHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form clientsForm
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "cluster":
		form.where = traffic.Inside
	case n.Kind == yaml.ScalarNode && n.Value == "outside":
		form.where = traffic.Outside
	case n.Kind != yaml.MappingNode:
		d.Add(n, path, "%s, want cluster, outside, or nodes such as {zone: zone-a}", decode.Kind(n))
		return
	default:
		if !into(d, n, path, &form) {
			return
		}
		form.where = traffic.Inside
		if form.Zone == "" && form.Node == "" && len(form.Labels) == 0 {
			d.Add(n, path, "says nothing, want zone, node or labels, or the word cluster")
		}
		checkLabels(d, decode.Get(n, "labels"), decode.Join(path, "labels"), form.Labels)
	}
	out.Set(reflect.ValueOf(clientsBlock(form)))
}

// clients are the clients that the block means.
func (b *clientsBlock) clients() traffic.Clients {
	c := traffic.Clients{Where: b.where, Node: b.Node}
	labels := maps.Clone(b.Labels)
	if b.Zone != "" {
		if labels == nil {
			labels = map[string]string{}
		}
		labels[model.LabelZone] = b.Zone
	}
	if len(labels) > 0 {
		c.Selector = &model.Selector{}
		for _, key := range slices.Sorted(maps.Keys(labels)) {
			c.Selector.Requirements = append(c.Selector.Requirements,
				model.Requirement{Key: key, Operator: model.OpIn, Values: []string{labels[key]}})
		}
	}
	return c
}

// text is the block for messages and the record.
func (b *clientsBlock) text() string {
	var words []string
	if b.Zone != "" {
		words = append(words, "zone "+b.Zone)
	}
	if b.Node != "" {
		words = append(words, "node "+b.Node)
	}
	for _, key := range slices.Sorted(maps.Keys(b.Labels)) {
		words = append(words, key+"="+b.Labels[key])
	}
	return strings.Join(words, ", ")
}
