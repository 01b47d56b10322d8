package plugins

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// schedulingGates keeps pods out of the queue until their gates are gone.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go.
type schedulingGates struct{}

var (
	_ framework.PreEnqueuePlugin  = (*schedulingGates)(nil)
	_ framework.EnqueueExtensions = (*schedulingGates)(nil)
)

func newSchedulingGates(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &schedulingGates{}, nil
}

// Name is SchedulingGates.
func (*schedulingGates) Name() string { return SchedulingGates }

// PreEnqueue names the gates that are left.
func (*schedulingGates) PreEnqueue(pod *model.Pod) *framework.Status {
	gates := pod.Spec.SchedulingGates
	if len(gates) == 0 {
		return nil
	}
	return framework.NewStatus(SchedulingGates, framework.UnschedulableAndUnresolvable, fmt.Sprintf("waiting for scheduling gates: %v", gates))
}

// EventsToRegister is the end of the pod's last gate.
func (*schedulingGates) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodSchedulingGatesEliminated}},
	}
}
