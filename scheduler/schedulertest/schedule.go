package schedulertest

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// Case is one pod to be scheduled.
type Case struct {
	// Plugins is the registry; nil is kube-scheduler's own plugins.
	Plugins *plugins.Registry
	// Profile enables plugins and gives arguments; the zero value is the default profile.
	Profile config.Profile
	// Nodes are the cluster, Running the pods on them, Objects what else there is.
	Nodes   []*model.Node
	Running []*model.Pod
	Objects []model.Object
	// Pod is the one to be scheduled.
	Pod *model.Pod
}

// Result is what came of it.
type Result struct {
	// Node is the chosen node, "" when the pod fits nowhere.
	Node string
	// Message is why it fits nowhere, as in the event FailedScheduling.
	Message string
	// Reasons say, for each node that does not fit, which plugin says so and why.
	Reasons map[string]Reason
	// Raw and Scores are what each scoring plugin gave the nodes that fit, by plugin and node: before
	// normalising, and after, without its weight. They are empty when only one node fits.
	Raw, Scores map[string]map[string]int64
	// Totals are the weighted sums, by node.
	Totals map[string]int64
	// Cycle is the whole attempt.
	Cycle *scheduler.Cycle
}

// Reason is why a node does not fit.
type Reason struct {
	Plugin string
	Code   framework.Code
	Text   string
}

// Schedule runs one scheduling cycle. All nodes are looked at. A configuration that kube-scheduler would
// refuse fails the test.
func Schedule(t testing.TB, c Case) *Result {
	t.Helper()
	core := c.core(t, scheduler.Options{Explain: true})
	return result(core.Schedule(0, core.Pod(c.Pod)))
}

// core is a scheduler that knows the cluster.
func (c *Case) core(t testing.TB, o scheduler.Options) *scheduler.Core {
	t.Helper()
	all := int32(100)
	o.Plugins, o.TieBreak = c.Plugins, scheduler.TieName
	o.Config = &config.Configuration{APIVersion: config.APIVersion, Kind: config.Kind,
		PercentageOfNodesToScore: &all, Profiles: []config.Profile{c.Profile}}
	core, err := scheduler.NewCore(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range c.Objects {
		core.SetObject(object)
	}
	for _, n := range c.Nodes {
		core.SetNode(n)
	}
	for _, p := range c.Running {
		core.AddPod(core.Pod(p))
	}
	return core
}

// result lays a cycle out by node and plugin.
func result(cy *scheduler.Cycle) *Result {
	r := &Result{Node: cy.Node, Message: cy.Message, Cycle: cy, Reasons: map[string]Reason{},
		Raw: map[string]map[string]int64{}, Scores: map[string]map[string]int64{}, Totals: map[string]int64{}}
	d := cy.Detail
	if d == nil {
		return r
	}
	for _, rejected := range d.Rejected {
		s := rejected.Status
		r.Reasons[rejected.Node] = Reason{s.Plugin(), s.Code(), s.Message()}
	}
	for i := range d.Scorers {
		s := &d.Scorers[i]
		r.Raw[s.Name], r.Scores[s.Name] = map[string]int64{}, map[string]int64{}
		for n, node := range d.Feasible {
			r.Raw[s.Name][node], r.Scores[s.Name][node] = s.Raw[n], s.Normalized[n]
		}
	}
	for n, node := range d.Feasible {
		if n < len(d.Totals) {
			r.Totals[node] = d.Totals[n]
		}
	}
	return r
}

// Kept schedules the pod a few times, for answers to be kept, lets change happen to the cluster, and
// schedules it again, on the fast runtime and from scratch. The test fails when the two differ: then a plugin depends on more than its Dependence
// says, and an answer was kept that no longer held.
func Kept(t testing.TB, c Case, change func(*scheduler.Core)) {
	t.Helper()
	var last [2]*scheduler.Cycle
	for i, naive := range []bool{true, false} {
		core := c.core(t, scheduler.Options{Naive: naive})
		pod := core.Pod(c.Pod)
		for range 3 {
			core.Schedule(0, pod)
		}
		change(core)
		last[i] = core.Schedule(0, pod)
	}
	kept, scratch := last[1], last[0]
	if kept.Node != scratch.Node || kept.Message != scratch.Message || kept.Feasible != scratch.Feasible {
		t.Errorf("with kept answers the pod fits %d nodes and goes to %q (%s), from scratch it fits %d and goes to %q (%s)",
			kept.Feasible, kept.Node, kept.Message, scratch.Feasible, scratch.Node, scratch.Message)
	}
}

// Enable is the default profile with one plugin more, at all its extension points: with a weight (0: 1)
// and with arguments (nil: its defaults).
func Enable(plugin string, weight int32, args framework.Args) config.Profile {
	p := config.Profile{Plugins: &config.Plugins{MultiPoint: config.PluginSet{Enabled: []config.Plugin{{Name: plugin}}}}}
	if weight > 0 {
		p.Plugins.MultiPoint.Enabled[0].Weight = &weight
	}
	if args != nil {
		p.PluginConfig = []config.PluginConfig{{Name: plugin, Args: args}}
	}
	return p
}
