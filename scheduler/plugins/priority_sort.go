package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// prioritySort takes the pod of higher priority first, then the one that came (back) earlier.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/queuesort/priority_sort.go.
type prioritySort struct{}

var _ framework.QueueSortPlugin = (*prioritySort)(nil)

func newPrioritySort(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &prioritySort{}, nil
}

// Name is PrioritySort.
func (*prioritySort) Name() string { return PrioritySort }

// Less says whether a is to be scheduled before b.
func (*prioritySort) Less(a *model.Pod, aTime sim.Time, b *model.Pod, bTime sim.Time) bool {
	if a.Spec.Priority != b.Spec.Priority {
		return a.Spec.Priority > b.Spec.Priority
	}
	return aTime < bTime
}
