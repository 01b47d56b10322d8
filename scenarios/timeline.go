package scenarios

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// moment is an entry of the timeline with where it stands.
type moment struct {
	at    sim.Time
	path  string // timeline[3]
	key   *yaml.Node
	verb  verbs.Verb
	field string // timeline[3].create
}

// compileTimeline reads the entries and puts them in order of time; those of one instant stay in the order of
// the file.
func (r *reader) compileTimeline(c *world.Config) {
	d := r.decoder(r.file)
	var moments []moment
	for i := range r.doc.Timeline {
		if m, ok := r.moment(d, &r.doc.Timeline[i], decode.Index("timeline", i)); ok {
			moments = append(moments, m)
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	end := sim.Never
	if c.Duration > 0 {
		end = sim.At(c.Duration)
	}
	for _, m := range moments {
		if m.at > end {
			r.problems.Add(r.file, m.key, m.path, "at %v, after the end of the run at %v", m.at, end)
		}
		c.Timeline = append(c.Timeline, world.Entry{At: m.at, Place: r.place(m.key), Verb: keyed(m)})
	}
	r.checkReferences(moments)
}

// place names where a node stands, the same wherever the scenario is run from.
func (r *reader) place(n *yaml.Node) string {
	return r.relative(r.file) + ":" + strconv.Itoa(n.Line) + ":" + strconv.Itoa(n.Column)
}

// moment reads one entry: at and one verb.
func (r *reader) moment(d *decode.Decoder, n *yaml.Node, path string) (moment, bool) {
	n = decode.Resolve(n)
	if n.Kind != yaml.MappingNode {
		d.Add(n, path, "%s, want at and a verb, e.g. {at: 10m, apply: app.yaml}", decode.Kind(n))
		return moment{}, false
	}
	m := moment{path: path, key: n}
	before, timed, verb := d.Problems.Len(), false, ""
	var span *yaml.Node
	for _, p := range decode.Pairs(n) {
		name, value := p.Key.Value, decode.Resolve(p.Value)
		at := decode.Join(path, name)
		info, known := lookupVerb(name)
		switch {
		case name == "at":
			timed = true
			m.at, _ = r.instant(d, value, at)
			continue
		case name == "for":
			span = value
			continue
		case known && verb != "":
			d.Add(p.Key, at, "a second verb beside %s, want an entry for each", verb)
		case known:
			m.key, m.field, r.by = p.Key, at, at
			m.verb = r.verb(d, info, value, at)
		case unbuilt[name] != "":
			d.Add(p.Key, at, "%s", unbuilt[name])
		default:
			d.Add(p.Key, at, "%s", decode.Unknown("verb", name, append(verbNames(), "at")))
		}
		verb = name
	}
	if !timed {
		d.Add(n, path, "at is missing, want the instant, e.g. at: 10m")
	}
	if span != nil && m.verb != nil {
		r.lasting(d, m.verb, span, decode.Join(path, "for"))
	}
	if verb == "" {
		d.Add(n, path, "no verb, want one of %s", strings.Join(verbNames(), ", "))
	}
	return m, d.Problems.Len() == before
}

func verbNames() []string {
	var names []string
	for _, info := range timelineVerbs() {
		names = append(names, info.Name)
	}
	return names
}
