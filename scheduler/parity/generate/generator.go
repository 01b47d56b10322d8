package generate

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// generator is a case in the making.
type generator struct {
	*rand.Rand
	features []Feature
	// node is a node as the other parts of the case see it.
	nodes []*node
	pods  []Object
	rest  []Object
	// profiles are the profiles of the configuration; it is written when config is set.
	profiles   []Object
	config     Object
	configured bool
	queue      bool
	// bound tells a Pod hook that the pod has a node already.
	bound *node
	large bool
	// uniform has the same pods on every node.
	uniform bool
	// tight has requests near what a machine has; without it most pods fit most nodes.
	tight bool
	names int
}

// node is what later parts need of a node: its name, object and machine.
type node struct {
	name   string
	object Object
	shape  shape
}

const stream = 0x746f7774616e6b // One stream of its own, whatever else draws from the seed.

// New makes the case of a seed out of the given features.
func New(seed uint64, names []string) *Case {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, stream))}
	share := pick(g, 0.15, 0.3, 0.5, 0.8)
	for _, f := range All {
		if slices.Contains(names, f.Name) && (f.Always || len(names) == 1 || g.chance(share)) {
			g.features = append(g.features, f)
		}
	}
	g.cluster()
	g.addNodes()
	g.addPods()
	g.configure(names)
	for _, f := range g.features {
		if f.Finish != nil {
			f.Finish(g)
		}
	}
	return g.result(fmt.Sprintf("seed %d", seed))
}

func (g *generator) has(name string) bool {
	return slices.ContainsFunc(g.features, func(f Feature) bool { return f.Name == name })
}

func (g *generator) cluster() {
	g.tight, g.uniform = g.chance(0.4), g.chance(0.25)
	if g.has("preemption") {
		g.tight = g.chance(0.75)
	}
	g.large = g.has("percentage") && g.chance(0.25)
	g.profiles = []Object{{"schedulerName": "default-scheduler"}}
	for _, f := range g.features {
		if f.Cluster != nil {
			f.Cluster(g)
		}
	}
}

// addNodes makes few nodes out of fewer machines, or more than a hundred of them.
func (g *generator) addNodes() {
	count := 1 + g.IntN(9)
	switch {
	case g.large:
		count = 98 + g.IntN(70)
	case g.chance(0.02):
		count = 0
	}
	shapes := g.shapes()
	if g.uniform {
		shapes = shapes[:1]
	}
	zones := pick(g, []string{"za"}, []string{"za", "zb"}, []string{"za", "zb", "zc"}, nil)
	for _, i := range g.Perm(count) {
		name := fmt.Sprintf("n%d", i)
		s := pick(g, shapes...)
		n := &node{name: name, shape: s, object: head("v1", "Node", name, "")}
		labels := Object{"kubernetes.io/hostname": name}
		if len(zones) > 0 && g.chance(0.9) {
			labels["topology.kubernetes.io/zone"] = pick(g, zones...)
			g.region(labels)
		}
		at(n.object, "metadata")["labels"] = labels
		s.apply(g, at(n.object, "status"))
		for _, f := range g.features {
			if f.Node != nil {
				f.Node(g, n.object)
			}
		}
		g.nodes = append(g.nodes, n)
	}
}

// region adds what else makes a zone: a region, or the old labels, which win.
func (g *generator) region(labels Object) {
	if g.chance(0.15) {
		labels["topology.kubernetes.io/region"] = pick(g, "ra", "rb")
	}
	if g.chance(0.05) {
		labels["failure-domain.beta.kubernetes.io/zone"] = pick(g, "za", "old")
	}
}

// addPods puts up to three pods on each node and leaves some to be placed.
func (g *generator) addPods() {
	for i, n := range g.nodes {
		count := g.IntN(4)
		switch {
		case g.large:
			count = g.IntN(2)
		case g.uniform && i > 0:
			g.repeat(n)
			continue
		}
		for range count {
			g.bound = n
			g.addPod(fmt.Sprintf("old%d", g.next()))
		}
	}
	g.bound = nil
	for i := range 2 + g.IntN(9) {
		g.addPod(fmt.Sprintf("new%d", i))
	}
}

// repeat puts on a node what the first one has.
func (g *generator) repeat(n *node) {
	for _, p := range g.pods {
		if at(p, "spec")["nodeName"] == g.nodes[0].name {
			twin := deep(p).(Object)
			at(twin, "metadata")["name"] = fmt.Sprintf("old%d", g.next())
			at(twin, "spec")["nodeName"] = n.name
			g.pods = append(g.pods, twin)
		}
	}
}

func (g *generator) addPod(name string) {
	p := head("v1", "Pod", name, pick(g, "default", "default", "default", "team-a", "team-b"))
	at(p, "metadata")["labels"] = Object{"app": g.app(), "rev": pick(g, "1", "1", "2")}
	at(p, "spec")["containers"] = g.containers()
	if g.bound != nil {
		at(p, "spec")["nodeName"] = g.bound.name
		at(p, "status")["phase"] = pick(g, "Running", "Running", "Running", "Running", "Running", "Running", "Running", "Pending", "Succeeded", "Failed")
	}
	for _, f := range g.features {
		if f.Pod != nil {
			f.Pod(g, p)
		}
	}
	g.pods = append(g.pods, p)
}

func (g *generator) app() string { return pick(g, "web", "web", "db", "cache") }

func (g *generator) containers() []any {
	out := []any{Object{"name": "c0", "image": "registry.example/app:1"}}
	if g.chance(0.2) {
		out = append(out, Object{"name": "c1", "image": "registry.example/side:1"})
	}
	return out
}

// configure lets the features write the profiles. Without preemption among the features
// allowed, every profile does without PostFilter, so that its text is in no message.
func (g *generator) configure(names []string) {
	g.config = Object{"apiVersion": configVersion, "kind": "KubeSchedulerConfiguration"}
	for _, p := range g.profiles {
		if !slices.Contains(names, "preemption") {
			at(p, "plugins", "postFilter")["disabled"] = []any{Object{"name": "*"}}
			g.configured = true
		}
		for _, f := range g.features {
			if f.Config != nil {
				f.Config(g, p)
			}
		}
	}
}

func (g *generator) result(title string) *Case {
	c := &Case{Title: title, Queue: g.queue}
	for _, f := range g.features {
		c.Title += " " + f.Name
	}
	for _, n := range g.nodes {
		c.Objects = append(c.Objects, n.object)
	}
	c.Objects = append(append(c.Objects, g.rest...), g.pods...)
	if g.configured {
		g.config["profiles"] = list(g.profiles)
		c.Config = g.config
	}
	return c
}
