package kubelet

import "towtank.dev/towtank/model"

const restartAll = "RestartAllContainers"

// canRestartAll says whether a rule of the pod can restart all its containers.
// Source: kubernetes v1.37.2 pkg/api/v1/pod/util.go AllContainersCouldRestart.
func (w *worker) canRestartAll() bool {
	for i := range w.containers {
		for _, r := range w.containers[i].spec.RestartRules {
			if r.Action == restartAll {
				return true
			}
		}
	}
	return false
}

// restarting says whether all containers of the pod are to begin anew: a container has ended with a code
// for which a rule says that, or that has been begun already.
// Source: kubernetes v1.37.2 pkg/kubelet/container/helpers.go ShouldAllContainersRestart.
func (w *worker) restarting(old *model.PodStatus) bool {
	if !w.canRestartAll() {
		return false
	}
	if c := old.Condition(allContainersRestarting); c != nil && c.Status == "True" {
		return true
	}
	for i := range w.containers {
		c := &w.containers[i]
		if c.view.is(exited) && c.triggers(c.view.cur.exit) {
			return true
		}
		if s := w.shownIn(old, i); s != nil && c.view.is(exited) && s.State.Kind == model.ContainerTerminated && c.triggers(s.State.ExitCode) {
			return true
		}
	}
	return false
}

// triggers says whether an exit code has all containers restarted.
func (c *container) triggers(exit int32) bool {
	r := c.rule(exit)
	return r != nil && r.Action == restartAll
}

// restartCondition is the condition that all containers are being restarted, which is over when the
// runtime has none of them left.
// Source: kubernetes v1.37.2 pkg/kubelet/status/generate.go GenerateAllContainersRestartingCondition.
func (w *worker) restartCondition(s *model.PodStatus, restarting bool) model.PodCondition {
	c := model.PodCondition{Type: allContainersRestarting, Status: "False"}
	switch {
	case s.Phase == model.PodSucceeded:
		c.Reason = "PodCompleted"
	case s.Phase == model.PodFailed:
		c.Reason = "PodFailed"
	case restarting && w.anyView():
		c.Status, c.Reason, c.Message = "True", "RestartAllContainersStarted", "container exited with restart policy rule"
	}
	return c
}

// planReset plans the end of all containers, which are removed too, those last whose end was the reason.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions,
// getContainersToReset.
func (w *worker) planReset() {
	for _, source := range [2]bool{false, true} {
		for _, list := range [2][2]int{{w.inits, len(w.containers)}, {0, w.inits}} {
			for i := list[0]; i < list[1]; i++ {
				c := &w.containers[i]
				if c.view.cur != nil && source == (c.view.is(exited) && c.triggers(c.view.cur.exit)) {
					w.do(resetOne, i, "killing")
				}
			}
		}
	}
}
