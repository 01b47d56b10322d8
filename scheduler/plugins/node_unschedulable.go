package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// nodeUnschedulable rejects cordoned nodes.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go.
type nodeUnschedulable struct{ cordoned *framework.Status }

var (
	_ framework.PreFilterPlugin = (*nodeUnschedulable)(nil)
	_ framework.FilterPlugin    = (*nodeUnschedulable)(nil)
	_ framework.Dependent       = (*nodeUnschedulable)(nil)
)

// cordonTaint is what a pod must tolerate to run on a cordoned node.
var cordonTaint = model.Taint{Key: model.TaintUnschedulable, Effect: model.NoSchedule}

func newNodeUnschedulable(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &nodeUnschedulable{framework.NewStatus(NodeUnschedulable, framework.UnschedulableAndUnresolvable, "node(s) were unschedulable")}, nil
}

// Name is NodeUnschedulable.
func (*nodeUnschedulable) Name() string { return NodeUnschedulable }

// PreFilter has nothing to do: the point only exists for resizes, which are off.
func (*nodeUnschedulable) PreFilter(*framework.PodInfo, *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	return nil, nil, nil
}

// Filter lets pods pass that tolerate node.kubernetes.io/unschedulable:NoSchedule.
func (pl *nodeUnschedulable) Filter(_ any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if !node.Node.Unschedulable || cordonTaint.ToleratedBy(pod.Tolerations) {
		return nil
	}
	return pl.cordoned
}

// FilterDependence is the node's object.
func (*nodeUnschedulable) FilterDependence() framework.Dependence { return framework.OnNodeObject }

// ScoreDependence does not matter: there is no score.
func (*nodeUnschedulable) ScoreDependence() framework.Dependence { return framework.OnNodeObject }
