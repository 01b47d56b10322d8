package oracle

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/defaultpreemption"
	"k8s.io/kubernetes/pkg/scheduler/framework/preemption"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// nomination is how a failed cycle leaves the pod's nominated node, nil meaning as it was.
type nomination = *fwk.NominatingInfo

// postFilter runs the profile's PostFilter plugins in order: DefaultPreemption by its
// evaluator's exported steps, so that every node is a candidate and nothing is carried out;
// any other one as it is.
//
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunPostFilterPlugins.
func (c *cluster) postFilter(cy *cycle, pod *v1.Pod, fit *framework.FitError) (*answer.Preemption, []*v1.Pod, nomination) {
	p := &answer.Preemption{}
	var outcome *fwk.PostFilterResult
	var reasons []string
	for _, pl := range postFilterPlugins(c.scheduler.Profiles[pod.Spec.SchedulerName]) {
		var victims []*v1.Pod
		var r *fwk.PostFilterResult
		var s *fwk.Status
		if dp, ok := pl.(*defaultpreemption.DefaultPreemption); ok {
			victims, r, s = c.preempt(dp, cy, pod, fit, p)
		} else {
			r, s = pl.PostFilter(c.ctx, cy.state, pod, fit.Diagnosis.NodeToStatus)
		}
		if s.IsSuccess() || s.Code() == fwk.UnschedulableAndUnresolvable {
			p.Message = s.Message()
			return p, victims, nominating(r)
		}
		if !s.IsRejected() {
			p.Message = fwk.AsStatus(s.AsError()).Message()
			return p, nil, nil
		}
		if r != nil && r.Mode() != fwk.ModeNoop {
			outcome = r
		}
		reasons = append(reasons, s.Reasons()...)
	}
	p.Message = fwk.NewStatus(fwk.Unschedulable, reasons...).Message()
	return p, nil, nominating(outcome)
}

func nominating(r *fwk.PostFilterResult) nomination {
	if r == nil {
		return nil
	}
	return r.NominatingInfo
}

// preempt is DefaultPreemption's PostFilter without its randomness and its deeds.
//
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/preemption.go evaluate, Preempt.
func (c *cluster) preempt(dp *defaultpreemption.DefaultPreemption, cy *cycle, pod *v1.Pod, fit *framework.FitError, p *answer.Preemption) ([]*v1.Pod, *fwk.PostFilterResult, *fwk.Status) {
	nodes := fit.Diagnosis.NodeToStatus
	if ok, why := dp.PodEligibleToPreemptOthers(c.ctx, pod, nodes.Get(pod.Status.NominatedNodeName)); !ok {
		return nil, nil, fwk.NewStatus(fwk.Unschedulable, "preemption: "+why)
	}
	candidates, dry, err := c.candidates(dp, cy.state, pod, nodes, func(n int32) (offset, count int32) { return c.chance.candidates(dp, pod, n) })
	if err != nil && len(candidates) == 0 {
		return nil, nil, fwk.NewStatus(fwk.Error, "preemption: "+err.Error())
	}
	if len(candidates) == 0 {
		none := &framework.FitError{Pod: pod, NumAllNodes: fit.NumAllNodes, Diagnosis: framework.Diagnosis{NodeToStatus: dry}}
		dry.SetAbsentNodesStatus(fwk.NewStatus(fwk.UnschedulableAndUnresolvable, "Preemption is not helpful for scheduling"))
		return nil, framework.NewPostFilterResultWithNominatedNode(""), fwk.NewStatus(fwk.Unschedulable, "preemption: "+none.Error())
	}
	p.Candidates = map[string]answer.Candidate{}
	for _, k := range candidates {
		p.Candidates[k.Name()] = answer.Candidate{Victims: podNames(k.Victims().Pods), PDBViolations: k.Victims().NumPDBViolations}
	}
	best := bestCandidates(candidates)
	chosen := best[c.chance.pick(pod, len(best))]
	if real := dp.Evaluator.SelectCandidate(c.ctx, candidates); !unstarted(candidates) && !slices.ContainsFunc(best, func(b preemption.Candidate) bool { return b.Name() == real.Name() }) {
		return nil, nil, fwk.NewStatus(fwk.Error, fmt.Sprintf("oracle: upstream selects %s, which is not among the best", real.Name()))
	}
	for _, b := range best {
		p.Best = append(p.Best, b.Name())
	}
	p.Nominated, p.Victims = chosen.Name(), podNames(chosen.Victims().Pods)
	found := fmt.Sprintf("preemption: found a potential placement for pod on node %v, preempting %d victims", chosen.Name(), len(p.Victims))
	return chosen.Victims().Pods, framework.NewPostFilterResultWithNominatedNode(chosen.Name()), fwk.NewStatus(fwk.Success, found)
}

// candidates dry-runs preemption on every node that failed for a reason preemption may cure.
func (c *cluster) candidates(dp *defaultpreemption.DefaultPreemption, state fwk.CycleState, pod *v1.Pod, m fwk.NodeToStatusReader, some func(nodes int32) (offset, count int32)) ([]preemption.Candidate, *framework.NodeToStatus, error) {
	infos := c.snapshot.NodeInfos()
	all, err := infos.List()
	if err != nil {
		return nil, framework.NewDefaultNodeToStatus(), err
	}
	if len(all) == 0 {
		return nil, framework.NewDefaultNodeToStatus(), errors.New("no nodes available")
	}
	potential, err := m.NodesForStatusCode(infos, fwk.Unschedulable)
	if err != nil || len(potential) == 0 {
		return nil, framework.NewDefaultNodeToStatus(), err
	}
	place := make(map[fwk.NodeInfo]int, len(all))
	for i, n := range all {
		place[n] = i
	}
	slices.SortFunc(potential, func(a, b fwk.NodeInfo) int { return place[a] - place[b] })
	pdbs, err := dp.Evaluator.PdbLister.List(labels.Everything())
	if err != nil {
		return nil, framework.NewDefaultNodeToStatus(), err
	}
	offset, count := some(int32(len(potential)))
	return dp.Evaluator.DryRunPreemption(c.ctx, state, pod, potential, pdbs, offset, count)
}

// everyCandidate has preemption look at every node.
func everyCandidate(nodes int32) (offset, count int32) { return 0, nodes }

// postFilterPlugins reads the plugins of a profile, which it has no method for.
func postFilterPlugins(f framework.Framework) []fwk.PostFilterPlugin {
	field := reflect.ValueOf(f).Elem().FieldByName("postFilterPlugins")
	return *(*[]fwk.PostFilterPlugin)(unsafe.Pointer(field.UnsafeAddr()))
}

func podNames(pods []*v1.Pod) []string {
	names := make([]string, 0, len(pods))
	for _, p := range pods {
		names = append(names, podName(p))
	}
	return names
}

func podName(p *v1.Pod) string { return p.Namespace + "/" + p.Name }
