package apiserver

import (
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Every pod has some three events for as long as it is there, so what is kept of one is what differs
// from the others; what many have in common they share.

// eventList is what was said about one object, in the order in which it was first said.
type eventList struct {
	scope      *scope
	name, uid  string
	events     []keptEvent
	spam       []spam
	prev, next *eventList
}

// scope is where an object is.
type scope struct {
	kind      model.Kind
	namespace string
}

// voice is what events have in common that tell of the same thing.
type voice struct{ kind, reason, component, fieldPath string }

// keptEvent is an event about the list's object.
type keptEvent struct {
	*voice
	host, message string
	first, last   sim.Time
	// count is how often it happened, told what was last said of that: clients hold back what is too much.
	count, told int32
	combined    bool // it stands for events that differ in their words
}

// firstEvents is how many events a list has room for at first: those of a pod that is placed, and whose
// one container finds its image, is created and started.
const firstEvents = 4

func (l *eventList) append(e keptEvent) {
	if l.events == nil {
		l.events = make([]keptEvent, 0, firstEvents)
	}
	l.events = append(l.events, e)
}

func (l *EventLog) list(kind model.Kind, m *model.ObjectMeta) *eventList {
	return &eventList{scope: shared(l.scopes, scope{kind, m.Namespace}), name: m.Name, uid: m.UID}
}

func (l *EventLog) kept(n Note, now sim.Time) keptEvent {
	return keptEvent{voice: shared(l.voices, voice{n.Type, n.Reason, n.Component, n.FieldPath}),
		host: n.Host, message: n.Message, first: now, last: now, count: 1, combined: strings.HasPrefix(n.Message, combined)}
}

// event is the whole of an event, good until the next one is asked for.
func (l *EventLog) event(list *eventList, e *keptEvent) *model.Event {
	l.whole = model.Event{Type: e.kind, Reason: e.reason, Message: e.message, Component: e.component, Host: e.host,
		Object: model.ObjectReference{Kind: list.scope.kind, Namespace: list.scope.namespace, Name: list.name, UID: list.uid,
			FieldPath: e.fieldPath},
		First: e.first, Last: e.last, Count: e.told}
	return &l.whole
}

// is says whether the event says the same.
func (n *Note) is(e *keptEvent) bool {
	return e.reason == n.Reason && e.fieldPath == n.FieldPath && e.message == n.Message && e.kind == n.Type &&
		e.component == n.Component && e.host == n.Host
}

// shared returns the one copy of a value. There are few: as many as there are things to tell, or
// namespaces.
func shared[T comparable](known map[T]*T, v T) *T {
	p, ok := known[v]
	if !ok {
		p = new(T)
		*p = v
		known[v] = p
	}
	return p
}
