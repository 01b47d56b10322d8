package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// taintToleration keeps pods off nodes whose taints they do not tolerate.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.
type taintToleration struct{ untolerated *framework.Status }

var (
	_ framework.PreFilterPlugin      = (*taintToleration)(nil)
	_ framework.FilterPlugin         = (*taintToleration)(nil)
	_ framework.PreScorePlugin       = (*taintToleration)(nil)
	_ framework.NormalizeScorePlugin = (*taintToleration)(nil)
	_ framework.Dependent            = (*taintToleration)(nil)
	_ framework.EnqueueExtensions    = (*taintToleration)(nil)
)

func newTaintToleration(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &taintToleration{framework.NewStatus(TaintToleration, framework.UnschedulableAndUnresolvable, "node(s) had untolerated taint(s)")}, nil
}

// Name is TaintToleration.
func (*taintToleration) Name() string { return TaintToleration }

// PreFilter has nothing to do: the point only exists for resizes, which are off.
func (*taintToleration) PreFilter(*framework.PodInfo, *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	return nil, nil, nil
}

// Filter looks at the taints that keep pods from being scheduled: NoSchedule and NoExecute.
func (pl *taintToleration) Filter(_ any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if toleratesScheduling(pod.Tolerations, node.Taints) {
		return nil
	}
	return pl.untolerated
}

// toleratesScheduling says whether every NoSchedule and NoExecute taint is tolerated.
func toleratesScheduling(tolerations []model.Toleration, taints []model.Taint) bool {
	for i := range taints {
		if schedulingEffect(taints[i].Effect) && !taints[i].ToleratedBy(tolerations) {
			return false
		}
	}
	return true
}

// schedulingEffect says whether a taint of that effect keeps pods from being scheduled.
func schedulingEffect(e model.Effect) bool { return e == model.NoSchedule || e == model.NoExecute }

// PreScore has nothing to prepare: Score picks the tolerations that count.
func (*taintToleration) PreScore(any, *framework.PodInfo, []*framework.NodeInfo) (any, *framework.Status) {
	return nil, nil
}

// Score counts the PreferNoSchedule taints that the pod does not tolerate; only tolerations without
// effect or with that effect count.
func (*taintToleration) Score(_ any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	var count int64
	taints := node.Taints
	for i := range taints {
		if taints[i].Effect == model.PreferNoSchedule && !taints[i].ToleratedBy(pod.Tolerations) {
			count++
		}
	}
	return count, nil
}

// ScoreUnprepared fails, as upstream's Score does without what PreScore leaves it.
func (*taintToleration) ScoreUnprepared(*framework.PodInfo, *framework.NodeInfo) (int64, *framework.Status) {
	return 0, missingState(TaintToleration, "failed to read", "PreScore")
}

// NormalizeScore turns many untolerated taints into a low score.
func (*taintToleration) NormalizeScore(_ any, _ *framework.PodInfo, _ []*framework.NodeInfo, scores []int64) *framework.Status {
	normalize(scores, true)
	return nil
}

// FilterDependence is the node's object.
func (*taintToleration) FilterDependence() framework.Dependence { return framework.OnNodeObject }

// ScoreDependence is the node's object: the raw score counts its taints.
func (*taintToleration) ScoreDependence() framework.Dependence { return framework.OnNodeObject }

// EventsToRegister is nodes that come or change their taints, and the pod's tolerations.
func (pl *taintToleration) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeTaint}, Hint: pl.afterNode},
		{Event: framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodToleration}},
	}
}

// afterNode queues the pod when it tolerates the node now, and did not before or the node is new.
func (*taintToleration) afterNode(pod *model.Pod, old, new model.Object) framework.Hint {
	was := nodeOf(old)
	if was != nil && toleratesScheduling(pod.Spec.Tolerations, was.Taints) {
		return framework.QueueSkip
	}
	if !toleratesScheduling(pod.Spec.Tolerations, nodeOf(new).Taints) {
		return framework.QueueSkip
	}
	return framework.Queue
}
