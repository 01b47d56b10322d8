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
// about the same object is counted, not kept again, and who says very much is heard of now and then only.
type EventLog struct {
	server *Server
	names  sim.Key
	byUID  map[string]*eventList
	// first and last link the lists in the order of each object's first event.
	first, last *eventList
	voices      map[voice]*voice
	scopes      map[scope]*scope
	observers   []func(ChangeType, *model.Event)
	listeners   []func(about model.Object, n Note)
	done        func(*model.Event)
	told        uint64
	whole       model.Event // the event that is being told
}

func newEventLog(s *Server) *EventLog {
	return &EventLog{server: s, names: sim.NewKey(s.engine.Seed(), "event"), byUID: map[string]*eventList{},
		voices: map[voice]*voice{}, scopes: map[scope]*scope{}}
}

// Observe adds a function that is called whenever an event is new or counted again. The event is
// written over afterwards: who keeps it copies it.
func (l *EventLog) Observe(observer func(ChangeType, *model.Event)) {
	l.observers = append(l.observers, observer)
}

// Listen adds a function that hears everything that is said, also what is counted only or held back.
func (l *EventLog) Listen(listener func(about model.Object, n Note)) {
	l.listeners = append(l.listeners, listener)
}

// OnDone sets the function that gets each event with its final count: when its object is gone, or by
// Flush. The event is written over afterwards: who keeps it copies it.
func (l *EventLog) OnDone(done func(*model.Event)) { l.done = done }

// Note is what an event says.
type Note struct {
	Type      string // Normal, Warning
	Reason    string
	Message   string
	Component string // who says it
	Host      string // and where
	FieldPath string // of which part of the object
	// Series: it is told by a recorder of events.k8s.io, as the scheduler's is, which holds nothing back.
	Series bool
}

// Emit tells an event about an object.
func (l *EventLog) Emit(about model.Object, n Note) {
	for _, listen := range l.listeners {
		listen(about, n)
	}
	m := about.Meta()
	list, ok := l.byUID[m.UID]
	if !ok {
		if now := l.server.Collection(about.Kind()).Find(m.Namespace, m.Name); now == nil || now.Meta().UID != m.UID {
			l.late(about, n)
			return
		}
		list = l.add(about.Kind(), m)
	}
	now := l.server.engine.Now()
	e := list.find(&n)
	if e == nil && !n.Series {
		if e = list.combine(now, &n); e != nil {
			e.message = n.Message
		}
	}
	if e == nil {
		list.append(l.kept(n, now))
		e = &list.events[len(list.events)-1]
	} else {
		e.last = now
		e.count++
	}
	if !n.Series && list.heldBack(now, e) {
		return
	}
	change := Modified
	if e.told == 0 {
		change = Added
	}
	e.told = e.count
	l.tell(change, list, e)
}

// find returns the event that says the same, nil when there is none.
func (list *eventList) find(n *Note) *keptEvent {
	for i := range list.events {
		if e := &list.events[i]; n.is(e) {
			return e
		}
	}
	return nil
}

// late tells an event about an object that is gone already: it is closed at once.
func (l *EventLog) late(about model.Object, n Note) {
	list := l.list(about.Kind(), about.Meta())
	list.append(l.kept(n, l.server.engine.Now()))
	list.events[0].told = 1
	l.tell(Added, list, &list.events[0])
	l.finish(list)
}

// tell passes an event on to those who watch, with a name that it has for good.
func (l *EventLog) tell(t ChangeType, list *eventList, kept *keptEvent) {
	l.told++
	if len(l.observers) == 0 {
		return
	}
	e := l.event(list, kept)
	message := e.Message
	if kept.combined {
		message = combined // its words change, it stays the same event
	}
	src := l.names.Of(e.Object.UID).Of(e.Object.FieldPath).Of(e.Reason).Of(message).Draw(uint64(e.First))
	e.Name = fmt.Sprintf("%s.%016x", e.Object.Name, src.Uint64())
	e.Namespace, e.Created = e.Object.Namespace, e.First
	if e.Namespace == "" {
		e.Namespace = "default"
	}
	e.ResourceVersion = l.told
	for _, observe := range l.observers {
		observe(t, e)
	}
}

// LastWarning is the warning about an object that was last said, and when; nil when there is none. It is good until
// the next event.
func (l *EventLog) LastWarning(uid string) *model.Event {
	list, ok := l.byUID[uid]
	if !ok {
		return nil
	}
	var last *keptEvent
	for i := range list.events {
		if e := &list.events[i]; e.told > 0 && e.kind == Warning && (last == nil || e.last >= last.last) {
			last = e
		}
	}
	if last == nil {
		return nil
	}
	return l.event(list, last)
}

func (l *EventLog) add(kind model.Kind, m *model.ObjectMeta) *eventList {
	list := l.list(kind, m)
	list.prev = l.last
	if l.last == nil {
		l.first = list
	} else {
		l.last.next = list
	}
	l.last = list
	l.byUID[m.UID] = list
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
	for i := range list.events {
		if e := &list.events[i]; e.told > 0 {
			l.done(l.event(list, e))
		}
	}
}

// Flush closes all events, in the order of each object's first one.
func (l *EventLog) Flush() {
	for l.first != nil {
		l.forget(l.first.uid)
	}
}
