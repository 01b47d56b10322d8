package scenarios

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// behaviours are those of the scenario. Their draws are keyed by their number in the list, so that a comment
// or an entry elsewhere in the file moves no draw.
func (r *reader) behaviours() []behaviour.Behaviour {
	var out []behaviour.Behaviour
	for i := range r.doc.Behaviours {
		b := &r.doc.Behaviours[i]
		made := b.behaviourFields.behaviour()
		made.Place = decode.Index("behaviours", i)
		made.Match = behaviour.Match{
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
func (f *behaviourFields) behaviour() behaviour.Behaviour {
	b := behaviour.Behaviour{Startup: f.Startup.dist(), Ready: f.Ready.dist(), Run: f.Run, Exit: f.Exit.dist(), Stop: f.Stop,
		PostStart: f.PostStart.hook(), PreStop: f.PreStop.hook(), Usage: f.Usage.usage()}
	if f.Reason != nil {
		b.Reason = *f.Reason
	}
	if f.Until != nil {
		b.Until = &f.Until.made
	}
	for _, s := range f.Restarts {
		b.Restarts = append(b.Restarts, behaviour.Start{Run: s.Run, Exit: s.Exit.dist(), Reason: s.Reason})
	}
	for i := range f.Answers {
		b.Answers = append(b.Answers, f.Answers[i].made)
	}
	for i := range f.Ports {
		b.Ports = append(b.Ports, f.Ports[i].port())
	}
	for _, p := range f.Pull {
		b.Pull = append(b.Pull, behaviour.Pull{Image: p.Image, From: p.From, Takes: p.Takes.dist(), Error: p.Error})
	}
	return b
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

func (h *hookBlock) hook() *behaviour.Hook {
	if h == nil {
		return nil
	}
	hook := behaviour.Hook{Takes: h.Takes.dist(), Output: h.Output}
	if h.Exit != nil {
		hook.Exit = int32(*h.Exit)
	}
	return &hook
}

func (p *portBlock) port() behaviour.Port {
	out := behaviour.Port{Port: p.Port}
	out.Restart, out.OnlyRestart = only(p.Restart)
	for _, in := range p.Open {
		to := behaviour.Forever
		if in.To != nil {
			to = *in.To
		}
		out.Open = append(out.Open, behaviour.Interval{From: in.From, To: to})
	}
	return out
}

// only is the one restart that something holds in, and whether it is one.
func only(restart *int32) (int32, bool) {
	if restart == nil {
		return 0, false
	}
	return *restart, true
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
