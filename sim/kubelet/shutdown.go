package kubelet

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// ShutdownPeriod is how long pods of a priority, and of those up to the next period's, get to stop when their
// node is shut down.
type ShutdownPeriod struct {
	Priority int32
	Seconds  int64
}

// CriticalPriority is the least priority of pods that count as critical.
// Source: kubernetes v1.37.2 pkg/apis/scheduling/types.go SystemCriticalPriority.
const CriticalPriority = 2_000_000_000

// What a kubelet says of a node that is shut down.
// Source: kubernetes v1.37.2 pkg/kubelet/nodeshutdown/nodeshutdown_manager.go; ShutdownStatus in
// nodeshutdown_manager_linux.go.
const (
	shutdownRejected = "Pod was rejected as the node is shutting down."
	shutdownMessage  = "Pod was terminated in response to imminent node shutdown."
	// ShuttingDown is the message of the condition Ready of a node that is being shut down.
	ShuttingDown = "node is shutting down"
)

// ShutdownPeriods are the periods of a kubelet that is given one for all pods, of which critical pods have the
// last part for themselves; none when the first is 0 or shorter than the second.
// Source: kubernetes v1.37.2 pkg/kubelet/nodeshutdown/nodeshutdown_manager.go migrateConfig.
func ShutdownPeriods(all, critical time.Duration) []ShutdownPeriod {
	if all == 0 || critical > all {
		return nil
	}
	return []ShutdownPeriod{{0, int64((all - critical) / time.Second)}, {CriticalPriority, int64(critical / time.Second)}}
}

// shutdown is a node that is being shut down.
type shutdown struct {
	group int      // of those that stop now, in order of priority
	ends  sim.Time // when the next group's turn is at the latest
	pods  []*worker
	timer sim.Handle
	boot  bool // it is to start again as soon as it is off
	off   func(now sim.Time, boot bool)
}

// Shutdown shuts a node down. Its kubelet takes no more pods and stops those that it has, group by group in
// order of priority, each as soon as the one before has stopped or has had its time; then off is called, and
// told whether Boot has been asked for meanwhile. A kubelet without Timers.Shutdown does not notice: off is
// called at once. Shutdown says whether the kubelet takes part; a node whose kubelet does not run, or that is
// being shut down already, is left alone.
// Source: kubernetes v1.37.2 pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go start, processShutdownEvent.
func (f *Fleet) Shutdown(now sim.Time, node string, off func(now sim.Time, boot bool)) bool {
	h := f.known(node)
	switch {
	case h == nil || h.trouble.crashed || h.shutdown != nil:
		return false
	case len(h.timers.Shutdown) == 0 || h.trouble.off:
		off(now, false)
		return false
	}
	h.shutdown = &shutdown{group: -1, ends: now, off: off}
	if !h.trouble.cut {
		f.api.Events.Emit(h.node, apiserver.Note{Type: apiserver.Normal, Reason: "NodeShutdown",
			Message: "Shutdown manager detected shutdown event", Component: "kubelet", Host: h.name})
	}
	f.shutOn(now, h)
	return true
}

// ShuttingDown says whether a node is being shut down.
func (f *Fleet) ShuttingDown(node string) bool {
	h := f.known(node)
	return h != nil && h.shutdown != nil
}

// unmountPoll is how often the kubelet looks whether the pods of a group are gone.
// Source: kubernetes v1.37.2 pkg/kubelet/volumemanager/volume_manager.go podAttachAndMountRetryInterval.
const unmountPoll = 300 * time.Millisecond

// shutOn goes on with a shutdown: the next group stops when the present one is gone or has had its time, and
// the node goes off behind the last.
// Source: kubernetes v1.37.2 pkg/kubelet/nodeshutdown/nodeshutdown_manager.go killPods.
func (f *Fleet) shutOn(now sim.Time, h *host) {
	s := h.shutdown
	for now >= s.ends || s.gone() {
		s.group++
		if s.group == len(h.timers.Shutdown) {
			h.shutdown = nil
			s.off(now, s.boot)
			return
		}
		s.pods = f.shutdownGroup(s.pods[:0], h, s.group)
		s.ends = now
		if len(s.pods) > 0 {
			s.ends = now.Add(time.Duration(h.timers.Shutdown[s.group].Seconds) * time.Second)
			f.stopGroup(now, s, h.timers.Shutdown[s.group].Seconds)
		}
	}
	s.timer = f.engine.Schedule(min(now.Add(unmountPoll), s.ends), sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: opShutdown, Ref: h})
}

// stopGroup stops the pods of a group, each with its own grace if that is shorter than the group's.
func (f *Fleet) stopGroup(now sim.Time, s *shutdown, seconds int64) {
	for _, w := range s.pods {
		grace := min(seconds, w.pod.Spec.TerminationGracePeriodSeconds)
		f.Evict(now, w.pod.UID, "Terminated", shutdownMessage, &grace)
	}
}

// gone says whether all pods that are to stop have stopped.
func (s *shutdown) gone() bool {
	for _, w := range s.pods {
		if !w.dropped && !w.terminated {
			return false
		}
	}
	return true
}

// shutdownGroup are the pods of a node whose turn it is, in the order of their coming.
func (f *Fleet) shutdownGroup(pods []*worker, h *host, group int) []*worker {
	for w := h.first; w != nil; w = w.next {
		if w.begun && !w.terminated && !w.finished && h.groupOf(w.pod.Spec.Priority) == group {
			pods = append(pods, w)
		}
	}
	return pods
}

// groupOf is the last period that begins at a priority or below it, the first for those below all.
// Source: kubernetes v1.37.2 pkg/kubelet/nodeshutdown/nodeshutdown_manager.go groupByPriority.
func (h *host) groupOf(priority int32) int {
	group := 0
	for i, p := range h.timers.Shutdown {
		if p.Priority <= priority {
			group = i
		}
	}
	return group
}

// endShutdown ends the shutdown of a node whose power has gone, or that is no more.
func (f *Fleet) endShutdown(h *host) {
	if h.shutdown != nil {
		f.engine.Cancel(h.shutdown.timer)
		h.shutdown = nil
	}
}

// shuttingDown refuses a pod on a node that is being shut down; nil on any other.
// Source: kubernetes v1.37.2 pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go Admit.
func (h *host) shuttingDown() *refusal {
	if h.shutdown == nil {
		return nil
	}
	return &refusal{"NodeShutdown", shutdownRejected}
}

// NotReady is the condition Ready of a node that is being shut down.
// Source: kubernetes v1.37.2 pkg/kubelet/nodestatus/setters.go ReadyCondition.
func NotReady(now sim.Time) model.NodeCondition {
	return model.NodeCondition{Type: "Ready", Status: model.ConditionFalse, Reason: "KubeletNotReady", Message: ShuttingDown,
		LastTransition: now, LastHeartbeat: now}
}
