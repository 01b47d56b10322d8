package queue

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// Strategy says how a pod is to be put back.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go queueingStrategy.
type Strategy uint8

// The strategies, in rising order of urgency, numbered as in upstream's logs.
const (
	// Skip leaves the pod among the unschedulable ones.
	Skip Strategy = iota
	// AfterBackoff makes the pod active when its back-off is over.
	AfterBackoff
	// Immediately makes the pod active now.
	Immediately
)

var strategyNames = [...]string{"skip", "after back-off", "immediately"}

// String is the strategy in words.
func (s Strategy) String() string { return strategyNames[s] }

// worth says how an event bears on a pod, and which plugin's hint decided. in is what plugins make of e.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go isPodWorthRequeuing.
func (i *Item) worth(e framework.ClusterEvent, in *interest, old, new model.Object) (Strategy, string) {
	if i.rejectors() == 0 {
		return AfterBackoff, ""
	}
	if e.IsWildCard() {
		if pod, targeted := new.(*model.Pod); new != nil && (!targeted || identity(pod) != identity(i.Pod)) {
			return Skip, ""
		}
		return AfterBackoff, ""
	}
	if i.profile < 0 {
		return AfterBackoff, ""
	}
	return i.ask(in.hints[i.profile], old, new)
}

// ask runs the hints of the plugins that rejected the pod until nothing more urgent can come.
func (i *Item) ask(hints []hint, old, new model.Object) (best Strategy, by string) {
	for n := range hints {
		h := &hints[n]
		if i.rejectors()&h.plugin == 0 || h.fn != nil && h.fn(i.Pod, old, new) == framework.QueueSkip {
			continue
		}
		if i.pending&h.plugin != 0 {
			return Immediately, h.name
		}
		if best == Skip {
			best, by = AfterBackoff, h.name
		}
		if i.pending == 0 {
			break
		}
	}
	return best, by
}

// identity is what tells a pod from another of the same name: its UID, or the name for want of one.
func identity(pod *model.Pod) string {
	if pod.UID == "" {
		return pod.Key()
	}
	return pod.UID
}
