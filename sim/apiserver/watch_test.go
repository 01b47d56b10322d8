package apiserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// listener writes down what it is told; answer may write to the server.
type listener struct {
	log    *[]string
	name   string
	answer func(apiserver.Change)
}

func (l *listener) Deliver(now sim.Time, c apiserver.Change) {
	*l.log = append(*l.log, fmt.Sprintf("%v %s %s %s", now, l.name, c.Type, c.Object().Meta().Name))
	if l.answer != nil {
		l.answer(c)
	}
}

func TestWatchersAreToldInTheirOrderAndTheOrderOfWrites(t *testing.T) {
	e, s := server(1)
	var log []string
	s.Watch("one", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode, model.KindPod}}, &listener{log: &log, name: "one"})
	s.Watch("two", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode}}, &listener{log: &log, name: "two"})
	create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}})
	create(t, s, pod("p", plain()))
	if err := s.Update(&model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(model.KindNode, "", "n", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if len(log) != 0 {
		t.Error("a delivery came before its event")
	}
	e.RunUntil(0)
	want := "0s one ADDED n,0s one ADDED p,0s one MODIFIED n,0s one DELETED n,0s two ADDED n,0s two MODIFIED n,0s two DELETED n"
	if got := strings.Join(log, ","); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if e.Processed() != 2 {
		t.Errorf("%d engine events for two watchers and one batch each", e.Processed())
	}
}

func TestWhatAWatcherWritesComesInTheNextRound(t *testing.T) {
	e, s := server(1)
	var log []string
	kinds := apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode}}
	s.Watch("one", kinds, &listener{log: &log, name: "one", answer: func(c apiserver.Change) {
		if c.Object().Meta().Name == "a" {
			create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: "b"}})
		}
	}})
	s.Watch("two", kinds, &listener{log: &log, name: "two"})
	create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: "a"}})
	e.RunUntil(0)
	// Watcher two is told of a, and then of b in the same delivery: b was written before its turn came.
	want := "0s one ADDED a,0s two ADDED a,0s two ADDED b,0s one ADDED b"
	if got := strings.Join(log, ","); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDeliveriesTakeTheirLatencyAndNeverOvertake(t *testing.T) {
	uniform, _ := sim.Distribution("uniform")
	latency, err := uniform.New(map[string]float64{"min": 0, "max": 1})
	if err != nil {
		t.Fatal(err)
	}
	e, s := server(1)
	var log []string
	var times []sim.Time
	s.Watch("slow", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode}, Latency: latency},
		&listener{log: &log, name: "slow", answer: func(apiserver.Change) { times = append(times, e.Now()) }})
	for i := range 200 {
		e.RunUntil(sim.At(time.Duration(i) * 100 * time.Millisecond))
		create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprint(i)}})
	}
	e.RunUntil(sim.At(time.Hour))
	if len(times) != 200 {
		t.Fatalf("%d deliveries, want 200", len(times))
	}
	for i, at := range times {
		if !strings.HasSuffix(log[i], fmt.Sprint(" ", i)) {
			t.Fatalf("delivery %d is %s", i, log[i])
		}
		if wait := at.Sub(sim.At(time.Duration(i) * 100 * time.Millisecond)); wait < 0 || wait > time.Second {
			t.Errorf("delivery %d took %v", i, wait)
		}
	}
}

func TestALoadedObjectIsToldWithoutLatency(t *testing.T) {
	e, s := server(1)
	var log []string
	s.Watch("w", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode}, Latency: sim.Constant(5)}, &listener{log: &log, name: "w"})
	if _, err := s.Load(&model.Node{ObjectMeta: model.ObjectMeta{Name: "old"}}); err != nil {
		t.Fatal(err)
	}
	create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: "new"}})
	e.RunUntil(sim.At(time.Minute))
	if got, want := strings.Join(log, ","), "0s w ADDED old,5s w ADDED new"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEventsAreCountedAndClosedWithTheirObject(t *testing.T) {
	e, s := server(1)
	var closed []string
	s.Events.OnDone(func(ev *model.Event) {
		closed = append(closed, fmt.Sprintf("%s %s x%d %v-%v", ev.Object.Name, ev.Reason, ev.Count, ev.First, ev.Last))
	})
	p, q := create(t, s, pod("p", plain())), create(t, s, pod("q", plain()))
	say := func(about *model.Pod, reason, path string) {
		s.Events.Emit(about, apiserver.Note{Type: apiserver.Normal, Reason: reason, Message: "m", FieldPath: path})
	}
	say(p, "A", "")
	say(q, "A", "")
	say(p, "B", "spec.containers{a}")
	say(p, "B", "spec.containers{b}")
	e.RunUntil(sim.At(2 * time.Second))
	say(p, "A", "")
	if err := s.Delete(model.KindPod, "shop", "p", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	say(p, "Late", "")
	s.Events.Flush()
	want := "p A x2 0s-2s,p B x1 0s-0s,p B x1 0s-0s,p Late x1 2s-2s,q A x1 0s-0s"
	if got := strings.Join(closed, ","); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func BenchmarkDelivery(b *testing.B) {
	e := sim.NewEngine(1)
	s := apiserver.New(e)
	n := 0
	s.Watch("w", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode}}, count{&n})
	if _, err := s.Create(&model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}}); err != nil {
		b.Fatal(err)
	}
	nodes := [2]*model.Node{{ObjectMeta: model.ObjectMeta{Name: "n"}}, {ObjectMeta: model.ObjectMeta{Name: "n"}}}
	b.ReportAllocs()
	i := 0
	for b.Loop() { // two objects take turns, so that only the delivery is measured
		if err := s.Update(nodes[i&1]); err != nil {
			b.Fatal(err)
		}
		i++
		e.RunUntil(e.Now())
	}
}

type count struct{ n *int }

func (c count) Deliver(sim.Time, apiserver.Change) { *c.n++ }
