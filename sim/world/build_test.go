package world_test

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// node offers so many cores, 64 GiB and room for 110 pods.
func node(name string, cores int64) *model.Node {
	return &model.Node{ObjectMeta: model.ObjectMeta{Name: name, Labels: map[string]string{model.LabelHostname: name}},
		Status: model.NodeStatus{Allocatable: model.ResourceList{
			{Name: "cpu", Quantity: model.WholeQuantity(cores)},
			{Name: "memory", Quantity: model.WholeQuantity(64 << 30)},
			{Name: "pods", Quantity: model.WholeQuantity(110)}}}}
}

// pod asks for one core and never runs again once it has ended.
func pod(name string) *model.Pod {
	return &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default"}, Spec: spec()}
}

func spec() *model.PodSpec {
	return &model.PodSpec{SchedulerName: "default-scheduler", RestartPolicy: model.RestartNever, TerminationGracePeriodSeconds: 30,
		Containers: []model.Container{{Name: "c", Image: "app:1",
			Requests: model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(1)}}}}}
}

// run10m makes every container start in 2 s, be ready 1 s later and run for 10 minutes.
func run10m() []kubelet.Behaviour {
	return []kubelet.Behaviour{{Place: "test:1:1", Startup: sim.Constant(2), Ready: sim.Constant(1),
		Run: &kubelet.RunTime{Dist: sim.Constant(600)}}}
}

func config(objects ...model.Object) *world.Config {
	return &world.Config{Name: "test", Seed: 1, Kubelet: seenAtOnce(), Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), UntilIdle: true,
		Objects: objects, Behaviours: run10m(), Sample: time.Minute,
		Scheduler: world.Scheduler{DecisionLatency: sim.Constant(0.001), BindLatency: sim.Constant(0.01)}}
}

func at(d time.Duration, v verbs.Verb) world.Entry {
	return world.Entry{At: sim.At(d), Place: "test:9:1", Verb: v}
}

// stream is count pods of one spec, the first at 0, then with gaps drawn by the seed.
type stream struct {
	count int64
	every sim.Dist
	run   func(seed uint64, i int64) *float64
	spec  *model.PodSpec
}

func (s stream) Open(seed uint64) (world.ArrivalSeq, error) {
	return &streamSeq{stream: s, seed: seed, gaps: sim.NewKey(seed, "stream")}, nil
}

type streamSeq struct {
	stream
	seed uint64
	gaps sim.Key
	at   sim.Time
	made int64
}

func (s *streamSeq) Next() (world.Arrival, bool, error) {
	if s.made == s.count {
		return world.Arrival{}, false, nil
	}
	src := s.gaps.Draw(uint64(s.made))
	s.at = s.at.Add(sim.SampleDuration(s.every, &src))
	a := world.Arrival{At: s.at, Pod: &model.Pod{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("p-%d", s.made),
		Namespace: "default"}, Spec: s.spec}}
	if s.run != nil {
		a.Run = s.run(s.seed, s.made)
	}
	s.made++
	return a, true, nil
}

func (s *streamSeq) Notes() []record.Note { return nil }
func (s *streamSeq) Close() error         { return nil }

// seenAtOnce are kubelets that see at once what their containers do: times in tests are those of behaviours.
func seenAtOnce() *kubelet.Timers {
	t := kubelet.DefaultTimers()
	t.Relist = 0
	return &t
}
