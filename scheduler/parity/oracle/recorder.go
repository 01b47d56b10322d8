package oracle

import (
	"context"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// recorder is a profile's framework that keeps what its plugins answered, so that the
// scheduler's own SchedulePod runs the cycle and nothing of it is imitated here.
type recorder struct {
	framework.Framework
	subset   sets.Set[string]
	rejected *fwk.Status
	statuses map[string]*fwk.Status
	scored   bool
	scores   []fwk.NodePluginScores
}

func record(f framework.Framework) *recorder {
	return &recorder{Framework: f, statuses: map[string]*fwk.Status{}}
}

func (r *recorder) RunPreFilterPlugins(ctx context.Context, state fwk.CycleState, pod *v1.Pod) (*fwk.PreFilterResult, *fwk.Status, sets.Set[string]) {
	result, status, plugins := r.Framework.RunPreFilterPlugins(ctx, state, pod)
	if !result.AllNodes() {
		r.subset = result.NodeNames
	}
	if status.IsRejected() {
		r.rejected = status
	}
	return result, status, plugins
}

func (r *recorder) RunFilterPluginsWithNominatedPods(ctx context.Context, state fwk.CycleState, pod *v1.Pod, n fwk.NodeInfo) *fwk.Status {
	status := r.Framework.RunFilterPluginsWithNominatedPods(ctx, state, pod, n)
	if !status.IsSuccess() {
		r.statuses[n.Node().Name] = status
	}
	return status
}

func (r *recorder) RunScorePlugins(ctx context.Context, state fwk.CycleState, pod *v1.Pod, nodes []fwk.NodeInfo) ([]fwk.NodePluginScores, *fwk.Status) {
	scores, status := r.Framework.RunScorePlugins(ctx, state, pod, nodes)
	r.scored = true
	r.scores = append([]fwk.NodePluginScores(nil), scores...)
	return scores, status
}
