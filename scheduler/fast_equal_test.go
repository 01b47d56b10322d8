package scheduler

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// pair runs the naive and the fast runtime side by side.
type pair struct {
	t           *testing.T
	r           *rand.Rand
	seed        uint64
	naive, fast *Core
	draw        drawing

	nodes  map[string]*model.Node
	names  []string // of nodes, in order of first appearance
	placed []*twins
	// nominated are pods without a node that are to run somewhere.
	nominated []*twins
	created   int
	log       []string
}

// twins are one pod as both runtimes know it.
type twins struct{ naive, fast *framework.PodInfo }

func newPair(t *testing.T, seed uint64, features string) *pair {
	p := &pair{t: t, r: rand.New(rand.NewPCG(seed, 7)), seed: seed, nodes: map[string]*model.Node{}}
	p.draw = drawing{r: p.r, features: features, complete: seed%2 == 0}
	o := equalOptions(seed)
	o.Naive = true
	p.naive = mustCore(t, o)
	o = equalOptions(seed)
	p.fast = mustCore(t, o)
	p.fast.fast.domains.hosts.few = []int{0, 3, fewOnHosts}[seed%3]
	p.fast.fast.domains.hosts.places = []int{maxPlaces, 2}[seed/3%2]
	return p
}

func mustCore(t *testing.T, o Options) *Core {
	t.Helper()
	c, err := NewCore(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// run makes a cluster, then lets steps things happen.
func (p *pair) run(steps int) {
	size := 1 + p.r.IntN(24)
	if p.r.IntN(8) == 0 {
		size = 100 + p.r.IntN(40)
	}
	for range size {
		p.setNode(fmt.Sprintf("n%03d", len(p.names)))
	}
	if p.draw.has("volumes") && p.draw.versions == 0 {
		p.firstVolumes()
	}
	for range steps {
		p.step()
	}
}

func (p *pair) step() {
	switch k := p.r.IntN(100); {
	case k < 70:
		p.schedule()
	case k < 78:
		p.remove()
	case k < 82:
		p.setNode(p.names[p.r.IntN(len(p.names))])
	case k < 84:
		p.setNode(fmt.Sprintf("n%03d", len(p.names)))
	case k < 86:
		name := p.names[p.r.IntN(len(p.names))]
		p.note("remove node %s", name)
		p.naive.RemoveNode(name)
		p.fast.RemoveNode(name)
	case k < 90:
		p.addStray()
	case k < 93:
		p.change()
	case p.draw.has("volumes") && k < 97:
		p.volumeChange()
	case p.draw.has("services"):
		p.object()
	}
}

func (p *pair) note(format string, args ...any) { p.log = append(p.log, fmt.Sprintf(format, args...)) }

// setNode adds a node or replaces it.
func (p *pair) setNode(name string) {
	if p.nodes[name] == nil {
		p.names = append(p.names, name)
	}
	n := p.draw.node(name, p.nodes[name])
	p.nodes[name] = n
	p.note("set node %s %v %v", name, n.Labels, n.Taints)
	p.naive.SetNode(n)
	p.fast.SetNode(n)
}

// object sets or removes an object beside nodes and pods.
func (p *pair) object() {
	o := p.draw.object()
	if p.r.IntN(3) == 0 {
		p.naive.RemoveObject(o)
		p.fast.RemoveObject(o)
		return
	}
	p.note("set %s %+v", o.Kind(), o)
	p.naive.SetObject(o)
	p.fast.SetObject(o)
}

// volumeChange sets or removes an object that plugins for volumes read.
func (p *pair) volumeChange() {
	o := p.draw.volumeObject()
	if p.r.IntN(4) > 0 {
		p.set(o)
		return
	}
	p.note("remove %s %s", o.Kind(), o.Meta().Key())
	p.naive.RemoveObject(o)
	p.fast.RemoveObject(o)
}

// pod draws a pod for both.
func (p *pair) pod() *twins {
	p.created++
	pod := p.draw.pod(p.created)
	for _, claim := range p.draw.ephemeralClaims(pod) {
		p.set(claim)
	}
	if p.draw.has("nominated") && p.r.IntN(12) == 0 {
		pod.Status.NominatedNodeName = p.names[p.r.IntN(len(p.names))]
	}
	return &twins{p.naive.Pod(pod), p.fast.Pod(pod)}
}

// schedule decides one pod with both runtimes, compares, and puts it where it is to run.
func (p *pair) schedule() {
	w := p.pod()
	if p.draw.has("nominated") && p.r.IntN(10) == 0 {
		p.nominate(w)
		return
	}
	want, got := p.naive.Schedule(0, w.naive), p.fast.Schedule(0, w.fast)
	a, b := summary(p.naive, want), summary(p.fast, got)
	if a != b {
		p.t.Fatalf("seed %d, pod %s of %+v\nlabels %v\nnaive %s\nfast  %s\n%s", p.seed, want.Pod.Name, *want.Pod.Spec, want.Pod.Labels, a, b, p.tail())
	}
	if want.Node == "" {
		p.naive.Release(w.naive)
		p.fast.Release(w.fast)
		return
	}
	w.naive.Node, w.fast.Node = want.Node, got.Node
	p.naive.AddPod(w.naive)
	p.fast.AddPod(w.fast)
	p.placed = append(p.placed, w)
	p.note("pod %s on %s", want.Pod.Name, want.Node)
	p.reserve(want, got)
}

// nominate nominates a pod, or ends all nominations.
func (p *pair) nominate(w *twins) {
	if p.r.IntN(2) == 0 {
		node := p.names[p.r.IntN(len(p.names))]
		p.nominated = append(p.nominated, w)
		p.naive.Nominate(w.naive.Pod, node)
		p.fast.Nominate(w.fast.Pod, node)
		return
	}
	for _, w := range p.nominated {
		p.naive.Nominate(w.naive.Pod, "")
		p.fast.Nominate(w.fast.Pod, "")
	}
	p.nominated = p.nominated[:0]
}

func (p *pair) tail() string {
	if len(p.log) > 400 {
		return strings.Join(p.log[len(p.log)-400:], "\n")
	}
	return strings.Join(p.log, "\n")
}

// summary is all of a cycle that anybody can see.
func summary(c *Core, cy *Cycle) string {
	var victims []string
	for _, v := range cy.Victims {
		victims = append(victims, v.Name)
	}
	return fmt.Sprintf("%s %q err=%t %d of %d, start %d, %q %v %v nominated=%q %t victims=%v",
		cy.Result, cy.Node, cy.Err, cy.Feasible, cy.Evaluated, c.start, cy.Message, cy.UnschedulablePlugins, cy.PendingPlugins,
		cy.NominatedNode, cy.Renominate, victims)
}

// remove takes a placed pod away.
func (p *pair) remove() {
	if len(p.placed) == 0 {
		return
	}
	i := p.r.IntN(len(p.placed))
	w := p.placed[i]
	p.placed[i] = p.placed[len(p.placed)-1]
	p.placed = p.placed[:len(p.placed)-1]
	p.note("remove pod %s", w.naive.Pod.Name)
	p.naive.RemovePod(w.naive)
	p.fast.RemovePod(w.fast)
	p.naive.Release(w.naive)
	p.fast.Release(w.fast)
}

// addStray adds a pod that nobody scheduled, perhaps on a node that is not known.
func (p *pair) addStray() {
	w := p.pod()
	node := "unknown"
	if p.r.IntN(8) > 0 {
		node = p.names[p.r.IntN(len(p.names))]
	}
	p.note("stray pod %s %v on %s", w.naive.Pod.Name, w.naive.Pod.Labels, node)
	w.naive.Node, w.fast.Node = node, node
	p.naive.AddPod(w.naive)
	p.fast.AddPod(w.fast)
	p.placed = append(p.placed, w)
}

// change gives a placed pod other labels, or has it end.
func (p *pair) change() {
	if len(p.placed) == 0 {
		return
	}
	w := p.placed[p.r.IntN(len(p.placed))]
	pod := *w.naive.Pod
	if p.r.IntN(2) == 0 {
		pod.Labels = p.draw.podLabels()
	} else {
		pod.Deleting = true
	}
	p.note("change pod %s to %v %t", pod.Name, pod.Labels, pod.Deleting)
	w.naive = p.again(p.naive, w.naive, &pod)
	w.fast = p.again(p.fast, w.fast, &pod)
}

func (p *pair) again(c *Core, old *framework.PodInfo, pod *model.Pod) *framework.PodInfo {
	c.RemovePod(old)
	c.Release(old)
	info := c.Pod(pod)
	info.Node = old.Node
	c.AddPod(info)
	return info
}

// equalRuns runs pairs and says how many cycles the fast runtime decided by itself.
func equalRuns(t *testing.T, features string, runs int) {
	decided, cycles := uint64(0), uint64(0)
	for seed := range uint64(runs) {
		p := newPair(t, seed, features)
		p.run(60 + p.r.IntN(200))
		decided += p.fast.fast.decided
		cycles += p.fast.fast.cycles
	}
	t.Logf("%d of %d cycles decided by the fast runtime", decided, cycles)
	if decided*3 < cycles {
		t.Errorf("the fast runtime decided %d of %d cycles, want a third at least", decided, cycles)
	}
}

// equalSeeds is how many runs each test makes.
func equalSeeds() int {
	if testing.Short() {
		return 100
	}
	return 400
}

func TestFastEqualsNaiveForPlainPods(t *testing.T) { equalRuns(t, "", equalSeeds()) }

func TestFastEqualsNaiveBesideNominatedPods(t *testing.T) { equalRuns(t, "nominated", equalSeeds()) }

func TestFastEqualsNaiveForSpreadPods(t *testing.T) { equalRuns(t, "spread services", equalSeeds()) }

func TestFastEqualsNaiveForPodAffinity(t *testing.T) { equalRuns(t, "affinity services", equalSeeds()) }

func TestFastEqualsNaiveForEverything(t *testing.T) {
	equalRuns(t, "spread affinity services nominated", equalSeeds())
}

func TestFastEqualsNaiveWhenWhatIsKeptIsLetGo(t *testing.T) {
	for seed := range uint64(equalSeeds() / 4) {
		p := newPair(t, seed, "spread affinity services")
		for range 5 {
			p.run(20)
			p.naive.cache.Refresh() // when the snapshot is brought up to date matters to both
			p.fast.cache.Refresh()
			p.fast.fast.refresh()
			p.fast.fast.domains.letGo()
			p.fast.fast.kept.thin()
			p.run(20)
			p.fast.fast.journal.Lost = true // as after too many pods without a cycle
		}
	}
}
