package apiserver

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// The types of events.
const (
	Normal  = "Normal"
	Warning = "Warning"
)

// EventLog keeps the Kubernetes events about objects that are still there. The same thing said again
// about the same object is counted, not kept again.
type EventLog struct {
	server *Server
	names  sim.Key
	byUID  map[string]*eventList
	// first and last link the lists in the order of each object's first event.
	first, last *eventList
	observers   []func(ChangeType, *model.Event)
	done        func(*model.Event)
	told        uint64
}

type eventList struct {
	uid        string
	events     []*model.Event
	prev, next *eventList
}

func newEventLog(s *Server) *EventLog {
	return &EventLog{server: s, names: sim.NewKey(s.engine.Seed(), "event"), byUID: map[string]*eventList{}}
}

// Observe adds a function that is called whenever an event is new or counted again. The event is
// changed in place afterwards: who keeps it copies it.
func (l *EventLog) Observe(observer func(ChangeType, *model.Event)) {
	l.observers = append(l.observers, observer)
}

// OnDone sets the function that gets each event with its final count: when its object is gone, or by
// Flush.
func (l *EventLog) OnDone(done func(*model.Event)) { l.done = done }

// Note is what an event says.
type Note struct {
	Type      string // Normal, Warning
	Reason    string
	Message   string
	Component string // who says it
	Host      string // and where
	FieldPath string // of which part of the object
}

// Emit tells an event about an object.
func (l *EventLog) Emit(about model.Object, n Note) {
	m := about.Meta()
	list, ok := l.byUID[m.UID]
	if !ok {
		if now := l.server.Collection(about.Kind()).Find(m.Namespace, m.Name); now == nil || now.Meta().UID != m.UID {
			l.late(about, n)
			return
		}
		list = l.add(m.UID)
	}
	for _, e := range list.events {
		if n.is(e) {
			e.Last = l.server.engine.Now()
			e.Count++
			l.tell(Modified, e)
			return
		}
	}
	e := l.event(about, n)
	list.events = append(list.events, e)
	l.tell(Added, e)
}

// late tells an event about an object that is gone already: it is closed at once.
func (l *EventLog) late(about model.Object, n Note) {
	e := l.event(about, n)
	l.tell(Added, e)
	if l.done != nil {
		l.done(e)
	}
}

func (l *EventLog) event(about model.Object, n Note) *model.Event {
	m, now := about.Meta(), l.server.engine.Now()
	return &model.Event{Type: n.Type, Reason: n.Reason, Message: n.Message, Component: n.Component, Host: n.Host,
		Object: model.ObjectReference{Kind: about.Kind(), Namespace: m.Namespace, Name: m.Name, UID: m.UID, FieldPath: n.FieldPath},
		First:  now, Last: now, Count: 1}
}

// is says whether the event says the same.
func (n *Note) is(e *model.Event) bool {
	return e.Reason == n.Reason && e.Object.FieldPath == n.FieldPath && e.Message == n.Message && e.Type == n.Type &&
		e.Component == n.Component && e.Host == n.Host
}

// tell names an event that somebody watches and passes it on.
func (l *EventLog) tell(t ChangeType, e *model.Event) {
	l.told++
	if len(l.observers) == 0 {
		return
	}
	if e.Name == "" {
		src := l.names.Of(e.Object.UID).Of(e.Object.FieldPath).Of(e.Reason).Of(e.Message).Draw(uint64(e.First))
		e.Name = fmt.Sprintf("%s.%016x", e.Object.Name, src.Uint64())
		e.Namespace, e.Created = e.Object.Namespace, e.First
		if e.Namespace == "" {
			e.Namespace = "default"
		}
	}
	e.ResourceVersion = l.told
	for _, observe := range l.observers {
		observe(t, e)
	}
}

func (l *EventLog) add(uid string) *eventList {
	list := &eventList{uid: uid, prev: l.last}
	if l.last == nil {
		l.first = list
	} else {
		l.last.next = list
	}
	l.last = list
	l.byUID[uid] = list
	return list
}

// forget closes the events about an object that is gone.
func (l *EventLog) forget(uid string) {
	list, ok := l.byUID[uid]
	if !ok {
		return
	}
	delete(l.byUID, uid)
	if list.prev == nil {
		l.first = list.next
	} else {
		list.prev.next = list.next
	}
	if list.next == nil {
		l.last = list.prev
	} else {
		list.next.prev = list.prev
	}
	l.finish(list)
}

func (l *EventLog) finish(list *eventList) {
	if l.done == nil {
		return
	}
	for _, e := range list.events {
		l.done(e)
	}
}

// Flush closes all events, in the order of each object's first one.
func (l *EventLog) Flush() {
	for l.first != nil {
		l.forget(l.first.uid)
	}
}

// About returns the events about an object that is there, in the order in which they were first told.
func (l *EventLog) About(uid string) []*model.Event {
	if list, ok := l.byUID[uid]; ok {
		return list.events
	}
	return nil
}
