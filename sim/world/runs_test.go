package world_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	schedulerconfig "towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// queueOf is arrivals that come one after another: each when the one before has had its first attempt.
type queueOf struct {
	pods []*model.Pod
	err  error // after the last
}

func (q queueOf) Open(uint64) (world.ArrivalSeq, error) { return &queueSeq{queueOf: q}, nil }

type queueSeq struct {
	queueOf
	next   int
	closed bool
}

func (q *queueSeq) Next() (world.Arrival, bool, error) {
	if q.next == len(q.pods) {
		return world.Arrival{}, false, q.err
	}
	q.next++
	return world.Arrival{Pod: q.pods[q.next-1], AfterPrevious: true}, true, nil
}

func (q *queueSeq) Notes() []record.Note { return []record.Note{{Text: "rows left out", Count: 2}} }
func (q *queueSeq) Close() error         { q.closed = true; return nil }

func TestPodsThatComeInOrderWaitForTheFirstAttemptOfTheOneBefore(t *testing.T) {
	cfg := config(node("n-1", 2))
	gated, foreign, refused := pod("gated"), pod("foreign"), pod("refused")
	gated.Spec.SchedulingGates = []string{"g"}
	foreign.Spec.SchedulerName = "another"
	refused.Spec.PriorityClassName = "none"
	cfg.Arrivals = []world.Arrivals{queueOf{pods: []*model.Pod{pod("a"), pod("b"), pod("c"), gated, foreign, refused, pod("d"), pod("e")}}}
	m := run(t, cfg)
	created := map[string]sim.Time{}
	for _, p := range m.pods {
		created[p.Name] = p.Created
	}
	// Each decision takes 1 ms. What nobody will try to schedule holds nobody up.
	ms := func(n int) sim.Time { return sim.At(time.Duration(n) * time.Millisecond) }
	want := map[string]sim.Time{"a": ms(0), "b": ms(1), "c": ms(2), "gated": ms(3), "foreign": ms(3), "d": ms(3), "e": ms(4)}
	if !reflect.DeepEqual(created, want) {
		t.Errorf("created %v\nwant    %v", created, want)
	}
	if got := m.footer.Notes[0]; got != (record.Note{Text: "rows left out", Count: 2}) {
		t.Errorf("first note %+v", got)
	}
	if got := m.footer.Notes[1].Text; !strings.Contains(got, "no PriorityClass with name none was found") {
		t.Errorf("second note %s", got)
	}
}

func TestAnArrivalThatCannotBeReadEndsTheRunWithItsError(t *testing.T) {
	cfg := config(node("n-1", 2))
	broken := errors.New("row 3: broken")
	cfg.Arrivals = []world.Arrivals{queueOf{pods: []*model.Pod{pod("a"), pod("b")}, err: broken}}
	m := new(memory)
	f, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{m}})
	if !errors.Is(err, broken) || f == nil || !f.Interrupted || len(m.pods) != 2 || m.footer == nil {
		t.Errorf("error %v, footer %+v, %d pods", err, f, len(m.pods))
	}
}

func TestARunThatIsStoppedLeavesWhatHasHappened(t *testing.T) {
	big := node("n-1", 1000)
	big.Status.Allocatable = big.Status.Allocatable.With("pods", model.WholeQuantity(1000))
	cfg := config(big)
	cfg.Arrivals = []world.Arrivals{stream{count: 10000, every: sim.Constant(1), spec: spec()}}
	asked := 0
	m := new(memory)
	f, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{m}, Stop: func() bool { asked++; return asked == 3 }})
	if err != nil || !f.Interrupted || f.Idle || asked != 3 {
		t.Fatalf("asked %d times, %+v, %v", asked, f, err)
	}
	if len(m.pods) == 0 || len(m.pods) >= 10000 || m.samples[len(m.samples)-1].At != f.End {
		t.Errorf("%d pods, last sample at %v, end %v", len(m.pods), m.samples[len(m.samples)-1].At, f.End)
	}
}

func TestARunWithADurationEndsThere(t *testing.T) {
	cfg := config(node("n-1", 4), pod("web"))
	cfg.UntilIdle, cfg.Duration = false, 5*time.Minute
	m := run(t, cfg)
	if m.footer.End != sim.At(5*time.Minute) || m.footer.Idle || m.pods[0].Phase != "Running" || m.pods[0].Ended != sim.Never {
		t.Errorf("end %v, pod %+v", m.footer.End, m.pods[0])
	}
	if last := m.samples[len(m.samples)-1]; last.At != m.footer.End || len(m.samples) != 6 { // 0, 1, ... 5 min
		t.Errorf("%d samples, the last at %v", len(m.samples), last.At)
	}
}

func TestACrashLoopDoesNotKeepARunFromBeingIdle(t *testing.T) {
	crash := pod("crash")
	crash.Spec.RestartPolicy = model.RestartAlways
	cfg := config(node("n-1", 4), crash)
	cfg.Behaviours = []kubelet.Behaviour{{Place: "p", Run: &kubelet.RunTime{Dist: sim.Constant(1)}, Exit: sim.Constant(1)}}
	m := run(t, cfg)
	if !m.footer.Idle || m.pods[0].Restarts < 7 {
		t.Errorf("%+v after %d restarts", m.footer, m.pods[0].Restarts)
	}
}

func TestAPodThatFitsNowhereDoesNotKeepARunFromBeingIdle(t *testing.T) {
	huge := pod("huge")
	huge.Spec.Containers[0].Requests = model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(64)}}
	m := run(t, config(node("n-1", 4), huge))
	if !m.footer.Idle || m.footer.End > sim.At(time.Minute) || m.pods[0].Message != "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling." {
		t.Errorf("ended at %v: %+v", m.footer.End, m.pods[0])
	}
	if a := m.attempts[0]; a.Result != "unschedulable" || a.Evaluated != 1 || a.Feasible != 0 || !reflect.DeepEqual(a.Plugins, []string{"NodeResourcesFit"}) {
		t.Errorf("attempt %+v", a)
	}
}

func TestAttemptsAreRecordedInTheOrderInWhichTheyBegan(t *testing.T) {
	cfg := config(node("n-1", 1), pod("a"), pod("b"), pod("c"))
	cfg.Scheduler.BindLatency = sim.Constant(5)
	m := run(t, cfg)
	for i := 1; i < len(m.attempts); i++ {
		if m.attempts[i].At < m.attempts[i-1].At {
			t.Errorf("attempt %d began at %v, after one at %v", i, m.attempts[i].At, m.attempts[i-1].At)
		}
	}
	if first := m.attempts[0]; first.Pod != "a" || first.Result != "scheduled" || first.Node != "n-1" {
		t.Errorf("first attempt %+v", first)
	}
}

func TestABindingThatFailsIsRecordedAsSuch(t *testing.T) {
	cfg := config(node("n-1", 1), pod("a"))
	cfg.Scheduler.BindLatency = sim.Constant(5)
	cfg.Timeline = []world.Entry{at(time.Second, &verbs.Delete{Target: verbs.Target{Kind: model.KindNode, Name: "n-1"}}),
		at(2*time.Second, &verbs.Label{Target: verbs.Target{Kind: model.KindNode, Name: "n-1"}, Set: map[string]string{"a": "b"}})}
	cfg.UntilIdle, cfg.Duration = false, 10*time.Second
	m := run(t, cfg)
	if a := m.attempts[0]; a.Result != "bind-failed" || a.Message != `running Bind plugin "DefaultBinder": nodes "n-1" not found` {
		t.Errorf("attempt %+v", a)
	}
	if p := m.pods[0]; p.Node != "" || p.Scheduled != sim.Never || p.Attempts < 2 {
		t.Errorf("pod %+v", p)
	}
	want := record.Note{Text: `test:9:1: refused at 2s: nodes "n-1" not found`, Count: 1}
	if len(m.footer.Notes) != 1 || m.footer.Notes[0] != want {
		t.Errorf("notes %+v", m.footer.Notes)
	}
	if n := m.nodes[0]; n.Removed != sim.At(time.Second) || n.PodsStarted != 0 {
		t.Errorf("node %+v", n)
	}
}

func TestNodesAreSummedUpOverTime(t *testing.T) {
	cfg := config(node("n-1", 4), pod("web"))
	cfg.UntilIdle, cfg.Duration = false, 1000*time.Second
	cfg.Scheduler.DecisionLatency, cfg.Scheduler.BindLatency = nil, nil
	cfg.Timeline = []world.Entry{at(250*time.Second, &verbs.Cordon{Target: verbs.Target{Kind: model.KindNode, Name: "n-1"}})}
	n := run(t, cfg).nodes[0]
	// One core for 602 s of 1000 s; cordoned for the last 750 s.
	if math.Abs(n.MeanMilliCPU-602) > 1e-9 || n.PeakMilliCPU != 1000 || n.PodsStarted != 1 || math.Abs(n.MeanPods-0.602) > 1e-12 {
		t.Errorf("%+v", n)
	}
	if n.UnschedulableFor != 750*time.Second || n.ReadyFor != 1000*time.Second || n.Removed != sim.Never {
		t.Errorf("%+v", n)
	}
}

func TestSeriesHaveASampleAtEveryChangeWhenAsked(t *testing.T) {
	cfg := config(node("n-1", 4), pod("web"))
	cfg.Sample = 0
	m := run(t, cfg)
	var times []sim.Time
	for _, s := range m.samples {
		times = append(times, s.At)
	}
	ms := func(n int) sim.Time { return sim.At(time.Duration(n) * time.Millisecond) }
	// Created, bound, started, ready, ended.
	if want := []sim.Time{0, ms(11), ms(2011), ms(3011), ms(602011)}; !reflect.DeepEqual(times, want) {
		t.Errorf("samples at %v, want %v", times, want)
	}
	last := m.samples[len(m.samples)-1]
	if last.Pods != 1 || last.Ended != 1 || last.Running != 0 || last.Resources[0] != (record.Usage{Name: "cpu", Requested: 0, Allocatable: 4000}) {
		t.Errorf("last sample %+v", last)
	}
	if s := m.samples[3]; s.Running != 1 || s.Ready != 1 || s.Resources[0].Requested != 1000 {
		t.Errorf("sample of a pod that is ready %+v", s)
	}
}

func TestPodsThatRanBeforeTheRunGoOn(t *testing.T) {
	old := pod("old")
	old.NodeName, old.Created = "n-1", sim.At(-100*time.Second)
	old.Status = model.PodStatus{Phase: model.PodRunning, HasStarted: true, Started: sim.At(-100 * time.Second),
		Containers: []model.ContainerStatus{{Name: "c", Ready: true, RestartCount: 2,
			State: model.ContainerState{Kind: model.ContainerRunning, Started: sim.At(-90 * time.Second)}}}}
	m := run(t, config(node("n-1", 4), old))
	// It started 90 s before the run and runs for 600 s.
	p := m.pods[0]
	if p.Ended != sim.At(510*time.Second) || p.Restarts != 2 || p.Started != sim.At(-90*time.Second) || p.Attempts != 0 || p.Phase != "Succeeded" {
		t.Errorf("%+v", p)
	}
}

func TestTheOldestEndedPodsGoWhenThereAreTooMany(t *testing.T) {
	cfg := config(node("n-1", 100))
	cfg.TerminatedPods = 10
	cfg.Behaviours = []kubelet.Behaviour{{Place: "p", Run: &kubelet.RunTime{Dist: sim.Constant(1)}}}
	cfg.Arrivals = []world.Arrivals{stream{count: 50, every: sim.Constant(1), spec: spec()}}
	cfg.UntilIdle, cfg.Duration = false, 2*time.Minute
	left := map[string]bool{}
	m := new(memory)
	_, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{m}, Watch: func(_ sim.Time, stream, kind string, o model.Object) {
		if stream == "pods" {
			left[o.Meta().Name] = kind != "DELETED"
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if name := fmt.Sprintf("p-%d", i); left[name] != (i >= 40) {
			t.Errorf("%s is there: %v", name, left[name])
		}
	}
	if len(m.pods) != 50 {
		t.Errorf("%d rows", len(m.pods))
	}
}

func TestRunTimesDoNotDependOnWhoElseIsThere(t *testing.T) {
	draw := []kubelet.Behaviour{{Place: "p:1:1", Run: &kubelet.RunTime{Dist: exponential(t, 100)}, Startup: exponential(t, 5)}}
	took := func(objects ...model.Object) time.Duration {
		cfg := config(append([]model.Object{node("n-1", 1), node("n-2", 1)}, objects...)...)
		cfg.Behaviours = draw
		for _, p := range run(t, cfg).pods {
			if p.Name == "web" {
				return p.Ended.Sub(p.Scheduled)
			}
		}
		t.Fatal("web has not run")
		return 0
	}
	alone, behind := took(pod("web")), took(pod("a"), pod("b"), pod("web"))
	if alone != behind {
		t.Errorf("web ran for %v alone and for %v behind others", alone, behind)
	}
}

func TestASweepGivesItsResultsInOrderWhateverTheNumberOfWorkers(t *testing.T) {
	shared := config(node("n-1", 4), node("n-2", 4))
	shared.Scheduler.Config = schedulerconfig.Default()
	shared.Arrivals = []world.Arrivals{stream{count: 50, every: sim.Constant(7), spec: spec()}}
	sweep := func(workers int) []string {
		prints, err := world.Sweep(6, workers, func(i int) (string, error) {
			cfg := *shared
			cfg.Seed = uint64(i)
			f, err := world.Run(&cfg, world.RunOptions{})
			return f.Fingerprint, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return prints
	}
	one, three := sweep(1), sweep(3)
	if !reflect.DeepEqual(one, three) {
		t.Errorf("one worker %v\nthree     %v", one, three)
	}
	if one[0] == one[1] {
		t.Error("two seeds have one fingerprint")
	}
	_, err := world.Sweep(9, 2, func(i int) (int, error) {
		if i == 4 {
			return 0, errors.New("job 4")
		}
		return i, nil
	})
	if err == nil || err.Error() != "job 4" {
		t.Error(err)
	}
}

func TestObjectsThatCannotBeLoadedAreAnErrorBeforeAnythingRuns(t *testing.T) {
	m := new(memory)
	_, err := world.Run(config(node("n-1", 4), node("n-1", 4)), world.RunOptions{Sinks: []record.Sink{m}})
	if err == nil || err.Error() != `Node n-1: nodes "n-1" already exists` || m.header != nil {
		t.Errorf("error %v, header %v", err, m.header)
	}
}
