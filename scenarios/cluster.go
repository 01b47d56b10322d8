package scenarios

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/generators"
	"towtank.dev/towtank/scenarios/traces"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// maxNodes bounds how many nodes one entry generates: beyond it a mistyped number is likelier than a wish.
const maxNodes = 1_000_000

// compileCluster fills in what exists at t = 0: generated nodes, then the trace's, then manifests in the order
// of the file and of the command line, then the objects in place.
func (r *reader) compileCluster(c *world.Config) {
	for i := range r.doc.Cluster.Nodes {
		r.generate(&r.doc.Cluster.Nodes[i], decode.Index("cluster.nodes", i))
	}
	if t := r.doc.Cluster.Trace; t != nil {
		r.clusterTrace(t)
	}
	if r.trace != nil {
		for _, o := range r.trace.Nodes {
			r.objects = append(r.objects, object{Object: o, file: r.trace.Files[0]})
		}
		c.Arrivals = append(c.Arrivals, r.trace.Arrivals)
	}
	in := r.newManifests(false)
	for _, p := range r.doc.Cluster.Manifests {
		r.readPath(in, r.locate(p.text), p.node, p.path)
	}
	for _, path := range r.arguments {
		r.readPath(in, path, nil, "")
	}
	for i := range r.doc.Cluster.Objects {
		in.ReadNode(r.file, &r.doc.Cluster.Objects[i], decode.Index("cluster.objects", i))
	}
	r.settle(in)
	r.objects = append(r.objects, taken(in, "")...)
	r.checkTwice(r.objects)
	for _, o := range r.objects {
		c.Objects = append(c.Objects, o.Object)
	}
	if w := r.doc.Cluster.WatchLatency; w != nil {
		c.WatchLatency = w.Dist
	}
}

// generate makes the nodes of one entry.
func (r *reader) generate(b *nodesBlock, path string) {
	at := func(field string) *yaml.Node { return decode.Walk(r.root, path+"."+field) }
	before := r.problems.Len()
	g := &generators.Nodes{Count: 1, Zones: b.Zones, Labels: b.Labels}
	if b.Name == "" {
		b.Name = "node-{index}"
	}
	var err error
	if g.Name, err = generators.ParsePattern(b.Name); err != nil {
		r.problems.Add(r.file, at("name"), path+".name", "%v", err)
	}
	if b.Count != nil {
		g.Count = *b.Count
	}
	switch {
	case g.Count < 0:
		r.problems.Add(r.file, at("count"), path+".count", "%d is negative, want 0 or more", g.Count)
	case g.Count > maxNodes:
		r.problems.Add(r.file, at("count"), path+".count", "%d nodes, want at most %d", g.Count, maxNodes)
	case g.Count > 1 && err == nil && !g.Name.Indexed():
		r.problems.Add(r.file, at("name"), path+".name", "%q names %d nodes alike, want a place for their number: %s-{index}", b.Name, g.Count, b.Name)
	}
	d := r.decoder(r.file)
	checkLabels(d, at("labels"), path+".labels", b.Labels)
	for i, zone := range b.Zones {
		at := decode.Index(path+".zones", i)
		for _, fault := range framework.LabelValueFaults(zone) {
			d.Add(decode.Walk(r.root, at), at, "%q is not the value of a label: %s", zone, fault)
		}
	}
	g.Template = r.nodeTemplate(b, path)
	if g.Template == nil || r.problems.Len() > before {
		return
	}
	r.checkNodeName(d, at("name"), path+".name", g)
	place := at("name")
	for _, n := range g.Make() {
		r.objects = append(r.objects, object{Object: n, file: r.file, line: place.Line, column: place.Column, path: path})
	}
}

// checkNodeName holds the longest of the names against the rules for names.
func (r *reader) checkNodeName(d *decode.Decoder, n *yaml.Node, path string, g *generators.Nodes) {
	name := g.Name.Name(max(g.Count-1, 0))
	if len(name) > 253 || !subdomain.MatchString(name) {
		d.Add(n, path, "%q is not a name of a node, want lower case letters, digits, '-' and '.', e.g. node-{index}", name)
	}
}

// nodeTemplate reads the template of an entry. Kind and name may be left out.
func (r *reader) nodeTemplate(b *nodesBlock, path string) *model.Node {
	path += ".template"
	if b.Template.Kind != yaml.MappingNode {
		n := decode.Walk(r.root, path)
		r.problems.Add(r.file, n, path, "missing, want a Node, e.g. {status: {allocatable: {cpu: 8, memory: 32Gi}}}")
		return nil
	}
	n := withDefault(&b.Template, "v1", "apiVersion")
	n = withDefault(n, "Node", "kind")
	n = withDefault(n, "template", "metadata", "name")
	if kind := decode.Get(n, "kind"); kind.Value != "Node" {
		r.problems.Add(r.file, kind, path+".kind", "%s, want Node", kind.Value)
		return nil
	}
	in := r.newManifests(false)
	in.ReadNode(r.file, n, path)
	r.settle(in)
	read := in.Objects()
	if len(read) == 0 {
		return nil
	}
	node := read[0].Object.(*model.Node)
	if len(node.Status.Allocatable) == 0 {
		r.problems.Add(r.file, &b.Template, path+".status.allocatable", "missing, want what pods can have, e.g. {cpu: 8, memory: 32Gi}")
		return nil
	}
	node.Source = nil
	return node
}

// withDefault returns a map in which the field at the path of keys has a value where it was left out. The map
// itself is not changed; what is added has the map's place.
func withDefault(n *yaml.Node, value string, keys ...string) *yaml.Node {
	have := decode.Get(n, keys[0])
	if have != nil && len(keys) == 1 {
		return n
	}
	out := *n
	out.Content = slices.Clone(n.Content)
	fresh := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Line: n.Line, Column: n.Column}
	if len(keys) > 1 {
		inner := have
		if inner == nil || decode.IsNull(inner) {
			inner = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
		}
		if inner.Kind != yaml.MappingNode {
			return n
		}
		fresh = withDefault(inner, value, keys[1:]...)
	}
	for i := 0; i+1 < len(out.Content); i += 2 {
		if out.Content[i].Value == keys[0] {
			out.Content[i+1] = fresh
			return &out
		}
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: keys[0], Line: n.Line, Column: n.Column}
	out.Content = append(out.Content, key, fresh)
	return &out
}

// subdomain is what names of nodes are.
// Source: kubernetes v1.37.2 apimachinery pkg/api/validate/content/dns.go IsDNS1123Subdomain.
var subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// clusterTrace opens the trace of the scenario.
func (r *reader) clusterTrace(t *traceBlock) {
	before := r.problems.Len()
	for _, f := range []struct{ name, value string }{{"format", t.Format}, {"nodes", t.Nodes}, {"pods", t.Pods}} {
		if f.value == "" {
			r.add("cluster.trace", "%s is missing, want e.g. {format: openb, nodes: nodes.csv, pods: pods.csv}", f.name)
		}
	}
	if r.problems.Len() > before {
		return
	}
	r.openTrace(t.Format, traces.Options{Nodes: r.locate(t.Nodes), Pods: r.locate(t.Pods), Replay: t.Replay, GPU: t.GPU})
}

// openTrace opens a trace and notes its files as inputs.
func (r *reader) openTrace(format string, o traces.Options) {
	t, err := traces.Open(format, o)
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			r.traceProblem(line, o)
		}
		return
	}
	r.trace = t
	for _, path := range t.Files {
		if err := r.keepLarge(path); err != nil {
			r.problems.AddAt(path, 0, 0, "", "%v", err)
		}
	}
}

var lineAndColumn = regexp.MustCompile(`^([0-9]+):([0-9]+):`)

// traceProblem notes a fault of a trace: one of its files stands by itself, another one belongs to the scenario.
func (r *reader) traceProblem(line string, o traces.Options) {
	for _, path := range []string{o.Nodes, o.Pods} {
		rest, found := strings.CutPrefix(line, path+":")
		if path == "" || !found {
			continue
		}
		at, column := 0, 0
		if m := lineAndColumn.FindStringSubmatch(rest); m != nil {
			at, _ = strconv.Atoi(m[1])
			column, _ = strconv.Atoi(m[2])
			rest = rest[len(m[0]):]
		}
		r.problems.AddAt(path, at, column, "", "%s", strings.TrimSpace(rest))
		return
	}
	if r.root != nil {
		r.add("cluster.trace", "%s", line)
		return
	}
	r.problems.AddAt("--trace", 0, 0, "", "%s", line)
}

// extended names the extended resources of all nodes that are known beforehand.
func (r *reader) extended(c *world.Config) []string {
	var out []string
	for _, o := range r.allObjects() {
		node, ok := o.Object.(*model.Node)
		if !ok {
			continue
		}
		for _, q := range node.Status.Allocatable {
			switch q.Name {
			case model.ResourceCPU, model.ResourceMemory, model.ResourcePods, model.ResourceEphemeralStorage:
			default:
				out = append(out, q.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// allObjects are those of the cluster and those that the timeline brings.
func (r *reader) allObjects() []object { return append(slices.Clip(r.objects), r.created...) }

// notes are what was counted while reading.
func (r *reader) notes() []record.Note {
	notes := r.ignored.notes()
	if r.trace != nil {
		notes = append(notes, r.trace.Notes...)
	}
	return notes
}

// keepLarge notes a file that others have read as an input.
func (r *reader) keepLarge(path string) error {
	t, err := r.openLarge(filepath.Clean(path))
	if err != nil {
		return err
	}
	return r.closeLarge(t)
}
