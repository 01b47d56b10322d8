package plugins

import "towtank.dev/towtank/scheduler/framework"

// nodeName keeps a pod that names its node to that node.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodename/node_name.go.
type nodeName struct{ mismatch *framework.Status }

var (
	_ framework.PreFilterPlugin   = (*nodeName)(nil)
	_ framework.FilterPlugin      = (*nodeName)(nil)
	_ framework.Dependent         = (*nodeName)(nil)
	_ framework.EnqueueExtensions = (*nodeName)(nil)
)

func newNodeName(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &nodeName{framework.NewStatus(NodeName, framework.UnschedulableAndUnresolvable, "node(s) didn't match the requested node name")}, nil
}

// Name is NodeName.
func (*nodeName) Name() string { return NodeName }

// PreFilter narrows the search to the named node.
func (*nodeName) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	if name := pod.Pod.NodeName; name != "" {
		return nil, framework.NewNodeNames(name), nil
	}
	return nil, nil, nil
}

// Filter rejects every other node.
func (pl *nodeName) Filter(_ any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if name := pod.Pod.NodeName; name != "" && name != node.Name {
		return pl.mismatch
	}
	return nil
}

// FilterDependence is the node's object.
func (*nodeName) FilterDependence() framework.Dependence { return framework.OnNodeObject }

// ScoreDependence does not matter: there is no score.
func (*nodeName) ScoreDependence() framework.Dependence { return framework.OnNodeObject }

// EventsToRegister is every new node.
func (*nodeName) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{{Event: framework.EventNodeAdd}}
}
