package world

import (
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Witness sees what the scheduler of a run is told and what it decides, in order, so that another
// scheduler can be led beside it. It must not write to the cluster; cycles are good until they are Finished,
// or Unbound where that follows.
type Witness interface {
	// Delivered is told of a change just before the scheduler is.
	Delivered(now sim.Time, c apiserver.Change)
	// Decided is told of a cycle when it has decided and, where a node was found, reserved.
	Decided(now sim.Time, c *scheduler.Cycle)
	// Finished is told of it when its time is over: the pod has gone back to the queue, or is to be bound.
	Finished(now sim.Time, c *scheduler.Cycle)
	// Unbound is told when a pod that had found a node could not be bound, and is forgotten there.
	Unbound(now sim.Time, c *scheduler.Cycle)
}

// unwatched is the witness of a run that has none.
type unwatched struct{}

func (unwatched) Delivered(sim.Time, apiserver.Change) {}
func (unwatched) Decided(sim.Time, *scheduler.Cycle)   {}
func (unwatched) Finished(sim.Time, *scheduler.Cycle)  {}
func (unwatched) Unbound(sim.Time, *scheduler.Cycle)   {}

// witness is that of the options, or one that does nothing.
func (o *RunOptions) witness() Witness {
	if o.Witness == nil {
		return unwatched{}
	}
	return o.Witness
}
