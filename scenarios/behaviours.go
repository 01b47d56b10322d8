package scenarios

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
)

// behaviours are those of the scenario. Their draws are keyed by their number in the list, so that a comment
// or an entry elsewhere in the file moves no draw.
func (r *reader) behaviours() []kubelet.Behaviour {
	var out []kubelet.Behaviour
	for i := range r.doc.Behaviours {
		b := &r.doc.Behaviours[i]
		made := b.behaviourFields.behaviour()
		made.Place = decode.Index("behaviours", i)
		made.Match = kubelet.Match{
			Namespace: b.Match.Namespace, Labels: b.Match.Labels, Annotations: b.Match.Annotations,
			OwnerKind: b.Match.Owner.Kind, OwnerName: b.Match.Owner.Name, Pod: b.Match.Pod, Container: b.Match.Container,
		}
		if n := decode.Walk(r.root, made.Place); saysNothing(n) {
			r.problems.Add(r.file, n, made.Place, "says nothing, want one of %s", strings.Join(behaviourNames(), ", "))
		}
		out = append(out, made)
	}
	return out
}

// saysNothing tells of an entry that has no field beside match.
func saysNothing(n *yaml.Node) bool {
	for _, p := range decode.Pairs(n) {
		if p.Key.Value != "match" {
			return false
		}
	}
	return n.Kind == yaml.MappingNode
}

// behaviour is what the fields say, about no container yet.
func (f *behaviourFields) behaviour() kubelet.Behaviour {
	return kubelet.Behaviour{Startup: f.Startup.dist(), Ready: f.Ready.dist(), Run: f.Run, Exit: f.Exit.dist(), Stop: f.Stop}
}

func (d *durationDist) dist() sim.Dist {
	if d == nil {
		return nil
	}
	return d.Dist
}

func (d *numberDist) dist() sim.Dist {
	if d == nil {
		return nil
	}
	return d.Dist
}

// behaviourNames are the fields of a behaviour, in the order of a container's life.
func behaviourNames() []string { return fieldNames(reflect.TypeFor[behaviourFields]()) }

// fieldNames are the yaml names of a struct's fields.
func fieldNames(t reflect.Type) []string {
	var names []string
	for i := 0; i < t.NumField(); i++ {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// runHook reads a time to run: forever, a span or a distribution.
func (r *reader) runHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Value == "forever" {
		out.Set(reflect.ValueOf(kubelet.RunTime{Forever: true}))
		return
	}
	if dist := r.durationDist(d, n, path); dist != nil {
		out.Set(reflect.ValueOf(kubelet.RunTime{Dist: dist}))
	}
}

// stopForm is the long form of a time to stop.
type stopForm struct {
	After *durationDist `yaml:"after"`
	Exit  *exitCode     `yaml:"exit"`
}

// exitCode is a code from 0 to 255.
type exitCode uint8

// stopHook reads a time to stop: ignore, a span, a distribution, or {after, exit}.
func (r *reader) stopHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "ignore":
		out.Set(reflect.ValueOf(kubelet.StopTime{Ignore: true}))
	case n.Kind == yaml.MappingNode && (decode.Get(n, "after") != nil || decode.Get(n, "exit") != nil):
		var form stopForm
		before := d.Problems.Len()
		d.Into(n, path, &form)
		if d.Problems.Len() > before {
			return
		}
		stop := kubelet.StopTime{Dist: form.After.dist()}
		if form.Exit != nil {
			stop.Exit, stop.HasExit = int32(*form.Exit), true
		}
		out.Set(reflect.ValueOf(stop))
	default:
		if dist := r.durationDist(d, n, path); dist != nil {
			out.Set(reflect.ValueOf(kubelet.StopTime{Dist: dist}))
		}
	}
}

func exitHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if code, ok := d.Int(n, path, 0, 255); ok {
		out.SetUint(uint64(code))
	}
}
