package kubelet

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/images"
)

// container is what a kubelet and the runtime below it keep of one container of a pod.
type container struct {
	spec    *model.Container
	init    bool // a plain init container
	sidecar bool

	// rt is what the runtime has, seen what the last relist saw of it, view what the sync under way, or
	// the last one, works from.
	rt, seen, view pair
	instances      uint64 // so many there have been
	life           behaviour.Life
	// reason and message say why the last start failed; reason is empty when it did not.
	reason, message string
	backoff         backoff
	kill            killing
	starting        startStage
	frozen          bool
	// held: it runs and is not ready yet, though no probe says so.
	held    bool
	imageID string
	// layer is the writable layer of the present instance, former that of the one before; nil where nothing
	// is known of images.
	layer, former *images.Container
	pull          *images.Pull
	answer        behaviour.Answer // of the postStart hook

	end    sim.Handle // of the instance: by itself, by SIGTERM or by SIGKILL
	over   ending     // how it ends then
	unhold sim.Handle
	hook   sim.Handle // the end of the call under way that starts it, or of its preStop hook

	probes  *probes // nil: it has none
	trusted bool    // it was ready before the run
	use     *Use    // that the meter knows of
}

// ending is how an instance ends.
type ending struct {
	own    bool // by itself: as the behaviours say
	exit   int32
	reason string // "": by the code
}

// running says whether the container really runs.
func (c *container) running() bool { return c.rt.is(running) }

// restartable says whether a container that has ended with that code is to be started again.
// Source: kubernetes v1.37.2 pkg/api/v1/pod/util.go ContainerShouldRestart.
func (c *container) restartable(pod model.RestartPolicy, exit int32) bool {
	policy := pod
	if c.spec.RestartPolicy != "" {
		if c.rule(exit) != nil {
			return true
		}
		policy = c.spec.RestartPolicy
	}
	return policy == model.RestartAlways || policy == model.RestartOnFailure && exit != 0
}

// rule is the container's restart rule for an exit code, nil when it has none.
func (c *container) rule(exit int32) *model.RestartRule {
	for i := range c.spec.RestartRules {
		if r := &c.spec.RestartRules[i]; slices.Contains(r.Codes, exit) == (r.Operator == "In") {
			return r
		}
	}
	return nil
}

// shouldRestart says whether a container that does not run is to be started, as a sync sees it.
// Source: kubernetes v1.37.2 pkg/kubelet/container/helpers.go ShouldContainerBeRestarted.
func (w *worker) shouldRestart(c *container) bool {
	switch {
	case w.pod.Deleting:
		return false
	case c.view.cur == nil || c.view.cur.state == created:
		return true
	case c.view.cur.state == running:
		return false
	}
	return c.restartable(w.pod.Spec.RestartPolicy, c.view.cur.exit)
}
