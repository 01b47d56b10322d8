package queue

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Queue is a scheduling queue. Instants given to it never go back.
type Queue struct {
	Nominator
	options  Options
	registry *registry

	waiting       map[podName]*Item // everywhere but in flight
	active        heap
	rejected      heap // in back-off after a rejection
	failed        heap // in back-off after an error
	unschedulable unschedulablePods
	inFlight      inFlightPods
	orders        uint64

	updates []framework.ClusterEvent
	watched []*Item // unschedulable pods of which StaysOf wants to know
}

// podName is the key under which pods wait.
type podName struct{ namespace, name string }

func nameOf(pod *model.Pod) podName { return podName{pod.Namespace, pod.Name} }

// Lengths counts the pods in each place.
type Lengths struct{ Active, Backoff, Unschedulable, Gated, InFlight int }

// New makes an empty queue.
func New(o Options) *Queue {
	if o.MaxUnschedulable == 0 {
		o.MaxUnschedulable = DefaultMaxUnschedulable
	}
	q := &Queue{Nominator: newNominator(), options: o, registry: newRegistry(o.Profiles), waiting: map[podName]*Item{}}
	q.active.before = q.beforeActive
	q.rejected.before = q.beforeBackoff
	q.failed.before = beforeError
	q.unschedulable = unschedulablePods{index: map[groupKey]*group{}, due: heap{before: beforeDue}}
	q.inFlight.index = map[string]*Item{}
	return q
}

// Lengths counts the pods in each place.
func (q *Queue) Lengths() Lengths {
	return Lengths{
		Active:        q.active.len(),
		Backoff:       q.rejected.len() + q.failed.len(),
		Unschedulable: q.unschedulable.len() - q.unschedulable.gated,
		Gated:         q.unschedulable.gated,
		InFlight:      q.inFlight.pods.length,
	}
}

// Get is the waiting pod of that name, nil when there is none or it is in flight.
func (q *Queue) Get(namespace, name string) *Item { return q.waiting[podName{namespace, name}] }

// Rejectors are the plugins that rejected the pod's last attempt or gate it.
func (q *Queue) Rejectors(i *Item) []string { return q.registry.list(i.rejectors()) }

// Add takes in a new pod without a node.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go Add.
func (q *Queue) Add(now sim.Time, pod *model.Pod) {
	if i := q.waiting[nameOf(pod)]; i != nil {
		q.drop(now, i)
	}
	i := &Item{InitialAttempt: sim.Never, expiry: noExpiry, flushed: noExpiry, profile: q.registry.profile(pod.Spec.SchedulerName)}
	i.setPod(pod)
	q.stamp(now, i)
	q.NominateAsStatus(pod)
	q.toActive(now, i, cause{label: q.registry.interest(framework.EventUnscheduledPodAdd).label, strategy: Immediately})
}

// Delete takes out a pod that is gone, or has got a node. A pod in flight stays so until Done.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go Delete.
func (q *Queue) Delete(now sim.Time, pod *model.Pod) {
	q.ClearNomination(pod)
	if i := q.waiting[nameOf(pod)]; i != nil {
		q.drop(now, i)
	}
}

func (q *Queue) drop(now sim.Time, i *Item) {
	from := q.detach(i)
	delete(q.waiting, nameOf(i.Pod))
	q.moved(now, i, from, cause{label: Deleted})
}

// Update replaces a pod without a node by its new version. A change may make an unschedulable pod
// worth trying; for one in flight it is remembered; an unknown pod is added.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go Update.
func (q *Queue) Update(now sim.Time, old, new *model.Pod) {
	q.updates = framework.AppendPodUpdates(q.updates[:0], old, new, true)
	if q.inFlight.has(new) {
		for _, e := range q.updates {
			q.inFlight.record(e, q.registry.interest(e), old, new)
		}
		return
	}
	i := q.waiting[nameOf(old)]
	if i == nil {
		q.Add(now, new)
		return
	}
	i.setPod(new)
	q.updateNomination(old, new)
	switch i.place {
	case Active:
		q.active.fix(i)
	case Backoff:
		q.backoffOf(i).fix(i)
	default:
		q.requeueUpdated(now, i, old)
	}
}

// requeueUpdated moves an unschedulable pod if one of the changes in q.updates may help it.
func (q *Queue) requeueUpdated(now sim.Time, i *Item, old *model.Pod) {
	for _, e := range q.updates {
		in := q.registry.interest(e)
		strategy, plugin := i.worth(e, in, old, i.Pod)
		if strategy == Skip {
			continue
		}
		q.requeue(now, i, cause{in.label, strategy, plugin})
		if i.place == Active || i.place == Backoff {
			return
		}
	}
}

// stamp marks the item as having come (back) now.
func (q *Queue) stamp(now sim.Time, i *Item) {
	q.orders++
	i.Timestamp, i.order = now, q.orders
	i.expiry = q.backoffExpiry(i)
	i.flushed = noExpiry
}
