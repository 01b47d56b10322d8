package faults

import (
	"fmt"
	"math"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
)

var crashInfo = verbs.Info{
	Name:    "crash",
	Doc:     "Nodes lose power: their containers are gone at once and their kubelets fall silent, until they are started again.",
	Example: "crash: {node: node-3, for: 10m}",
	New:     func() verbs.Verb { return &NodeFault{How: crash} },
}

var kubeletStopInfo = verbs.Info{
	Name:    "kubelet-stop",
	Doc:     "The kubelets of nodes stop or hang; the containers run on, and nobody looks after them.",
	Example: "kubelet-stop: {nodes: {labels: {pool: old}}, count: 2, for: 5m}",
	New:     func() verbs.Verb { return &NodeFault{How: kubeletStop} },
}

var partitionInfo = verbs.Info{
	Name:    "partition",
	Doc:     "Nodes are cut off from the control plane: their kubelets go on with what they know, and are not heard.",
	Example: "partition: {zone: zone-a, for: 1h}",
	New:     func() verbs.Verb { return &NodeFault{How: partition} },
}

var rebootInfo = verbs.Info{
	Name:    "reboot",
	Doc:     "Nodes restart: their containers are gone and are started again once the node is back.",
	Example: "reboot: {nodes: {}, share: 0.1, for: 90s}",
	New:     func() verbs.Verb { return &NodeFault{How: crash, Default: sim.Constant(60)} },
}

// How is how a node breaks and is mended.
type How struct {
	Begin, End func(m verbs.Machines, now sim.Time, node string)
}

var (
	crash       = How{verbs.Machines.Crash, verbs.Machines.Boot}
	kubeletStop = How{verbs.Machines.StopKubelet, verbs.Machines.StartKubelet}
	partition   = How{verbs.Machines.Cut, verbs.Machines.Mend}
)

// NodeFault breaks nodes.
type NodeFault struct {
	Target verbs.Target `yaml:",inline"`
	Zone   string       `yaml:"zone" doc:"Only nodes of this zone (topology.kubernetes.io/zone); it may stand in the place of a target."`
	Count  int64        `yaml:"count" doc:"How many of the nodes, drawn at random. Default: all of them."`
	Share  float64      `yaml:"share" doc:"Which share of the nodes, over 0 up to 1, drawn at random; rounded up to whole nodes. Default: all of them."`
	For    sim.Dist     `yaml:"for" doc:"How long it lasts, drawn for each node. Default: to the end of the run; of a reboot 60s."`

	// How breaks and mends a node; Default is how long that lasts when For does not say.
	How     How
	Default sim.Dist
}

// Check says what is wrong with the aim.
func (f *NodeFault) Check() error {
	if f.Target.Kind == "" {
		f.Target = verbs.Target{Kind: model.KindNode, Selector: &model.Selector{}}
	}
	switch {
	case f.Target.Kind != model.KindNode:
		return fmt.Errorf("%s: not a node, want node or nodes", f.Target)
	case f.Count < 0:
		return fmt.Errorf("count: %d is negative, want at least 1", f.Count)
	case f.Share < 0 || f.Share > 1:
		return fmt.Errorf("share: %v is no share, want over 0 up to 1", f.Share)
	case f.Count > 0 && f.Share > 0:
		return fmt.Errorf("share: cannot stand beside count")
	}
	return nil
}

// Last sets how long the fault lasts.
func (f *NodeFault) Last(d sim.Dist) { f.For = d }

// Do breaks the nodes; each is mended when its time is over.
func (f *NodeFault) Do(env *verbs.Env) error {
	nodes, err := f.nodes(env)
	if err != nil {
		return err
	}
	for _, node := range nodes {
		f.How.Begin(env.Machines, env.Now, node)
		if after, ends := f.lasts(env, node, 0); ends {
			env.Start(&mending{f.How, node, after})
		}
	}
	return nil
}

// lasts draws how long a node stays broken the n-th time; ends is false when it stays so.
func (f *NodeFault) lasts(env *verbs.Env, node string, n uint64) (at sim.Time, ends bool) {
	d := f.For
	if d == nil {
		d = f.Default
	}
	if d == nil {
		return 0, false
	}
	s := sim.NewKey(env.Seed, env.Place+".for").Of(node).Draw(n)
	return env.Now.Add(sim.SampleDuration(d, &s)), true
}

// nodes are the nodes that the fault is aimed at, in the order of their creation.
func (f *NodeFault) nodes(env *verbs.Env) ([]string, error) {
	objects, err := f.Target.Objects(env.API)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, o := range objects {
		if m := o.Meta(); f.Zone == "" || m.Labels[model.LabelZone] == f.Zone {
			names = append(names, m.Name)
		}
	}
	n := len(names)
	switch {
	case f.Count > 0:
		n = int(min(int64(n), f.Count))
	case f.Share > 0:
		n = int(math.Ceil(f.Share * float64(n)))
	}
	if n == len(names) {
		return names, nil
	}
	return drawn(env, names, n), nil
}

// drawn is a random choice of n names, in their order.
func drawn(env *verbs.Env, names []string, n int) []string {
	s := sim.NewKey(env.Seed, env.Place+".choice").Draw(0)
	left := n
	var out []string
	for i, name := range names {
		// Each name is taken with the probability that makes all choices of n equally likely.
		if u := float64(s.Uint64()>>11) / (1 << 53); u*float64(len(names)-i) < float64(left) {
			out = append(out, name)
			left--
		}
	}
	return out
}

// mending ends a fault of a node.
type mending struct {
	how  How
	node string
	at   sim.Time
}

// Step mends the node when its time has come.
func (m *mending) Step(env *verbs.Env) (sim.Time, error) {
	if env.Now < m.at {
		return m.at, nil
	}
	m.how.End(env.Machines, env.Now, m.node)
	return sim.Never, nil
}
