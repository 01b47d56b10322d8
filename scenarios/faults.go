package scenarios

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/faults"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// timelineVerbs are the verbs of a timeline, faults among them, sorted by name.
func timelineVerbs() []verbs.Info {
	all := slices.Concat(verbs.Registry(), faults.Registry())
	slices.SortFunc(all, func(a, b verbs.Info) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// lookupVerb returns the verb or fault of that name.
func lookupVerb(name string) (verbs.Info, bool) {
	if v, ok := verbs.Lookup(name); ok {
		return v, true
	}
	return faults.Lookup(name)
}

// lasting reads how long a fault lasts, beside it in an entry of the timeline.
func (r *reader) lasting(d *decode.Decoder, v verbs.Verb, n *yaml.Node, path string) {
	span := r.durationDist(d, n, path)
	f, lasts := v.(faults.Lasting)
	switch {
	case span == nil:
	case !lasts:
		d.Add(n, path, "only a fault lasts for a while: one of %s", strings.Join(lastingNames(), ", "))
	default:
		f.Last(span)
	}
}

func lastingNames() (names []string) {
	for _, info := range faults.Registry() {
		if _, ok := info.New().(faults.Lasting); ok {
			names = append(names, info.Name)
		}
	}
	return names
}

func recurringNames() (names []string) {
	for _, info := range faults.Registry() {
		if _, ok := info.New().(faults.Recurring); ok {
			names = append(names, info.Name)
		}
	}
	return names
}

// compileFaults reads the faults that strike at random.
func (r *reader) compileFaults(c *world.Config) {
	d := r.decoder(r.file)
	for i := range r.doc.Faults {
		path := decode.Index("faults", i)
		if f, ok := r.randomFault(d, decode.Resolve(&r.doc.Faults[i]), path); ok {
			c.Faults = append(c.Faults, f)
		}
	}
}

// randomFault reads one entry: a fault, every, and for.
func (r *reader) randomFault(d *decode.Decoder, n *yaml.Node, path string) (f world.Fault, ok bool) {
	if n.Kind != yaml.MappingNode {
		d.Add(n, path, "%s, want a fault and every, e.g. {crash: {nodes: {}}, every: {exponential: {mean: 7d}}, for: 10m}", decode.Kind(n))
		return f, false
	}
	before, kind := d.Problems.Len(), ""
	var span *yaml.Node
	for _, p := range decode.Pairs(n) {
		name, at := p.Key.Value, decode.Join(path, p.Key.Value)
		info, known := faults.Lookup(name)
		switch {
		case name == "every":
			f.Every = r.durationDist(d, decode.Resolve(p.Value), at)
		case name == "for":
			span = decode.Resolve(p.Value)
		case known && kind != "":
			d.Add(p.Key, at, "a second fault beside %s, want an entry for each", kind)
		case known:
			kind, f.Place = name, at
			v := r.verb(d, info, decode.Resolve(p.Value), at)
			if recurring, can := v.(faults.Recurring); can {
				f.Fault = recurring
			} else {
				d.Add(p.Key, at, "%s does not strike again and again, want one of %s", name, strings.Join(recurringNames(), ", "))
			}
		default:
			d.Add(p.Key, at, "%s", decode.Unknown("fault", name, append(recurringNames(), "every", "for")))
		}
	}
	if kind == "" {
		d.Add(n, path, "no fault, want one of %s", strings.Join(recurringNames(), ", "))
	}
	if f.Every == nil && decode.Get(n, "every") == nil {
		d.Add(n, path, "every is missing, want the time until it strikes, e.g. every: {exponential: {mean: 7d}}")
	}
	if span != nil && f.Fault != nil {
		r.lasting(d, f.Fault, span, decode.Join(path, "for"))
	}
	return f, d.Problems.Len() == before
}

// keyedByField says whether a verb draws, and so is keyed by its path in the scenario, which stays when lines move.
func keyedByField(v verbs.Verb) bool {
	switch v.(type) {
	case *verbs.Create, *verbs.Drain, faults.Lasting:
		return true
	}
	return false
}
