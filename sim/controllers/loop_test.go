package controllers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// constant are options in which a write takes 10 ms and a delivery 2 ms, without a limit that is felt.
var constant = Options{WriteLatency: sim.Constant(0.010), WatchLatency: sim.Constant(0.002), ClientQPS: 1e6, ClientBurst: 1e6}

// newLoopBed returns a bed with one loop of the test's own.
func newLoopBed(t *testing.T, o Options, l LoopOptions) (*bed, *Loop) {
	b := newBed(t, o)
	l.Name = "test"
	return b, b.manager.NewLoop(l)
}

func key(name string) apiserver.Name { return apiserver.Name{Namespace: "default", Name: name} }

func TestALimiterGivesTurnsInTheOrderOfAsking(t *testing.T) {
	l := newLimiter(20, 30)
	var got []time.Duration
	for range 33 {
		got = append(got, time.Duration(l.reserve(0)))
	}
	// 30 at once, then one each 1 s / 20 = 50 ms.
	if got[29] != 0 || got[30] != 50*time.Millisecond || got[32] != 150*time.Millisecond {
		t.Errorf("turns 30, 31 and 33 at %v, %v, %v", got[29], got[30], got[32])
	}
	// After 33 requests the bucket is 3 in debt: full again after 33 × 50 ms = 1.65 s.
	for _, c := range []struct {
		now  sim.Time
		free int
	}{{sim.At(200 * time.Millisecond), 1}, {sim.At(time.Minute), 30}} {
		free := 0
		for l.reserve(c.now) == c.now {
			free++
		}
		if free != c.free {
			t.Errorf("at %v %d requests were free, want %d", c.now, free, c.free)
		}
	}
}

func TestFailuresWaitTwiceAsLongEachTime(t *testing.T) {
	r := newRetries()
	var got []time.Duration
	for range 20 {
		got = append(got, r.when(0, key("a")))
	}
	if got[0] != 5*time.Millisecond || got[1] != 10*time.Millisecond || got[17] != 655360*time.Millisecond || got[19] != 1000*time.Second {
		t.Errorf("delays %v", got)
	}
	r.forget(key("a"))
	if d := r.when(0, key("a")); d != 5*time.Millisecond {
		t.Errorf("after forgetting %v", d)
	}
	// All keys share 10 a second, 100 at once: the 101st of one instant waits 0.1 s.
	r = newRetries()
	var last time.Duration
	for i := range 101 {
		last = r.when(0, key(fmt.Sprint(i)))
	}
	if last != 100*time.Millisecond {
		t.Errorf("the 101st failure of one instant waits %v, want 100ms", last)
	}
}

func TestAKeyIsSyncedOnceForWhatCameBeforeAndAgainForWhatCameMeanwhile(t *testing.T) {
	var l *Loop
	var log []string
	b, l := newLoopBed(t, constant, LoopOptions{Workers: 2, Sync: func(k apiserver.Name) error {
		begun := l.manager.Engine.Now()
		err := l.Do(func() error { return nil })
		log = append(log, fmt.Sprintf("%s %v-%v", k.Name, begun, l.manager.Engine.Now()))
		return err
	}})
	l.Add(key("a"))
	l.Add(key("a"))
	l.Add(key("b"))
	l.Add(key("c"))
	b.run(5 * time.Millisecond)
	l.Add(key("a")) // while it is being synced
	b.run(time.Second)
	// Two workers: a and b first, then c; a once more, and not before its first sync has ended.
	want := "a 0s-10ms, b 0s-10ms, c 10ms-20ms, a 10ms-20ms"
	if got := strings.Join(log, ", "); got != want {
		t.Errorf("syncs %s, want %s", got, want)
	}
}

func TestKeysThatFailAreTriedAgainUntilTheyAreDropped(t *testing.T) {
	var at []sim.Time
	var l *Loop
	b, l := newLoopBed(t, constant, LoopOptions{Workers: 1, Retries: 3, Sync: func(apiserver.Name) error {
		at = append(at, l.manager.Engine.Now())
		return errors.New("no")
	}})
	l.Add(key("a"))
	b.run(time.Minute)
	ms := func(n int) sim.Time { return sim.At(time.Duration(n) * time.Millisecond) }
	// 5, 10 and 20 ms after each other; the third retry is the last.
	if want := []sim.Time{0, ms(5), ms(15), ms(35)}; !slices.Equal(at, want) {
		t.Errorf("syncs at %v, want %v", at, want)
	}
}

func TestOfTwoDelaysOfAKeyTheEarlierCounts(t *testing.T) {
	var at []sim.Time
	var l *Loop
	b, l := newLoopBed(t, constant, LoopOptions{Workers: 1, Sync: func(apiserver.Name) error {
		at = append(at, l.manager.Engine.Now())
		return nil
	}})
	l.AddAfter(key("a"), 3*time.Second)
	l.AddAfter(key("a"), time.Second)
	l.AddAfter(key("a"), 2*time.Second)
	b.run(time.Minute)
	if want := []sim.Time{sim.At(time.Second)}; !slices.Equal(at, want) {
		t.Errorf("syncs at %v, want %v", at, want)
	}
}

func TestAPeriodicDelayDoesNotKeepARunFromBeingIdle(t *testing.T) {
	b, l := newLoopBed(t, constant, LoopOptions{Workers: 1, Sync: func(apiserver.Name) error { return nil }})
	before := b.engine.Foreground()
	l.AddPeriodic(key("a"), time.Second)
	if n := b.engine.Foreground() - before; n != 0 {
		t.Errorf("%d foreground events", n)
	}
	l.AddAfter(key("a"), 2*time.Second) // later, but somebody waits for it
	if n := b.engine.Foreground() - before; n != 1 {
		t.Errorf("%d foreground events with a delay beside, want 1", n)
	}
}

func TestSlowStartDoublesItsBatchesUntilOneFails(t *testing.T) {
	for _, c := range []struct {
		name    string
		count   int
		fails   int // number of the request that fails, -1: none
		batches string
		done    int
	}{
		{"10 are made as 1, 2, 4 and the 3 that are left", 10, -1, "1 2 4 3", 10},
		{"nothing is made of nothing", 0, -1, "", 0},
		{"after a failure in the batch of 4 the rest is not tried", 100, 4, "1 2 4", 6},
		{"a failure of the first ends it", 100, 0, "1", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l *Loop
			asked := map[sim.Time]int{}
			var order []sim.Time
			done, err := -1, error(nil)
			b, l := newLoopBed(t, constant, LoopOptions{Workers: 1, Sync: func(apiserver.Name) error {
				done, err = l.SlowStart(c.count, func(i int) error {
					now := l.manager.Engine.Now()
					if asked[now]++; asked[now] == 1 {
						order = append(order, now)
					}
					if i == c.fails {
						return errors.New("no")
					}
					return nil
				})
				return nil
			}})
			l.Add(key("a"))
			b.run(time.Minute)
			var batches []string
			for _, at := range order {
				batches = append(batches, fmt.Sprint(asked[at]))
			}
			if got := strings.Join(batches, " "); got != c.batches || done != c.done || (err != nil) != (c.fails >= 0) {
				t.Errorf("batches %q, %d done, error %v; want %q, %d", got, done, err, c.batches, c.done)
			}
		})
	}
}

func TestAnInformerHasAWriteAfterItsLatencyAndNotBefore(t *testing.T) {
	b := newBed(t, constant)
	pods := InformerOf[*model.Pod](b.manager, model.KindPod)
	var added []string
	pods.Handle(Handlers[*model.Pod]{Add: func(p *model.Pod) { added = append(added, fmt.Sprintf("%s %v", p.Name, b.engine.Now())) }})
	b.add(&model.Pod{ObjectMeta: model.ObjectMeta{Name: "p"}, Spec: bedSpec})
	b.run(time.Millisecond)
	if pods.Len() != 0 {
		t.Error("the pod is there before the latency")
	}
	b.run(time.Millisecond)
	if got := strings.Join(added, ", "); got != "p 2ms" || pods.Len() != 1 {
		t.Errorf("told of %q, %d there", got, pods.Len())
	}
	// What is there when an informer's functions are added they are told of at once.
	seen := 0
	pods.Handle(Handlers[*model.Pod]{Add: func(*model.Pod) { seen++ }})
	if seen != 1 {
		t.Errorf("told of %d pods that are there, want 1", seen)
	}
}

func TestAnUpdateOfWhatHasChangedSinceIsAConflict(t *testing.T) {
	var l *Loop
	var got error
	b, l := newLoopBed(t, constant, LoopOptions{Workers: 1, Sync: func(k apiserver.Name) error {
		s, _ := l.manager.API.Services.Get(k.Namespace, k.Name)
		_, got = l.Update(apiserver.Copy(s))
		return nil
	}})
	b.add(&model.Service{ObjectMeta: model.ObjectMeta{Name: "s"}})
	l.Add(key("s"))
	b.run(5 * time.Millisecond)
	s, _ := b.Services.Get("default", "s")
	b.must(b.Update(apiserver.Copy(s)))
	b.run(time.Second)
	want := `Operation cannot be fulfilled on services "s": the object has been modified; please apply your changes to the latest version and try again`
	if got == nil || got.Error() != want || !apiserver.Is(got, apiserver.Conflict) {
		t.Errorf("error %v, want %s", got, want)
	}
}

func TestEventsAreWrittenOneAfterAnotherAndTakeTokens(t *testing.T) {
	o := constant
	o.ClientQPS, o.ClientBurst = 10, 2
	b := newBed(t, o)
	l := b.manager.NewLoop(LoopOptions{Name: "test", Workers: 1})
	s := b.add(&model.Service{ObjectMeta: model.ObjectMeta{Name: "s"}})
	var at []sim.Time
	b.Events.Observe(func(apiserver.ChangeType, *model.Event) { at = append(at, b.engine.Now()) })
	for i := range 4 {
		l.Event(s, apiserver.Normal, "Said", "%d", i)
	}
	b.run(time.Minute)
	ms := func(n int) sim.Time { return sim.At(time.Duration(n) * time.Millisecond) }
	// Two tokens at once, the first two events 10 ms after each other; then a token each 100 ms of the bucket that
	// has been filling since 0: at 100 and 200 ms, and 10 ms for the write.
	if want := []sim.Time{ms(10), ms(20), ms(110), ms(210)}; !slices.Equal(at, want) {
		t.Errorf("events at %v, want %v", at, want)
	}
}

func TestEventsAboutAnObjectAreDroppedWhenThereAreTooMany(t *testing.T) {
	b := newBed(t, constant)
	l := b.manager.NewLoop(LoopOptions{Name: "test", Workers: 1})
	one := b.add(&model.Service{ObjectMeta: model.ObjectMeta{Name: "one"}})
	other := b.add(&model.Service{ObjectMeta: model.ObjectMeta{Name: "other"}})
	told := map[string]int{}
	b.Events.Observe(func(_ apiserver.ChangeType, e *model.Event) { told[e.Object.Name+" "+e.Type]++ })
	for i := range 40 {
		l.Event(one, apiserver.Normal, "Said", "%d", i)
	}
	l.Event(one, apiserver.Warning, "Said", "no")
	l.Event(other, apiserver.Normal, "Said", "0")
	b.run(time.Minute)
	if told["one Normal"] != 25 || told["one Warning"] != 1 || told["other Normal"] != 1 {
		t.Errorf("told %v", told)
	}
	// One more every 300 s since the first.
	b.run(10 * time.Minute)
	for i := range 10 {
		l.Event(one, apiserver.Normal, "Said", "later %d", i)
	}
	b.run(time.Minute)
	if told["one Normal"] != 27 {
		t.Errorf("after eleven minutes %d events, want 25 + 2", told["one Normal"])
	}
}

func TestClosingUnwindsWorkersThatWait(t *testing.T) {
	var l *Loop
	unwound := false
	b, l := newLoopBed(t, constant, LoopOptions{Workers: 1, Sync: func(apiserver.Name) error {
		defer func() { unwound = true }()
		return l.Do(func() error { return nil })
	}})
	l.Add(key("a"))
	b.run(time.Millisecond)
	b.manager.Close()
	if !unwound {
		t.Error("the sync under way was not unwound")
	}
	l.Add(key("b"))
	b.run(time.Millisecond)
	b.manager.Close() // once more does no harm
}
