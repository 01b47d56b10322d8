package scheduler

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

func ptr[T any](v T) *T { return &v }

func newTestCore(t *testing.T, o Options, nodes int) *Core {
	t.Helper()
	o.Explain = true
	c, err := NewCore(o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range nodes {
		c.SetNode(plainNode(i))
	}
	return c
}

func profiles(p ...config.Profile) *config.Configuration {
	return &config.Configuration{APIVersion: config.APIVersion, Kind: config.Kind, Profiles: p}
}

func TestFeasibleNodesToFind(t *testing.T) {
	for _, c := range []struct {
		percentage  int32
		nodes, want int
	}{
		{0, 99, 99}, {0, 100, 100}, {0, 500, 230}, {0, 1000, 420}, {0, 5000, 500}, {0, 5625, 281}, {0, 6000, 300},
		{100, 1000, 1000}, {1, 1000, 100}, {30, 1000, 300}, {50, 99, 99},
	} {
		if got := feasibleNodesToFind(c.percentage, c.nodes); got != c.want {
			t.Errorf("%d %% of %d nodes: got %d, want %d", c.percentage, c.nodes, got, c.want)
		}
	}
}

// totalHeap is upstream's heap of scored nodes, in its own clothes.
type totalHeap []struct {
	place int
	total int64
}

func (h totalHeap) Len() int           { return len(h) }
func (h totalHeap) Less(i, j int) bool { return h[i].total > h[j].total }
func (h totalHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *totalHeap) Push(x any)        { panic("not used") }
func (h *totalHeap) Pop() any          { x := (*h)[len(*h)-1]; *h = (*h)[:len(*h)-1]; return x }

func TestTiesFallAsUpstreamsHeapHasThem(t *testing.T) {
	c := newTestCore(t, Options{}, 0)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		totals := make([]int64, 1+r.IntN(40))
		h := make(totalHeap, len(totals))
		for i := range totals {
			totals[i] = int64(r.IntN(4))
			h[i].place, h[i].total = i, totals[i]
		}
		heap.Init(&h)
		c.cycle.totals = totals
		if got, want := c.heapTop(), h[0].place; got != want {
			t.Fatalf("%v: got place %d, want %d", totals, got, want)
		}
	}
	// a=3, b=5, c=5, d=5, e=5: b comes up.
	c.cycle.totals = []int64{3, 5, 5, 5, 5}
	if got := c.heapTop(); got != 1 {
		t.Errorf("got place %d, want 1", got)
	}
}

func TestRandomTiesAreUniformAndSeeded(t *testing.T) {
	draw := func(seed uint64) (counts [4]int, order string) {
		c := newTestCore(t, Options{TieBreak: TieRandom, Seed: seed}, 0)
		c.cycle.totals = []int64{5, 1, 5, 5}
		for range 3000 {
			i := c.drawn()
			counts[i]++
			order += fmt.Sprint(i)
		}
		return
	}
	counts, order := draw(1)
	if counts[1] != 0 {
		t.Errorf("the lesser node was drawn %d times", counts[1])
	}
	// 3000 draws over three nodes: 1000 each, standard deviation 26.
	for _, i := range []int{0, 2, 3} {
		if counts[i] < 870 || counts[i] > 1130 {
			t.Errorf("node %d was drawn %d times of 3000, want about 1000", i, counts[i])
		}
	}
	if _, again := draw(1); again != order {
		t.Error("the same seed draws otherwise")
	}
	if _, other := draw(2); other == order {
		t.Error("another seed draws the same")
	}
}

func TestNameBreaksTies(t *testing.T) {
	c := newTestCore(t, Options{TieBreak: TieName}, 0)
	for _, name := range []string{"b", "c", "a"} {
		n := plainNode(1)
		n.Name = name
		c.SetNode(n)
	}
	if cy := c.Schedule(0, c.Pod(plainPod(0, plainSpec()))); cy.Node != "a" {
		t.Errorf("got %s, want a", cy.Node)
	}
}

func TestSearchRotatesAndSamples(t *testing.T) {
	c := newTestCore(t, Options{}, 500)
	// 500 nodes: 46 % = 230 are enough.
	for i, want := range []int{0, 230, 460, 190} {
		cy := c.Schedule(0, c.Pod(plainPod(i, plainSpec())))
		if cy.Detail.Start != want || cy.Feasible != 230 || cy.Evaluated != 230 {
			t.Errorf("pod %d: start %d, feasible %d, evaluated %d, want %d, 230, 230", i, cy.Detail.Start, cy.Feasible, cy.Evaluated, want)
		}
	}
}

// TestSearchLooksOneFeasibleNodeTooFar: nodes that are rejected between the last feasible one wanted and
// the next have a verdict.
func TestSearchLooksOneFeasibleNodeTooFar(t *testing.T) {
	c := newTestCore(t, Options{}, 150)
	for i := 100; i < 110; i++ {
		n := plainNode(i)
		n.Unschedulable = true
		c.SetNode(n)
	}
	// 150 nodes: 49 % = 73, at least 100. Nodes 100 to 109 are cordoned, 110 is one too many. Zones are
	// by number modulo 3, so that the order of search is that of the numbers.
	cy := c.Schedule(0, c.Pod(plainPod(0, plainSpec())))
	if cy.Feasible != 100 || cy.Evaluated != 110 || c.start != 110 {
		t.Errorf("feasible %d, evaluated %d, next start %d, want 100, 110, 110", cy.Feasible, cy.Evaluated, c.start)
	}
}

func TestMessages(t *testing.T) {
	full := func(n *model.Node) { n.Status.Allocatable = n.Status.Allocatable.With("pods", model.WholeQuantity(0)) }
	cordoned := func(n *model.Node) { n.Unschedulable = true }
	tainted := func(n *model.Node) { n.Taints = []model.Taint{{Key: "k", Effect: model.NoSchedule}} }
	named := func(names ...string) *model.Affinity {
		s := &model.NodeSelector{}
		for _, n := range names {
			s.Terms = append(s.Terms, model.NodeSelectorTerm{MatchFields: []model.Requirement{{Key: model.FieldName, Operator: model.OpIn, Values: []string{n}}}})
		}
		return &model.Affinity{NodeRequired: s}
	}
	for _, c := range []struct {
		name     string
		nodes    []func(*model.Node)
		affinity *model.Affinity
		cpu      int64
		want     string
		plugins  []string
	}{
		{"no nodes", nil, nil, 1, "no nodes available to schedule pods", nil},
		{"reasons are sorted as text, counts first", append(slices.Repeat([]func(*model.Node){full}, 10), cordoned, cordoned, tainted), nil, 1,
			"0/13 nodes are available: 1 node(s) had untolerated taint(s), 10 Too many pods, 2 node(s) were unschedulable. preemption: 0/13 nodes are available: 10 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.",
			[]string{"NodeResourcesFit", "NodeUnschedulable", "TaintToleration"}},
		{"each reason of a node counts", []func(*model.Node){full, cordoned}, nil, 33,
			"0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
			[]string{"NodeResourcesFit", "NodeUnschedulable"}},
		{"nodes that PreFilter leaves out are counted", []func(*model.Node){cordoned, nil, nil}, named("node-00000"), 1,
			"0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
			[]string{"NodeAffinity", "NodeUnschedulable"}},
		{"a node that does not exist", []func(*model.Node){nil, nil}, named("elsewhere"), 1,
			"0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.", []string{"NodeAffinity"}},
		{"a rejection by PreFilter stands alone", []func(*model.Node){nil, nil},
			&model.Affinity{NodeRequired: &model.NodeSelector{Terms: []model.NodeSelectorTerm{{MatchFields: []model.Requirement{
				{Key: model.FieldName, Operator: model.OpIn, Values: []string{"a"}}, {Key: model.FieldName, Operator: model.OpIn, Values: []string{"b"}}}}}}}, 1,
			"0/2 nodes are available: pod affinity terms conflict. not found", []string{"NodeAffinity"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			core := newTestCore(t, Options{}, 0)
			for i, change := range c.nodes {
				n := plainNode(i)
				n.Taints = nil
				if change != nil {
					change(n)
				}
				core.SetNode(n)
			}
			spec := plainSpec()
			spec.Affinity = c.affinity
			spec.Containers[0].Requests = model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(c.cpu)}}
			cy := core.Schedule(0, core.Pod(plainPod(0, spec)))
			if cy.Message != c.want || cy.Result != Unschedulable || cy.Node != "" {
				t.Errorf("%s, node %q\ngot  %s\nwant %s", cy.Result, cy.Node, cy.Message, c.want)
			}
			if !slices.Equal(cy.UnschedulablePlugins, c.plugins) {
				t.Errorf("plugins: got %v, want %v", cy.UnschedulablePlugins, c.plugins)
			}
		})
	}
}

func TestNote(t *testing.T) {
	if got := Note(strings.Repeat("x", 1024)); len(got) != 1024 || strings.HasSuffix(got, ".") {
		t.Errorf("a text of the limit is left alone: got %d characters", len(got))
	}
	if got := Note(strings.Repeat("x", 1025)); len(got) != 1024 || !strings.HasSuffix(got, "x ...") {
		t.Errorf("a longer one is cut: got %d characters ending in %q", len(got), got[len(got)-5:])
	}
}

// TestNominatedPods: a pod yields to nominated pods of no lower priority, and takes its own nominated
// node without looking further.
func TestNominatedPods(t *testing.T) {
	spec := func(cpu int64, priority int32) *model.PodSpec {
		s := plainSpec()
		s.Priority = priority
		s.Containers[0].Requests = model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(cpu)}}
		return s
	}
	c := newTestCore(t, Options{}, 2)
	// Pods 1 and 2 each want a whole node of 32 CPUs; the nomination holds node 0 for pod 1.
	holder := plainPod(1, spec(32, 5))
	c.Nominate(holder, "node-00000")
	if cy := c.Schedule(0, c.Pod(plainPod(2, spec(32, 5)))); cy.Node != "node-00001" {
		t.Errorf("equal priority: got %q, want node-00001", cy.Node)
	}
	if cy := c.Schedule(0, c.Pod(plainPod(3, spec(32, 6)))); cy.Feasible != 2 {
		t.Errorf("higher priority: %d nodes fit, want 2", cy.Feasible)
	}
	holder.Status.NominatedNodeName = "node-00000"
	start := c.start
	if cy := c.Schedule(0, c.Pod(holder)); cy.Node != "node-00000" || cy.Evaluated != 1 || c.start != start {
		t.Errorf("the nominated pod: got %q, %d evaluated, start %d, want node-00000, 1, %d", cy.Node, cy.Evaluated, c.start, start)
	}
	c.Nominate(holder, "")
	if cy := c.Schedule(0, c.Pod(plainPod(2, spec(32, 5)))); cy.Feasible != 2 {
		t.Errorf("nomination ended: %d nodes fit, want 2", cy.Feasible)
	}
}

func enable(names ...string) config.PluginSet {
	var s config.PluginSet
	for _, n := range names {
		s.Enabled = append(s.Enabled, config.Plugin{Name: n})
	}
	return s
}

func TestOrderOfPlugins(t *testing.T) {
	score := func(p *profile) (names []string) {
		for _, e := range p.score {
			names = append(names, fmt.Sprintf("%s %d", e.Name(), e.weight))
		}
		return
	}
	for _, c := range []struct {
		name    string
		plugins *config.Plugins
		want    []string
	}{
		{"by default", nil, []string{"TaintToleration 3", "NodeAffinity 2", "NodeResourcesFit 1", "NodeResourcesBalancedAllocation 1", "ImageLocality 1"}},
		{"a re-listed plugin moves to the front with its weight",
			&config.Plugins{Score: config.PluginSet{Enabled: []config.Plugin{{Name: "ImageLocality", Weight: ptr[int32](7)}, {Name: "NodeResourcesFit"}}}},
			[]string{"ImageLocality 7", "NodeResourcesFit 1", "TaintToleration 3", "NodeAffinity 2", "NodeResourcesBalancedAllocation 1"}},
		{"a star stops the expansion", &config.Plugins{Score: config.PluginSet{Enabled: enable("ImageLocality").Enabled, Disabled: []config.Plugin{{Name: "*"}}}},
			[]string{"ImageLocality 1"}},
		{"a plugin disabled at one point", &config.Plugins{Score: config.PluginSet{Disabled: []config.Plugin{{Name: "NodeAffinity"}}}},
			[]string{"TaintToleration 3", "NodeResourcesFit 1", "NodeResourcesBalancedAllocation 1", "ImageLocality 1"}},
		{"disabled under multiPoint and enabled at one point: it comes last",
			&config.Plugins{MultiPoint: config.PluginSet{Disabled: []config.Plugin{{Name: "NodeAffinity"}}}, Score: enable("NodeAffinity")},
			[]string{"TaintToleration 3", "NodeResourcesFit 1", "NodeResourcesBalancedAllocation 1", "ImageLocality 1", "NodeAffinity 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			core := newTestCore(t, Options{Config: profiles(config.Profile{Plugins: c.plugins})}, 0)
			got := slices.DeleteFunc(score(core.order[0]), func(n string) bool { return !slices.Contains(ofOneNode, strings.Fields(n)[0]) })
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

// ofOneNode are the scoring plugins that look at one node alone; others are left out of TestOrderOfPlugins.
var ofOneNode = []string{"TaintToleration", "NodeAffinity", "NodeResourcesFit", "NodeResourcesBalancedAllocation", "ImageLocality"}

func TestProfilesThatCannotBe(t *testing.T) {
	none := []config.Plugin{{Name: "*"}}
	for _, c := range []struct {
		name    string
		plugins config.Plugins
		want    string
	}{
		{"no queue sort", config.Plugins{QueueSort: config.PluginSet{Disabled: none}}, `only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0`},
		{"no bind", config.Plugins{Bind: config.PluginSet{Disabled: none}}, `at least one bind plugin is needed for profile with scheduler name "default-scheduler"`},
		{"a plugin where it has nothing to say", config.Plugins{Filter: enable("ImageLocality")}, `plugin "ImageLocality" does not extend FilterPlugin plugin`},
		{"a plugin twice", config.Plugins{Score: enable("ImageLocality", "ImageLocality")}, `plugin "ImageLocality" already registered as "ScorePlugin"`},
		{"a plugin twice under multiPoint", config.Plugins{MultiPoint: enable("ImageLocality", "ImageLocality")}, `plugin "ImageLocality" already registered as`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewCore(Options{Config: profiles(config.Profile{Plugins: &c.plugins})})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want ... %s ...", err, c.want)
			}
		})
	}
}

// odd is a plugin of one's own: it filters, scores out of range, or fails.
type odd struct {
	score  int64
	filter *framework.Status
}

func (*odd) Name() string { return "Odd" }
func (o *odd) Filter(any, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
	return o.filter
}
func (o *odd) Score(any, *framework.PodInfo, *framework.NodeInfo) (int64, *framework.Status) {
	return o.score, nil
}

func withOdd(o *odd) Options {
	r := plugins.Default().With(plugins.Entry{Name: "Odd", New: func(framework.Args, *framework.Handle) (framework.Plugin, error) { return o, nil }})
	return Options{Plugins: r, Config: profiles(config.Profile{Plugins: &config.Plugins{MultiPoint: enable("Odd")}})}
}

func TestAPluginOfOnesOwn(t *testing.T) {
	for _, c := range []struct {
		name   string
		plugin odd
		result string
		want   string
	}{
		{"it scores", odd{score: 100}, Scheduled, ""},
		{"it scores out of range", odd{score: 101}, Failed, `applying score defaultWeights on Score plugins: plugin "Odd" returns an invalid score 101, it should in the range of [0, 100] after normalizing`},
		{"it rejects", odd{filter: framework.NewStatus("Odd", framework.Unschedulable, "no")}, Unschedulable, "0/2 nodes are available: 2 no. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."},
		{"it fails", odd{filter: framework.NewStatus("Odd", framework.Error, "broken")}, Failed, `running "Odd" filter plugin: broken`},
	} {
		t.Run(c.name, func(t *testing.T) {
			core := newTestCore(t, withOdd(&c.plugin), 2)
			cy := core.Schedule(0, core.Pod(plainPod(0, plainSpec())))
			if cy.Result != c.result || cy.Message != c.want || cy.Err != (c.result == Failed) {
				t.Errorf("got %s %q, want %s %q", cy.Result, cy.Message, c.result, c.want)
			}
		})
	}
}
