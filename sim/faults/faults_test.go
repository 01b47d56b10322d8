package faults_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/faults"
	"towtank.dev/towtank/sim/verbs"
)

// machines write down what is done to them: "10s crash a-1".
type machines struct{ log []string }

func (m *machines) say(now sim.Time, what, node string) {
	m.log = append(m.log, fmt.Sprintf("%.0fs %s %s", now.Seconds(), what, node))
}
func (m *machines) Crash(now sim.Time, node string)        { m.say(now, "crash", node) }
func (m *machines) Boot(now sim.Time, node string)         { m.say(now, "boot", node) }
func (m *machines) StopKubelet(now sim.Time, node string)  { m.say(now, "stop", node) }
func (m *machines) StartKubelet(now sim.Time, node string) { m.say(now, "start", node) }
func (m *machines) Cut(now sim.Time, node string)          { m.say(now, "cut", node) }
func (m *machines) Mend(now sim.Time, node string)         { m.say(now, "mend", node) }
func (m *machines) KillContainer(now sim.Time, uid, name string, exit int32, reason string) bool {
	m.log = append(m.log, fmt.Sprintf("%.0fs kill %s %d %s", now.Seconds(), name, exit, reason))
	return true
}

// bench is a cluster of zones a and b with so many nodes each, and a clock for processes.
type bench struct {
	machines
	t         *testing.T
	api       *apiserver.Server
	seed      uint64
	now       sim.Time
	processes []process
}

type process struct {
	verbs.Process
	at sim.Time
}

func newBench(t *testing.T, seed uint64, perZone int) *bench {
	b := &bench{t: t, api: apiserver.New(sim.NewEngine(seed)), seed: seed}
	for i := range 2 * perZone {
		zone := string(rune('a' + i%2))
		_, err := b.api.Load(&model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("%s-%d", zone, i/2),
			Labels: map[string]string{model.LabelZone: zone, "pool": fmt.Sprint("p", i%3)}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *bench) env() *verbs.Env {
	return &verbs.Env{Now: b.now, Seed: b.seed, API: b.api, Place: "faults[0]", Machines: &b.machines,
		Start: func(p verbs.Process) { b.step(process{p, b.now}) }}
}

func (b *bench) step(p process) {
	next, err := p.Step(b.env())
	if err != nil {
		b.t.Fatal(err)
	}
	if next != sim.Never {
		b.processes = append(b.processes, process{p.Process, next})
	}
}

// run lets processes go on until an instant.
func (b *bench) run(until sim.Time) {
	for {
		first := -1
		for i, p := range b.processes {
			if p.at <= until && (first < 0 || p.at < b.processes[first].at) {
				first = i
			}
		}
		if first < 0 {
			b.now = until
			return
		}
		p := b.processes[first]
		b.processes = append(b.processes[:first:first], b.processes[first+1:]...)
		b.now = p.at
		b.step(p)
	}
}

func verb(t *testing.T, name string, set func(*faults.NodeFault)) *faults.NodeFault {
	t.Helper()
	info, ok := faults.Lookup(name)
	if !ok {
		t.Fatalf("there is no fault %s", name)
	}
	f := info.New().(*faults.NodeFault)
	set(f)
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFaultsBreakWhatTheyAreAimedAt(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault string
		set   func(*faults.NodeFault)
		want  string
	}{
		{"one node for a while", "crash", func(f *faults.NodeFault) {
			f.Target = verbs.Target{Kind: model.KindNode, Name: "b-1"}
			f.Last(sim.Constant(600))
		}, "10s crash b-1, 610s boot b-1"},
		{"a zone for ever", "partition", func(f *faults.NodeFault) { f.Zone = "b" }, "10s cut b-0, 10s cut b-1, 10s cut b-2"},
		{"a reboot lasts a minute", "reboot", func(f *faults.NodeFault) { f.Target = verbs.Target{Kind: model.KindNode, Name: "a-0"} },
			"10s crash a-0, 70s boot a-0"},
		{"kubelets", "kubelet-stop", func(f *faults.NodeFault) { f.Zone, f.For = "a", sim.Constant(5) },
			"10s stop a-0, 10s stop a-1, 10s stop a-2, 15s start a-0, 15s start a-1, 15s start a-2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, 1, 3)
			b.now = sim.At(10 * time.Second)
			if err := verb(t, test.fault, test.set).Do(b.env()); err != nil {
				t.Fatal(err)
			}
			b.run(sim.At(time.Hour))
			if got := strings.Join(b.log, ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAShareOfTheNodesIsDrawnEvenly(t *testing.T) {
	struck := map[string]int{}
	const runs = 4000
	for seed := range uint64(runs) {
		b := newBench(t, seed, 5)
		f := verb(t, "crash", func(f *faults.NodeFault) { f.Share = 0.25 })
		if err := f.Do(b.env()); err != nil {
			t.Fatal(err)
		}
		if len(b.log) != 3 { // a quarter of ten, rounded up
			t.Fatalf("seed %d: %v", seed, b.log)
		}
		for _, line := range b.log {
			struck[strings.Fields(line)[2]]++
		}
	}
	for node, n := range struck {
		// 3 of 10 in 4000 runs: 1200, with a standard deviation of sqrt(4000 × 0.3 × 0.7) = 29
		if math.Abs(float64(n)-1200) > 5*29 {
			t.Errorf("%s was struck %d times", node, n)
		}
	}
	if len(struck) != 10 {
		t.Errorf("%d nodes were ever struck", len(struck))
	}
}

func TestNodesBreakAgainAndAgain(t *testing.T) {
	b := newBench(t, 3, 1)
	exponential, _ := sim.Distribution("exponential")
	day, err := exponential.New(map[string]float64{"mean": 86400})
	if err != nil {
		t.Fatal(err)
	}
	f := verb(t, "crash", func(f *faults.NodeFault) { f.For = sim.Constant(3600) })
	if err := f.Recur(b.env(), day); err != nil {
		t.Fatal(err)
	}
	b.run(sim.At(1000 * 25 * time.Hour))
	last := map[string]string{}
	for _, line := range b.log {
		w := strings.Fields(line)
		if w[1] == last[w[2]] || last[w[2]] == "" && w[1] != "crash" {
			t.Fatalf("%s after %s", line, last[w[2]])
		}
		last[w[2]] = w[1]
	}
	// Up for a day on average and down for an hour: 1000 times in 1000 × 25 h, with a deviation of about
	// sqrt(1000) = 32, for each of two nodes, two lines each.
	if n := len(b.log); n < 4000-4*150 || n > 4000+4*150 {
		t.Errorf("%d lines", n)
	}
}

func TestContainersAreKilled(t *testing.T) {
	b := newBench(t, 1, 1)
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "shop"}, Spec: &model.PodSpec{Containers: []model.Container{{Name: "a"}, {Name: "b"}}}}
	if _, err := b.api.Create(pod); err != nil {
		t.Fatal(err)
	}
	f := &faults.KillContainer{Target: verbs.Target{Kind: model.KindPod, Namespace: "shop", Name: "web"}}
	if err := f.Do(b.env()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(b.log, ", "); got != "0s kill a 137 , 0s kill b 137 " {
		t.Errorf("got %q", got)
	}
}

func TestAFaultWithoutAnAimIsRefused(t *testing.T) {
	for _, test := range []struct {
		set  func(*faults.NodeFault)
		want string
	}{
		{func(f *faults.NodeFault) { f.Target = verbs.Target{Kind: model.KindPod, Name: "p"} }, "not a node"},
		{func(f *faults.NodeFault) { f.Count = -1 }, "count: -1 is negative"},
		{func(f *faults.NodeFault) { f.Share = 1.5 }, "share: 1.5 is no share"},
		{func(f *faults.NodeFault) { f.Share, f.Count = 0.5, 1 }, "share: cannot stand beside count"},
	} {
		f := &faults.NodeFault{}
		test.set(f)
		if err := f.Check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
}
