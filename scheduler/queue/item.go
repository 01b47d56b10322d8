package queue

import (
	"math"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Place is where a pod is.
type Place uint8

// The places. Gone is outside the queue.
const (
	Gone Place = iota
	Active
	Backoff
	Unschedulable
	Gated
	InFlight
)

var placeNames = [...]string{"Gone", "Active", "Backoff", "Unschedulable", "Gated", "InFlight"}

// String is the place's name; upstream calls Gated pods Unschedulable too.
func (p Place) String() string { return placeNames[p] }

// Item is a pod with its history in the queue. The exported fields are the queue's to write.
type Item struct {
	// Pod is the pod as it was when it was popped, or as it is while it waits.
	Pod *model.Pod
	// Timestamp is when the pod came, or came back after a failed attempt.
	Timestamp sim.Time
	// InitialAttempt is when the pod first became active, Never before.
	InitialAttempt sim.Time
	// Attempts counts how often the pod was popped.
	Attempts int
	// UnschedulableCount counts the attempts that ended in a rejection.
	UnschedulableCount int
	// ConsecutiveErrors counts the errors since the last rejection.
	ConsecutiveErrors int
	// Gating is the plugin that keeps the pod gated, "" when none does.
	Gating string

	place    Place
	priority int32
	profile  int // index, -1 for none
	// unschedulable and pending are the plugins that rejected the pod; gating the one that gates it.
	unschedulable, pending, gating plugins
	// order counts on with every Timestamp given, so that it tells equal ones apart.
	order uint64
	// expiry is the window in which back-off ends, noExpiry when there is none.
	expiry sim.Time
	// due is when an unschedulable pod has been so for too long; flushed is when that last came true.
	due, flushed sim.Time

	position   int // in the heap it is in
	entered    uint64
	group      *group // while unschedulable or gated
	next, prev *Item  // in group, or among the pods in flight
	seen       uint64 // in flight: how many events had happened before
}

// noExpiry is before every instant.
const noExpiry = sim.Time(math.MinInt64)

// Place is where the pod is now.
func (i *Item) Place() Place { return i.place }

// setPod replaces the object.
func (i *Item) setPod(pod *model.Pod) {
	i.Pod = pod
	i.priority = 0
	if pod.Spec.HasPriority {
		i.priority = pod.Spec.Priority
	}
}

// rejectors are all plugins that rejected the pod.
func (i *Item) rejectors() plugins { return i.unschedulable | i.pending }

// list is a doubly linked list of items through next and prev.
type list struct {
	head, tail *Item
	length     int
}

func (l *list) append(i *Item) {
	i.prev, i.next = l.tail, nil
	if l.tail == nil {
		l.head = i
	} else {
		l.tail.next = i
	}
	l.tail = i
	l.length++
}

func (l *list) remove(i *Item) {
	if i.prev == nil {
		l.head = i.next
	} else {
		i.prev.next = i.next
	}
	if i.next == nil {
		l.tail = i.prev
	} else {
		i.next.prev = i.prev
	}
	i.next, i.prev = nil, nil
	l.length--
}
