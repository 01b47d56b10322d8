package queue

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Upstream's defaults and periods.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go.
const (
	DefaultInitialBackoff   = time.Second
	DefaultMaxBackoff       = 10 * time.Second
	DefaultMaxUnschedulable = 5 * time.Minute

	// leftoverPeriod is how often pods are looked for that have been unschedulable for too long.
	leftoverPeriod = 30 * time.Second
	// orderingWindow is what back-off is counted in: whole seconds of the wall clock.
	// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/backoff_queue.go backoffQOrderingWindowDuration.
	orderingWindow = time.Second
)

// Options says how a queue works. The zero value of a field is what its comment says.
type Options struct {
	// Less orders active pods by the pods and the instants they came (back) to the queue.
	// nil: higher priority first, then the earlier instant, as PrioritySort does.
	Less func(a *model.Pod, aTime sim.Time, b *model.Pod, bTime sim.Time) bool
	// Profiles are the scheduler's profiles; a pod belongs to the one its schedulerName names.
	Profiles []Profile

	// InitialBackoff is the back-off after the first failure; it doubles with each further one.
	InitialBackoff time.Duration
	// MaxBackoff is the longest back-off. 0: no back-off at all.
	MaxBackoff time.Duration
	// MaxUnschedulable is how long a pod stays unschedulable without a helpful event. 0: five minutes.
	MaxUnschedulable time.Duration

	// WallOffset is the fraction of a second that the wall clock shows at instant 0.
	WallOffset time.Duration
	// Started is when the scheduler started: the first check for pods unschedulable too long, repeated
	// every 30 s.
	Started sim.Time

	// Observe is told of every move; nil: nobody is.
	Observe func(now sim.Time, m Move)
	// ObserveStays has Observe told also of unschedulable pods that an event leaves where they are.
	// It makes every event as expensive as there are unschedulable pods.
	ObserveStays bool
	// StaysOf does what ObserveStays does for the pods only that it says yes to, at no cost for the others,
	// and takes its place; nil: for none.
	StaysOf func(pod *model.Pod) bool
}

// Profile is what the queue needs to know of a scheduling profile.
type Profile struct {
	// Name is the schedulerName of the profile's pods.
	Name string
	// PreEnqueue are the plugins that can gate a pod, in the order in which they are asked.
	PreEnqueue []framework.PreEnqueuePlugin
	// Events are the events that each plugin asks to hear of. A plugin that rejects pods and is not
	// listed hears of none.
	Events []PluginEvents
}

// PluginEvents is one plugin's registration.
type PluginEvents struct {
	Plugin string
	Events []framework.EventWithHint
}

// EveryEvent is the registration of a plugin that rejects pods and does not say what may help them.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go UnrollWildCardResource.
func EveryEvent(plugin string) PluginEvents {
	p := PluginEvents{Plugin: plugin}
	for _, r := range []framework.EventResource{
		framework.AssignedPod, framework.UnscheduledPod, framework.TargetPod, framework.Node,
		framework.PersistentVolume, framework.PersistentVolumeClaim, framework.CSINode, framework.CSIDriver,
		framework.CSIStorageCapacity, framework.StorageClass, framework.ResourceClaim, framework.DeviceClass,
	} {
		p.Events = append(p.Events, framework.EventWithHint{Event: framework.ClusterEvent{Resource: r, Action: framework.All}})
	}
	return p
}
