package apiserver

import (
	"time"

	"towtank.dev/towtank/sim"
)

// What clients hold back of the events they have to tell.
// Source: kubernetes v1.37.2 client-go tools/record/events_cache.go defaultSpamBurst, defaultSpamQPS,
// defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds.
const (
	spamBurst         = 25
	spamRefill        = 300 * time.Second
	aggregateMessages = 10
	aggregateInterval = 600 * time.Second

	combined = "(combined from similar events): "
)

// plenty is how many events of the type Normal a component tells about an object before it is looked at
// whether it tells too many: those of a pod that starts and stops once.
const plenty = 5

// spam is what a component may still tell about an object, by type: a bucket of tokens that fills up again
// slowly.
type spam struct {
	component, host, kind string
	tokens                float64
	at                    sim.Time // when there were so many
}

// heldBack says whether a client keeps an event to itself, though it counts it.
// Source: kubernetes v1.37.2 client-go tools/record/events_cache.go EventSourceObjectSpamFilter.Filter.
func (list *eventList) heldBack(now sim.Time, e *keptEvent) bool {
	b := list.bucket(now, e)
	if b == nil {
		return false
	}
	b.tokens = min(spamBurst, b.tokens+now.Sub(b.at).Seconds()/spamRefill.Seconds())
	b.at = now
	if b.tokens < 1 {
		return true
	}
	b.tokens--
	return false
}

// bucket is the one for an event, nil while so few have been told that none is needed. Of warnings it is
// kept from the first; of the others, the first few are taken to have been told when the first of them was.
func (list *eventList) bucket(now sim.Time, e *keptEvent) *spam {
	for i := range list.spam {
		if b := &list.spam[i]; b.component == e.component && b.host == e.host && b.kind == e.kind {
			return b
		}
	}
	told, first := int32(-1), now // this one has been counted already
	for i := range list.events {
		if k := &list.events[i]; k.component == e.component && k.host == e.host && k.kind == e.kind {
			told, first = told+k.count, min(first, k.first)
		}
	}
	if e.kind != Warning && told < plenty {
		return nil
	}
	list.spam = append(list.spam, spam{e.component, e.host, e.kind, spamBurst - float64(told), first})
	return &list.spam[len(list.spam)-1]
}

// combine turns an event into one that stands for many, when the same component has told the same reason
// about the object in many words lately.
// Source: kubernetes v1.37.2 client-go tools/record/events_cache.go EventAggregator.EventAggregate. Differs
// from upstream: which of the many messages count is by when each was last told.
func (list *eventList) combine(now sim.Time, n *Note) (already *keptEvent) {
	if len(list.events) < aggregateMessages-1 {
		return nil
	}
	messages := 0
	for i := range list.events {
		e := &list.events[i]
		if e.reason != n.Reason || e.kind != n.Type || e.component != n.Component || e.host != n.Host {
			continue
		}
		if now.Sub(e.last) <= aggregateInterval {
			messages++
		}
		if e.combined {
			already = e
		}
	}
	if messages < aggregateMessages-1 {
		return nil
	}
	n.Message = combined + n.Message
	return already
}
