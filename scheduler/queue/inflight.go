package queue

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// inFlightPods are the pods between Pop and Done, with the events that happened since the first of
// them was popped.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/active_queue.go inFlightPods, inFlightEvents.
type inFlightPods struct {
	index map[string]*Item // by identity
	pods  list             // in the order in which they were popped
	// events holds what happened; seen counts what happened before the first of them.
	events []pastEvent
	seen   uint64
}

// pastEvent is an event with the objects that it was about.
type pastEvent struct {
	framework.ClusterEvent
	interest *interest
	old, new model.Object
}

// add takes in a pod that has just been popped.
func (f *inFlightPods) add(i *Item) {
	i.place, i.seen = InFlight, f.seen+uint64(len(f.events))
	f.index[identity(i.Pod)] = i
	f.pods.append(i)
}

// has says whether the pod is in flight.
func (f *inFlightPods) has(pod *model.Pod) bool {
	return f.pods.length > 0 && f.index[identity(pod)] != nil
}

// record remembers an event for the pods in flight, if there are any.
func (f *inFlightPods) record(e framework.ClusterEvent, in *interest, old, new model.Object) {
	if f.pods.length > 0 {
		f.events = append(f.events, pastEvent{e, in, old, new})
	}
}

// since are the events that happened since the pod was popped.
func (f *inFlightPods) since(i *Item) []pastEvent { return f.events[i.seen-f.seen:] }

// remove lets a pod go, and with it the events that only it had to hear of. Events are dropped in bulk,
// so that a pod costs a constant on average.
func (f *inFlightPods) remove(i *Item) {
	delete(f.index, identity(i.Pod))
	f.pods.remove(i)
	i.place = Gone
	unheard := 0
	if f.pods.head != nil {
		unheard = len(f.since(f.pods.head))
	}
	if heard := len(f.events) - unheard; heard >= unheard {
		f.seen += uint64(heard)
		copy(f.events, f.events[heard:])
		clear(f.events[unheard:])
		f.events = f.events[:unheard]
	}
}
