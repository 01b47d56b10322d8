package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// nodeUnschedulable rejects cordoned nodes.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go.
type nodeUnschedulable struct{ cordoned *framework.Status }

var (
	_ framework.PreFilterPlugin   = (*nodeUnschedulable)(nil)
	_ framework.FilterPlugin      = (*nodeUnschedulable)(nil)
	_ framework.Dependent         = (*nodeUnschedulable)(nil)
	_ framework.EnqueueExtensions = (*nodeUnschedulable)(nil)
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
	if !node.Unschedulable || cordonTaint.ToleratedBy(pod.Tolerations) {
		return nil
	}
	return pl.cordoned
}

// FilterDependence is the node's object.
func (*nodeUnschedulable) FilterDependence() framework.Dependence { return framework.OnNodeObject }

// ScoreDependence does not matter: there is no score.
func (*nodeUnschedulable) ScoreDependence() framework.Dependence { return framework.OnNodeObject }

// EventsToRegister is nodes that come, or are uncordoned, and the pod's tolerations.
func (pl *nodeUnschedulable) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeTaint}, Hint: pl.afterNode},
		{Event: framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodToleration}, Hint: pl.afterToleration},
	}
}

// afterNode queues the pod when the node takes pods now, and did not before or is new.
func (*nodeUnschedulable) afterNode(_ *model.Pod, old, new model.Object) framework.Hint {
	if was := nodeOf(old); nodeOf(new).Unschedulable || was != nil && !was.Unschedulable {
		return framework.QueueSkip
	}
	return framework.Queue
}

// afterToleration queues the pod when it tolerates the cordon now.
func (*nodeUnschedulable) afterToleration(_ *model.Pod, _, new model.Object) framework.Hint {
	if cordonTaint.ToleratedBy(new.(*model.Pod).Spec.Tolerations) {
		return framework.Queue
	}
	return framework.QueueSkip
}

// nodeOf is the node that an event is about, nil for none.
func nodeOf(o model.Object) *model.Node {
	node, _ := o.(*model.Node)
	return node
}
