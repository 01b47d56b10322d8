package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// nodePorts rejects nodes on which a host port that the pod wants is taken.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodeports/node_ports.go.
type nodePorts struct {
	vocabulary  *framework.Vocabulary
	skip, taken *framework.Status
}

var (
	_ framework.PreFilterPlugin   = (*nodePorts)(nil)
	_ framework.FilterPlugin      = (*nodePorts)(nil)
	_ framework.Dependent         = (*nodePorts)(nil)
	_ framework.EnqueueExtensions = (*nodePorts)(nil)
)

func newNodePorts(_ framework.Args, h *framework.Handle) (framework.Plugin, error) {
	return &nodePorts{
		vocabulary: h.Vocabulary,
		skip:       framework.NewStatus(NodePorts, framework.Skip),
		taken:      framework.NewStatus(NodePorts, framework.Unschedulable, "node(s) didn't have free ports for the requested pod ports"),
	}, nil
}

// Name is NodePorts.
func (*nodePorts) Name() string { return NodePorts }

// PreFilter skips pods without host ports.
func (pl *nodePorts) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	if len(pod.Ports) == 0 {
		return nil, nil, pl.skip
	}
	return looked, nil, nil
}

// Filter compares the wanted ports with those taken.
func (pl *nodePorts) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if state == nil {
		return missingState(NodePorts, "reading", "PreFilter")
	}
	if portsConflict(pod.Ports, node.Ports) {
		return pl.taken
	}
	return nil
}

func portsConflict(wanted, taken []framework.HostPort) bool {
	for _, want := range wanted {
		for _, have := range taken {
			if want.Conflicts(have) {
				return true
			}
		}
	}
	return false
}

// FilterDependence is the node and the pods on it.
func (*nodePorts) FilterDependence() framework.Dependence { return framework.OnNode }

// ScoreDependence does not matter: there is no score.
func (*nodePorts) ScoreDependence() framework.Dependence { return framework.OnNodeObject }

// EventsToRegister is pods that go and nodes that come.
func (pl *nodePorts) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.EventAssignedPodDelete, Hint: pl.afterDelete},
		{Event: framework.EventNodeAdd},
	}
}

// afterDelete queues the pod when the one that went held a port it wants.
func (pl *nodePorts) afterDelete(pod *model.Pod, old, _ model.Object) framework.Hint {
	gone := old.(*model.Pod)
	if gone.NodeName == "" && gone.Status.NominatedNodeName == "" {
		return framework.QueueSkip
	}
	if portsConflict(pl.vocabulary.Spec(pod.Spec).Ports, pl.vocabulary.Spec(gone.Spec).Ports) {
		return framework.Queue
	}
	return framework.QueueSkip
}
