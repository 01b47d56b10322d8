package sim

import (
	"container/heap"
	"fmt"
	"testing"
	"time"
)

// holder is the hold model: each event that runs schedules one more, an exponential time ahead, so
// the number of pending events stays what it was.
type holder struct {
	engine *Engine
	stream *Stream
	self   Actor
}

func (h *holder) Handle(_ Time, ev Event) {
	h.engine.After(time.Duration(h.stream.rand.ExpFloat64()*1e9), ev)
}

func newHold(pending int) *Engine {
	e := NewEngine(1)
	h := &holder{engine: e, stream: e.Stream("hold")}
	h.self = e.Register("hold", h)
	for range pending {
		h.Handle(0, Event{Phase: PhaseAct, Actor: h.self})
	}
	for range 10 * pending { // to the steady state
		e.Step()
	}
	return e
}

// BenchmarkHold measures the whole way of an event: Step, the fingerprint, the dispatch, a handler
// that draws a number and schedules.
func BenchmarkHold(b *testing.B) {
	for _, pending := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			e := newHold(pending)
			b.ReportAllocs()
			for b.Loop() {
				e.Step()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkYardstick is the hold model on container/heap and pointers, without an engine around it:
// what BenchmarkHold of the same run is to be compared with, for times alone depend on the machine.
func BenchmarkYardstick(b *testing.B) {
	for _, pending := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			s, h, n := NewStream(1, "hold"), plainHeap{}, 0
			push := func(now Time) {
				n++
				heap.Push(&h, &plainEvent{at: now.Add(time.Duration(s.rand.ExpFloat64() * 1e9)), sequence: n})
			}
			hold := func() { push(heap.Pop(&h).(*plainEvent).at) }
			for range pending {
				push(0)
			}
			for range 10 * pending {
				hold()
			}
			b.ReportAllocs()
			for b.Loop() {
				hold()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// canceller is the hold model under a load of timeouts: each event cancels the timeout it set
// before, sets another far ahead, and moves a third.
type canceller struct {
	holder
	timeouts []Handle
}

func (c *canceller) Handle(now Time, ev Event) {
	h := &c.timeouts[ev.Arg]
	c.engine.Cancel(*h)
	*h = c.engine.After(time.Hour, ev)
	c.engine.Reschedule(*h, now.Add(2*time.Hour))
	c.holder.Handle(now, ev)
}

// BenchmarkTimeouts measures cancelling and rescheduling: one Cancel, one Reschedule and two
// Schedules for each event.
func BenchmarkTimeouts(b *testing.B) {
	for _, pending := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			e := NewEngine(1)
			c := &canceller{timeouts: make([]Handle, pending)}
			c.holder = holder{engine: e, stream: e.Stream("hold"), self: e.Register("hold", c)}
			for i := range pending {
				c.holder.Handle(0, Event{Phase: PhaseAct, Actor: c.self, Arg: int64(i)})
			}
			for range 10 * pending {
				e.Step()
			}
			b.ReportAllocs()
			for b.Loop() {
				e.Step()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
