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
	spam    spamFilter
	lost    int64 // how often the queue was lost
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

// next begins to write the first event of the queue that is not told too often, unless one is being written.
func (b *broadcaster) next() {
	l := b.loop
	now := l.manager.Engine.Now()
	for !b.writing && b.head < len(b.queue) && !b.spam.allows(now, b.queue[b.head]) {
		b.drop()
	}
	if b.writing || b.head == len(b.queue) {
		return
	}
	b.writing = true
	at := l.limiter.reserve(now).Add(l.draw())
	l.manager.Engine.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: l.actor, Op: opEvent, Arg: b.lost})
}

// written stores the event that was on its way and goes on with the next.
func (b *broadcaster) written(sim.Time) {
	e := b.queue[b.head]
	b.drop()
	b.loop.manager.API.Events.Emit(e.about, e.note)
	b.writing = false
	b.next()
}

// drop takes the first event off the queue.
func (b *broadcaster) drop() {
	b.queue[b.head] = event{}
	if b.head++; b.head == len(b.queue) {
		b.queue, b.head = b.queue[:0], 0
	}
}

// spamFilter lets 25 events of a type through for each object, and one more every five minutes.
// Source: client-go tools/record/events_cache.go EventSourceObjectSpamFilter, getSpamKey.
type spamFilter struct {
	// Objects that were told of last are remembered: at least spamObjects and at most twice as many.
	young, old map[spamKey]*limiter
}

type spamKey struct{ uid, kind string }

// Source: client-go tools/record/events_cache.go defaultSpamBurst, defaultSpamQPS, maxLruCacheEntries.
const (
	spamBurst   = 25
	spamQPS     = 1. / 300
	spamObjects = 4096
)

// allows says whether an event may be written, and counts it then.
func (f *spamFilter) allows(now sim.Time, e event) bool {
	key := spamKey{e.about.Meta().UID, e.note.Type}
	l, ok := f.young[key]
	if !ok {
		if l, ok = f.old[key]; !ok {
			l = newLimiter(spamQPS, spamBurst)
		}
		if f.young == nil || len(f.young) >= spamObjects {
			f.young, f.old = map[spamKey]*limiter{}, f.young
		}
		f.young[key] = l
	}
	return l.try(now)
}
