package scheduler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// stream drives two whole schedulers, one naive, one fast, through one stream of events: pods come, are
// bound or not, evicted, changed and deleted; nodes change under them.
type stream struct {
	*pair
	one, two *Scheduler
	now      sim.Time
	pending  []*model.Pod
	running  []*model.Pod
}

func newStream(t *testing.T, seed uint64, features string) *stream {
	s := &stream{pair: newPair(t, seed, features)}
	o := equalOptions(seed)
	o.Naive = true
	s.one = mustScheduler(t, o)
	s.two = mustScheduler(t, equalOptions(seed))
	return s
}

func mustScheduler(t *testing.T, o Options) *Scheduler {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stream) run(steps int) {
	for i := range 1 + s.r.IntN(20) {
		s.nodeEvent(fmt.Sprintf("n%03d", i))
	}
	if s.draw.has("volumes") {
		s.firstVolumes()
	}
	for range steps {
		s.now = s.now.Add(time.Duration(s.r.IntN(1500)) * time.Millisecond)
		s.one.Tick(s.now)
		s.two.Tick(s.now)
		s.event()
		for range s.r.IntN(4) {
			s.cycle()
		}
	}
}

func (s *stream) event() {
	switch k := s.r.IntN(100); {
	case k < 55:
		s.created++
		pod := s.draw.pod(s.created)
		for _, claim := range s.draw.ephemeralClaims(pod) {
			s.object(claim)
		}
		pod.ResourceVersion = 1
		if s.r.IntN(20) == 0 {
			spec := *pod.Spec
			spec.SchedulingGates = []string{"wait"}
			pod.Spec = &spec
		}
		s.pending = append(s.pending, pod)
		s.one.Added(s.now, pod)
		s.two.Added(s.now, pod)
	case k < 70:
		s.end()
	case k < 80:
		s.relabel()
	case k < 92:
		s.nodeEvent(fmt.Sprintf("n%03d", s.r.IntN(22)))
	case k < 95:
		name := fmt.Sprintf("n%03d", s.r.IntN(22))
		if n := s.nodes[name]; n != nil {
			s.one.Deleted(s.now, n)
			s.two.Deleted(s.now, n)
			delete(s.nodes, name)
		}
	case s.draw.has("volumes") && s.r.IntN(2) == 0:
		if o := s.draw.volumeObject(); s.r.IntN(4) > 0 {
			s.object(o)
		} else {
			s.one.Deleted(s.now, o)
			s.two.Deleted(s.now, o)
		}
	case s.draw.has("services"):
		s.object(s.draw.object())
	}
}

func (s *stream) object(o model.Object) {
	s.one.Added(s.now, o)
	s.two.Added(s.now, o)
}

func (s *stream) nodeEvent(name string) {
	old := s.nodes[name]
	n := s.draw.node(name, old)
	s.nodes[name] = n
	if old == nil {
		s.one.Added(s.now, n)
		s.two.Added(s.now, n)
		return
	}
	s.one.Updated(s.now, old, n)
	s.two.Updated(s.now, old, n)
}

// end deletes a pod, waiting or running.
func (s *stream) end() {
	list := &s.running
	if s.r.IntN(4) == 0 {
		list = &s.pending
	}
	if len(*list) == 0 {
		return
	}
	i := s.r.IntN(len(*list))
	pod := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	s.one.Deleted(s.now, pod)
	s.two.Deleted(s.now, pod)
}

// relabel gives a pod other labels, or lets it terminate.
func (s *stream) relabel() {
	list := s.running
	if s.r.IntN(3) == 0 {
		list = s.pending
	}
	if len(list) == 0 {
		return
	}
	i := s.r.IntN(len(list))
	pod := *list[i]
	if pod.Labels = s.draw.podLabels(); pod.NodeName != "" && s.r.IntN(3) == 0 {
		pod.Deleting = true
	}
	s.update(list, i, &pod)
}

func (s *stream) update(list []*model.Pod, i int, pod *model.Pod) {
	s.created++
	pod.ResourceVersion = uint64(s.created)
	old := list[i]
	list[i] = pod
	s.one.Updated(s.now, old, pod)
	s.two.Updated(s.now, old, pod)
}

// cycle lets both schedulers try a pod, and the world follow.
func (s *stream) cycle() {
	a, okA := s.one.Begin(s.now)
	b, okB := s.two.Begin(s.now)
	if okA != okB {
		s.t.Fatalf("seed %d: naive has a pod to try: %t, fast: %t", s.seed, okA, okB)
	}
	if !okA {
		return
	}
	if x, y := summary(s.one.core, a), summary(s.two.core, b); x != y || a.Pod != b.Pod {
		s.t.Fatalf("seed %d, pods %s and %s\nnaive %s\nfast  %s", s.seed, a.Pod.Name, b.Pod.Name, x, y)
	}
	s.one.Finish(s.now, a)
	s.two.Finish(s.now, b)
	if x, y := fmt.Sprint(a.Writes), fmt.Sprint(b.Writes); len(a.Writes) != len(b.Writes) {
		s.t.Fatalf("seed %d, pod %s is to be bound after writing\nnaive %s\nfast  %s", s.seed, a.Pod.Name, x, y)
	}
	for _, o := range a.Writes {
		s.object(s.draw.written(o))
	}
	i := slices.IndexFunc(s.pending, func(p *model.Pod) bool { return p.UID == a.Pod.UID })
	switch {
	case i < 0:
	case a.Node != "" && s.r.IntN(12) == 0:
		s.one.BindFailed(s.now, a, "no")
		s.two.BindFailed(s.now, b, "no")
	case a.Node != "":
		s.bound(a, b, i)
	default:
		s.nominated(a, i)
	}
}

func (s *stream) bound(a, b *Cycle, i int) {
	s.one.Bound(s.now, a)
	s.two.Bound(s.now, b)
	pod := *s.pending[i]
	pod.NodeName = a.Node
	s.update(s.pending, i, &pod)
	s.running = append(s.running, s.pending[i])
	s.pending = slices.Delete(s.pending, i, i+1)
}

// nominated writes a nomination into the pod's status, and evicts victims sooner or later.
func (s *stream) nominated(a *Cycle, i int) {
	if a.Renominate && a.NominatedNode != s.pending[i].Status.NominatedNodeName {
		pod := *s.pending[i]
		pod.Status.NominatedNodeName = a.NominatedNode
		s.update(s.pending, i, &pod)
	}
	for _, v := range a.Victims {
		j := slices.IndexFunc(s.running, func(p *model.Pod) bool { return p.UID == v.UID })
		if j < 0 {
			continue
		}
		pod := *s.running[j]
		pod.Deleting = true
		s.update(s.running, j, &pod)
		if s.r.IntN(2) == 0 {
			s.one.Deleted(s.now, s.running[j])
			s.two.Deleted(s.now, s.running[j])
			s.running = slices.Delete(s.running, j, j+1)
		}
	}
}

func TestFastEqualsNaiveThroughStreamsOfEvents(t *testing.T) {
	decided, cycles := uint64(0), uint64(0)
	for seed := range uint64(equalSeeds()) {
		s := newStream(t, seed, []string{"", "spread services", "affinity", "volumes services", "spread affinity services", "volumes"}[seed%6])
		s.run(150)
		f := s.two.core.fast
		decided, cycles = decided+f.decided, cycles+f.cycles
	}
	t.Logf("%d of %d cycles decided by the fast runtime", decided, cycles)
	if decided*3 < cycles {
		t.Errorf("the fast runtime decided %d of %d cycles, want a third at least", decided, cycles)
	}
}
