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
	engine *sim.Engine
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

func newEventLog(engine *sim.Engine) *EventLog {
	return &EventLog{engine: engine, names: sim.NewKey(engine.Seed(), "event"), byUID: map[string]*eventList{}}
}

// Observe adds a function that is called whenever an event is new or counted again. The event is
// changed in place afterwards: who keeps it copies it.
func (l *EventLog) Observe(observer func(ChangeType, *model.Event)) {
	l.observers = append(l.observers, observer)
}

// OnDone sets the function that gets each event with its final count: when its object is gone, or by
// Flush.
func (l *EventLog) OnDone(done func(*model.Event)) { l.done = done }

// Emit tells an event about an object. Component and host are its source.
func (l *EventLog) Emit(about model.Object, kind, reason, message, component, host string) {
	m := about.Meta()
	list, ok := l.byUID[m.UID]
	if !ok {
		list = l.add(m.UID)
	}
	now := l.engine.Now()
	for _, e := range list.events {
		if e.Reason == reason && e.Message == message && e.Type == kind && e.Component == component && e.Host == host {
			e.Last = now
			e.Count++
			l.tell(Modified, e)
			return
		}
	}
	e := &model.Event{Type: kind, Reason: reason, Message: message, Component: component, Host: host,
		Object: model.ObjectReference{Kind: about.Kind(), Namespace: m.Namespace, Name: m.Name, UID: m.UID},
		First:  now, Last: now, Count: 1}
	list.events = append(list.events, e)
	l.tell(Added, e)
}

// tell names an event that somebody watches and passes it on.
func (l *EventLog) tell(t ChangeType, e *model.Event) {
	l.told++
	if len(l.observers) == 0 {
		return
	}
	if e.Name == "" {
		src := l.names.Of(e.Object.UID).Of(e.Reason).Of(e.Message).Draw(uint64(e.First))
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
