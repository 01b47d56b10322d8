package sim

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// plainEvent is an event of the oracle: the same queue written with container/heap and pointers.
type plainEvent struct {
	at       Time
	phase    Phase
	sequence int
	id       int64
	index    int // place in the heap, -1 when it is not in it
	handle   Handle
}

type plainHeap []*plainEvent

func (h plainHeap) Len() int { return len(h) }
func (h plainHeap) Less(i, j int) bool {
	a, b := h[i], h[j]
	if a.at != b.at {
		return a.at < b.at
	}
	if a.phase != b.phase {
		return a.phase < b.phase
	}
	return a.sequence < b.sequence
}
func (h plainHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i]; h[i].index, h[j].index = i, j }
func (h *plainHeap) Push(x any) {
	e := x.(*plainEvent)
	e.index = len(*h)
	*h = append(*h, e)
}
func (h *plainHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	e.index = -1
	*h = old[:len(old)-1]
	return e
}

// duel drives an engine and the oracle with the same random operations and compares every answer.
type duel struct {
	t        *testing.T
	r        *rand.Rand
	engine   *Engine
	plain    plainHeap
	sequence int
	all      []*plainEvent
}

// Handle checks the event against the oracle's next one and then, in the middle of the step, does
// a few more random operations, as handlers do.
func (d *duel) Handle(now Time, ev Event) {
	want := heap.Pop(&d.plain).(*plainEvent)
	if now != want.at || ev.Phase != want.phase || ev.Arg != want.id {
		d.t.Fatalf("ran event %d at %v in phase %v, want %d at %v in %v", ev.Arg, now, ev.Phase, want.id, want.at, want.phase)
	}
	if d.engine.Cancel(want.handle) || d.engine.Reschedule(want.handle, now) {
		d.t.Fatalf("the event being handled can be cancelled or rescheduled")
	}
	for range d.r.IntN(3) {
		d.mutate()
	}
}

// instant draws few distinct instants, so that phases and sequences decide often.
func (d *duel) instant() Time { return d.engine.Now().Add(time.Duration(d.r.IntN(20))) }

func (d *duel) mutate() {
	switch d.r.IntN(10) {
	case 0, 1, 2, 3, 4:
		d.schedule()
	case 5, 6, 7:
		d.reschedule()
	default:
		d.cancel()
	}
}

func (d *duel) schedule() {
	d.sequence++
	p := &plainEvent{at: d.instant(), phase: Phase(d.r.IntN(int(phases))), sequence: d.sequence, id: int64(len(d.all))}
	p.handle = d.engine.Schedule(p.at, Event{Phase: p.phase, Arg: p.id})
	heap.Push(&d.plain, p)
	d.all = append(d.all, p)
}

// pick returns any event of the past or the future, mostly a recent one.
func (d *duel) pick() *plainEvent {
	if len(d.all) == 0 {
		return nil
	}
	return d.all[max(0, len(d.all)-1-d.r.IntN(200))]
}

func (d *duel) reschedule() {
	p := d.pick()
	if p == nil {
		return
	}
	at := d.instant()
	if got, want := d.engine.Reschedule(p.handle, at), p.index >= 0; got != want {
		d.t.Fatalf("reschedule of event %d = %v, want %v", p.id, got, want)
	}
	if p.index >= 0 {
		d.sequence++
		p.at, p.sequence = at, d.sequence
		heap.Fix(&d.plain, p.index)
	}
}

func (d *duel) cancel() {
	p := d.pick()
	if p == nil {
		return
	}
	if got, want := d.engine.Cancel(p.handle), p.index >= 0; got != want {
		d.t.Fatalf("cancel of event %d = %v, want %v", p.id, got, want)
	}
	if p.index >= 0 {
		heap.Remove(&d.plain, p.index)
		p.index = -1
	}
}

func (d *duel) compare() {
	if d.engine.Pending() != len(d.plain) {
		d.t.Fatalf("%d events pending, want %d", d.engine.Pending(), len(d.plain))
	}
	p := d.pick()
	if p == nil {
		return
	}
	at, ok := d.engine.When(p.handle)
	if ok != (p.index >= 0) || ok && at != p.at || !ok && at != Never {
		d.t.Fatalf("event %d is at %v (%v), want %v (%v)", p.id, at, ok, p.at, p.index >= 0)
	}
}

func TestQueueAgreesWithContainerHeap(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			d := &duel{t: t, r: rand.New(rand.NewPCG(seed, 1)), engine: NewEngine(seed)}
			d.engine.Register("duel", d)
			if seed%2 == 1 { // every other run meets the end of the sequence numbers
				d.engine.sequence = maxSequence - 1000
			}
			for range 5000 {
				if d.r.IntN(4) == 0 {
					d.engine.Step()
				} else {
					d.mutate()
				}
				d.compare()
				verifyHeap(t, d.engine, d.r.IntN(50) == 0)
			}
			for d.engine.Step() {
			}
			if len(d.plain) != 0 {
				t.Fatalf("%d events were lost", len(d.plain))
			}
			if seed%2 == 1 && d.engine.sequence > maxSequence/2 {
				t.Fatal("the sequence numbers were not dealt anew")
			}
		})
	}
}

// verifyHeap checks the heap's order and that each live event has exactly one entry.
func verifyHeap(t *testing.T, e *Engine, thorough bool) {
	if !thorough {
		return
	}
	h, live := e.queue.heap, 0
	from := top
	if e.queue.vacant {
		from++
	}
	for i := from; i < len(h); i++ {
		if parent := i/arity + 2; parent >= from && i > top && before(&h[i], &h[parent]) == 1 {
			t.Fatalf("entry %d comes before its parent %d", i, parent)
		}
		if e.slots.all[h[i].key.slot()].key == h[i].key {
			live++
		}
	}
	if live != e.Pending() {
		t.Fatalf("%d live entries for %d pending events", live, e.Pending())
	}
}
