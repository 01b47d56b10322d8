package controllers

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// event is what a controller has to say about an object.
type event struct {
	about model.Object
	note  apiserver.Note
}

// broadcaster writes a loop's events one after another. Each takes a token of the loop's client and the
// time of a write; what is told too often is dropped before it costs either.
// Source: client-go tools/record/event.go StartRecordingToSink, recordToSink.
type broadcaster struct {
	loop    *Loop
	queue   []event
	head    int
	writing bool
}

// maxQueued is how many events wait to be written before further ones are dropped.
// Source: client-go tools/record/event.go maxQueuedEvents.
const maxQueued = 1000

func (b *broadcaster) tell(e event) {
	if len(b.queue)-b.head >= maxQueued {
		return
	}
	b.queue = append(b.queue, e)
	b.next()
}

// next begins to write the first event of the queue, unless one is being written.
func (b *broadcaster) next() {
	l := b.loop
	if b.writing || b.head == len(b.queue) {
		return
	}
	b.writing = true
	now := l.manager.Engine.Now()
	at := l.limiter.reserve(now).Add(l.draw())
	l.manager.Engine.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: l.actor, Op: opEvent})
}

// written stores the event that was on its way and goes on with the next.
func (b *broadcaster) written(sim.Time) {
	e := b.queue[b.head]
	b.queue[b.head] = event{}
	if b.head++; b.head == len(b.queue) {
		b.queue, b.head = b.queue[:0], 0
	}
	b.loop.manager.API.Events.Emit(e.about, e.note)
	b.writing = false
	b.next()
}
