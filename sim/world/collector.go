package world

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// collectEvery is the period of pod garbage collection.
// Source: kubernetes v1.37.2 pkg/controller/podgc/gc_controller.go gcCheckPeriod.
const collectEvery = 20 * time.Second

// collector deletes the oldest of the pods that have ended when there are too many, so that memory is
// bounded by what is alive whichever controllers are off. The rest of pod garbage collection (pods of nodes that are
// gone) is a controller, sim/controllers/pod_gc.go.
// Source: kubernetes v1.37.2 pkg/controller/podgc/gc_controller.go gcTerminated.
type collector struct {
	world     *world
	actor     sim.Actor
	limit     int
	ended     int // objects of pods that have ended
	scheduled bool
}

func newCollector(w *world) {
	c := &collector{world: w, limit: w.cfg.TerminatedPods}
	if c.limit == 0 {
		c.limit = DefaultTerminatedPods
	}
	c.actor = w.engine.Register("podgc", c)
	w.api.Observe(c.change)
}

// change counts the pods that have ended and schedules the next collection when there are too many.
func (c *collector) change(change apiserver.Change) {
	c.ended += terminal(change.New) - terminal(change.Old)
	if c.ended > c.limit && !c.scheduled {
		c.scheduled = true
		now := c.world.engine.Now()
		c.world.engine.Schedule(now.Truncate(collectEvery).Add(collectEvery),
			sim.Event{Phase: sim.PhaseAct, Actor: c.actor, Background: true})
	}
}

func terminal(o model.Object) int {
	if pod, ok := o.(*model.Pod); ok && pod != nil && pod.Terminal() {
		return 1
	}
	return 0
}

// Handle deletes the oldest ended pods above the limit.
func (c *collector) Handle(sim.Time, sim.Event) {
	c.scheduled = false
	var excess []*model.Pod
	for pod := range c.world.api.Pods.All() {
		if len(excess) >= c.ended-c.limit {
			break
		}
		if pod.Terminal() && !pod.Deleting {
			excess = append(excess, pod)
		}
	}
	for _, pod := range excess {
		// The pod is there, and one that has ended goes at once.
		_ = c.world.api.Delete(model.KindPod, pod.Namespace, pod.Name, apiserver.DeleteOptions{})
	}
}
