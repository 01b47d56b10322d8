package scheduler

import (
	"fmt"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Begin takes the next pod from the queue and decides on the state as of now. A pod that has found a
// node counts there at once. It returns false when no pod is to be tried.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go scheduleOnePod.
func (s *Scheduler) Begin(now sim.Time) (*Cycle, bool) {
	for {
		item, ok := s.queue.Pop(now)
		if !ok {
			return nil, false
		}
		k := s.pods[identity(item.Pod)]
		if k == nil || item.Pod.Deleting || k.assumed || k.info == nil {
			s.queue.Done(now, item)
			continue
		}
		cy := s.core.Schedule(now, k.info)
		cy.item, cy.Attempt = item, item.Attempts
		if cy.Node != "" {
			s.assume(cy, k)
		}
		return cy, true
	}
}

// assume counts the pod in on its node and lets plugins reserve what it needs there.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go assumeAndReserve, prepareForBindingCycle.
func (s *Scheduler) assume(cy *Cycle, k *known) {
	k.info.Node = cy.Node
	s.count(k)
	k.assumed = true
	s.queue.ClearNomination(cy.Pod)
	if status := s.core.Reserve(cy); !status.OK() {
		s.uncount(k)
		k.info.Node = ""
		cy.rejected(status)
	}
}

// Reserve lets plugins reserve what a pod that has found a node needs there, and permit it. A failure
// is undone at once.
func (c *Core) Reserve(cy *Cycle) *framework.Status {
	status := cy.reserve()
	if !status.OK() {
		cy.unreserve()
	}
	return status
}

// reserve runs the Reserve and Permit plugins.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunReservePluginsReserve,
// RunPermitPlugins.
func (cy *Cycle) reserve() *framework.Status {
	for i := range cy.profile.reserve {
		pl := &cy.profile.reserve[i]
		if status := pl.Reserve(cy.states[pl.slot], cy.info, cy.node); !status.OK() {
			return cy.worded("Reserve", pl.Name(), status)
		}
	}
	for i := range cy.profile.permit {
		pl := &cy.profile.permit[i]
		// A plugin that wants the pod to wait is taken to permit it: nothing here could end the waiting.
		if status, _ := pl.Permit(cy.states[pl.slot], cy.info, cy.node); !status.OK() && status.Code() != framework.Wait {
			return cy.worded("Permit", pl.Name(), status)
		}
	}
	return nil
}

// worded is a rejection as it is, or an error in the words of its extension point.
func (cy *Cycle) worded(point, plugin string, status *framework.Status) *framework.Status {
	if status.Rejected() {
		return status
	}
	return framework.NewStatus(plugin, framework.Error, fmt.Sprintf("running %s plugin %q: %s", point, plugin, status.Message()))
}

// unreserve undoes reserve, for every plugin and in reverse order.
func (cy *Cycle) unreserve() {
	for i := len(cy.profile.reserve) - 1; i >= 0; i-- {
		pl := &cy.profile.reserve[i]
		pl.Unreserve(cy.states[pl.slot], cy.info, cy.node)
	}
}

// rejected turns a decision into a failure: one node was there, and something stood in the way.
func (cy *Cycle) rejected(status *framework.Status) {
	cy.Node, cy.node = "", nil
	if !status.Rejected() {
		cy.fail(status)
		return
	}
	cy.Result, cy.UnschedulablePlugins = Unschedulable, []string{status.Plugin()}
	if status.Code() == framework.Pending {
		cy.PendingPlugins = cy.UnschedulablePlugins
	}
	cy.Message = "0/1 nodes are available:"
	for i, reason := range status.Reasons() {
		if i > 0 {
			cy.Message += ","
		}
		cy.Message += " 1 " + reason
	}
	cy.Message += "."
}

// Finish ends a cycle when its time is over. A pod that has found no node goes back to the queue. For
// one that has, the binding is prepared: when Node is still set, the caller writes the binding and
// calls Bound or BindFailed.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go bindingCycle, handleSchedulingFailure.
func (s *Scheduler) Finish(now sim.Time, cy *Cycle) {
	if cy.Node == "" {
		s.failed(now, cy)
		return
	}
	s.queue.Done(now, cy.item)
	cy.finished = now
	if status := cy.preBind(); !status.OK() {
		s.BindFailed(now, cy, status.Message())
		cy.Node = ""
		cy.fail(status)
	}
}

// preBind runs the PreBind plugins that have something to do, then asks who binds.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunPreBindPreFlights,
// RunPreBindPlugins, RunBindPlugins.
func (cy *Cycle) preBind() *framework.Status {
	for i := range cy.profile.preBind {
		pl := &cy.profile.preBind[i]
		status := pl.PreBindPreFlight(cy.states[pl.slot], cy.info, cy.node)
		if status.Skipped() {
			continue
		}
		if !status.OK() {
			return framework.NewStatus(pl.Name(), framework.Error, fmt.Sprintf("running PreBindPreFlight %q: %s", pl.Name(), status.Message()))
		}
		if status := pl.PreBind(cy.states[pl.slot], cy.info, cy.node); !status.OK() {
			return cy.worded("PreBind", pl.Name(), status)
		}
		if writer, ok := pl.PreBindPlugin.(framework.PreBindWriter); ok {
			cy.Writes = append(cy.Writes, writer.PreBindWrites(cy.states[pl.slot])...)
		}
	}
	for i := range cy.profile.bind {
		pl := &cy.profile.bind[i]
		status := pl.Bind(nil, cy.info, cy.node)
		if status.Skipped() {
			continue
		}
		if !status.OK() {
			return cy.worded("Bind", pl.Name(), status)
		}
		return nil
	}
	return nil
}

// failed puts the pod back into the queue, unless it is gone or has got a node meanwhile, and leaves
// its nomination as the cycle decided.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go handleSchedulingFailure.
func (s *Scheduler) failed(now sim.Time, cy *Cycle) {
	pod := cy.Pod
	k := s.pods[identity(pod)]
	if k == nil || k.pod.NodeName != "" {
		s.queue.Done(now, cy.item)
	} else {
		pod = k.pod
		s.queue.Failed(now, cy.item, pod, cy.UnschedulablePlugins, cy.PendingPlugins)
	}
	switch {
	case k == nil || k.pod.NodeName != "":
		s.queue.ClearNomination(pod)
	case cy.Renominate:
		s.queue.Nominate(pod, cy.NominatedNode)
	default:
		s.queue.NominateAsStatus(pod)
	}
}

// Bound tells that the binding has been written. The pod stays assumed until it is heard of on its node.
func (s *Scheduler) Bound(_ sim.Time, cy *Cycle) {
	for i := range cy.profile.postBind {
		pl := &cy.profile.postBind[i]
		pl.PostBind(nil, cy.info, cy.node)
	}
}

// BindFailed tells that the binding could not be written: the assumed pod is forgotten and, if it
// still is there to be scheduled, waits out an error backoff.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go handleBindingCycleError.
func (s *Scheduler) BindFailed(now sim.Time, cy *Cycle, message string) {
	cy.unreserve()
	cy.Result, cy.Err, cy.Message = Failed, true, message
	cy.UnschedulablePlugins, cy.PendingPlugins = nil, nil
	cy.NominatedNode, cy.Renominate = "", true
	if k := s.pods[identity(cy.Pod)]; k != nil && k.assumed {
		assumed := onNode(k.info)
		s.uncount(k)
		s.core.Release(k.info)
		k.info = s.core.Pod(k.pod)
		s.queue.Event(now, framework.EventAssignedPodDelete, assumed, nil)
	}
	s.failed(now, cy)
}
