package scheduler

import (
	"fmt"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Prepared says whether what a cycle wants written before the pod is bound has taken effect. It is to be
// asked once a second after Finish, while Writes is not empty; failure says why the pod cannot be bound,
// and is what BindFailed is to be told.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go BindPodVolumes.
func (s *Scheduler) Prepared(now sim.Time, cy *Cycle) (done bool, failure string) {
	for i := range cy.profile.preBind {
		pl := &cy.profile.preBind[i]
		writer, ok := pl.PreBindPlugin.(framework.PreBindWriter)
		if !ok {
			continue
		}
		fail := func(status *framework.Status) (bool, string) {
			return false, cy.worded("PreBind", pl.Name(), status).Message()
		}
		if k := s.pods[identity(cy.Pod)]; k == nil {
			return fail(framework.NewStatus(pl.Name(), framework.Error, fmt.Sprintf("binding volumes: pod does not exist any more: pod %q not found", cy.Pod.Name)))
		}
		done, status := writer.PreBindDone(cy.states[pl.slot], cy.Node)
		switch {
		case !status.OK():
			return fail(status)
		case !done && now.Sub(cy.finished) >= writer.PreBindTimeout():
			return fail(framework.NewStatus(pl.Name(), framework.Error, "binding volumes: context deadline exceeded"))
		case !done:
			return false, ""
		}
	}
	return true, ""
}
