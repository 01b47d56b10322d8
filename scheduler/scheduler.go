package scheduler

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
)

// Scheduler is kube-scheduler as a state machine: it is told what an informer would tell, and takes
// pods from its queue one at a time. One cycle is under way at most; bindings may be many.
type Scheduler struct {
	core  *Core
	queue *queue.Queue
	// pods are the pods that have not ended, by identity.
	pods   map[string]*known
	events []framework.ClusterEvent
}

// known is a pod that the scheduler has heard of.
type known struct {
	// pod is the object as last heard of.
	pod *model.Pod
	// info is what counts on a node, or what the queue is to try.
	info *framework.PodInfo
	// counted says that info counts on its node, assumed that nobody has confirmed yet that it runs there.
	counted, assumed bool
}

// QueueLengths counts the pods in each place of the queue.
type QueueLengths = queue.Lengths

// New makes a scheduler. Errors are those of the configuration.
func New(o Options) (*Scheduler, error) {
	core, err := NewCore(o)
	if err != nil {
		return nil, err
	}
	s := &Scheduler{core: core, pods: map[string]*known{}}
	c := core.options.Config
	s.queue = queue.New(queue.Options{
		Less:           core.order[0].queueSort[0].Less,
		Profiles:       core.queueProfiles(),
		InitialBackoff: time.Duration(*c.PodInitialBackoffSeconds) * time.Second,
		MaxBackoff:     time.Duration(*c.PodMaxBackoffSeconds) * time.Second,
		WallOffset:     o.WallOffset,
		Observe:        o.Observe,
		ObserveStays:   o.ObserveStays,
		StaysOf:        o.StaysOf,
	})
	core.nominator = &s.queue.Nominator
	return s, nil
}

// queueProfiles tells the queue which plugins gate pods, and which events may help pods they rejected.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go fillEnqueueExtensions.
func (c *Core) queueProfiles() []queue.Profile {
	var out []queue.Profile
	for _, p := range c.order {
		q := queue.Profile{Name: p.name, PreEnqueue: p.preEnqueue}
		for _, pl := range p.all {
			if !rejects(pl) {
				continue
			}
			if e, ok := pl.(framework.EnqueueExtensions); ok {
				q.Events = append(q.Events, queue.PluginEvents{Plugin: pl.Name(), Events: e.EventsToRegister()})
			} else {
				q.Events = append(q.Events, queue.EveryEvent(pl.Name()))
			}
		}
		out = append(out, q)
	}
	return out
}

// rejects says whether the plugin can be what stands between a pod and a node.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go shouldHaveEnqueueExtensions.
func rejects(pl framework.Plugin) bool {
	switch pl.(type) {
	case framework.PreEnqueuePlugin, framework.PreFilterPlugin, framework.FilterPlugin, framework.ReservePlugin, framework.PermitPlugin:
		return true
	}
	return false
}

// Ready says whether a pod can be tried now.
func (s *Scheduler) Ready(now sim.Time) bool { return s.queue.Ready(now) }

// NextWake is the next instant at which a timer of the queue is due, sim.Never when there is none.
func (s *Scheduler) NextWake(now sim.Time) sim.Time { return s.queue.NextWake(now) }

// Tick runs the timers that are due.
func (s *Scheduler) Tick(now sim.Time) { s.queue.Tick(now) }

// Queue counts the pods in each place of the queue.
func (s *Scheduler) Queue() QueueLengths { return s.queue.Lengths() }

// Core is the part that decides, for questions beside the queue.
func (s *Scheduler) Core() *Core { return s.core }

// identity is a pod's uid or, for one made without, its name.
func identity(pod *model.Pod) string {
	if pod.UID != "" {
		return pod.UID
	}
	return pod.Key()
}
