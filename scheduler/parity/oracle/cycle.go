package oracle

import (
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/framework"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// cycle is one attempt at one pod: what is said about it and what its end needs.
type cycle struct {
	attempt answer.Attempt
	state   fwk.CycleState
	err     error
}

// attempt runs the scheduler's own SchedulePod and describes what happened.
func (c *cluster) attempt(pod *v1.Pod) (*cycle, error) {
	if err := c.refresh(); err != nil {
		return nil, err
	}
	info, _ := framework.NewPodInfo(pod)
	r := record(c.scheduler.Profiles[pod.Spec.SchedulerName])
	cy := &cycle{state: framework.NewCycleState()}
	cy.state.Write(framework.PodsToActivateKey, framework.NewPodsToActivate())
	a := &cy.attempt
	a.StartIndex = c.startIndex()
	result, err := c.scheduler.SchedulePod(c.ctx, r, cy.state, &framework.QueuedPodInfo{PodInfo: info})
	cy.err = err
	a.Feasible = []string{}
	if err == scheduler.ErrNoNodesAvailable {
		a.Message = err.Error()
		return cy, nil
	}
	a.NominatedNodeTriedFirst = pod.Status.NominatedNodeName
	a.SkippedFilterPlugins = sorted(cy.state.GetSkipFilterPlugins())
	if err == nil {
		cy.succeeded(r, result)
	} else {
		cy.failed(r, err)
	}
	return cy, c.describeSubset(a, r)
}

func (cy *cycle) succeeded(r *recorder, result scheduler.ScheduleResult) {
	a := &cy.attempt
	a.EvaluatedNodes = result.EvaluatedNodes
	a.RealChoice = result.SuggestedHost
	a.Infeasible = statuses(r.statuses)
	if !r.scored {
		a.Feasible = []string{result.SuggestedHost}
		a.Best = a.Feasible
		a.Chosen = result.SuggestedHost
		return
	}
	a.SkippedScorePlugins = sorted(cy.state.GetSkipScorePlugins())
	a.Scores = map[string]answer.Score{}
	var top int64
	for i, s := range r.scores {
		a.Feasible = append(a.Feasible, s.Name)
		a.Scores[s.Name] = answer.Score{Total: s.TotalScore, Weighted: points(s.Scores), Raw: points(s.RawScores)}
		if i == 0 || s.TotalScore > top {
			top = s.TotalScore
		}
	}
	slices.Sort(a.Feasible)
	for _, n := range a.Feasible {
		if a.Scores[n].Total == top {
			a.Best = append(a.Best, n)
		}
	}
	a.Chosen = a.Best[0]
}

func (cy *cycle) failed(r *recorder, err error) {
	a := &cy.attempt
	a.Message = err.Error()
	// An error ends the cycle with no diagnosis: nothing but its text is told of it.
	if fit, ok := err.(*framework.FitError); ok {
		a.Infeasible = statuses(r.statuses)
		a.EvaluatedNodes = fit.Diagnosis.NodeToStatus.Len()
		a.UnschedulablePlugins = sorted(fit.Diagnosis.UnschedulablePlugins)
	}
}

// describeSubset tells which nodes PreFilter left and which it took away.
func (c *cluster) describeSubset(a *answer.Attempt, r *recorder) error {
	if r.rejected != nil {
		s := status(r.rejected)
		a.PreFilter = &s
		a.SkippedFilterPlugins = nil
	}
	if r.subset == nil || r.rejected != nil {
		return nil
	}
	nodes, err := c.nodeOrder()
	if err != nil {
		return err
	}
	a.PreFilterNodes = sorted(r.subset)
	for _, n := range nodes {
		if !r.subset.Has(n) {
			a.NodesExcludedByPre = append(a.NodesExcludedByPre, n)
		}
	}
	slices.Sort(a.NodesExcludedByPre)
	return nil
}

func statuses(of map[string]*fwk.Status) map[string]answer.Status {
	out := map[string]answer.Status{}
	for n, s := range of {
		out[n] = status(s)
	}
	return out
}

func status(s *fwk.Status) answer.Status {
	reasons := slices.Clone(s.Reasons())
	slices.Sort(reasons)
	return answer.Status{Plugin: s.Plugin(), Code: s.Code().String(), Reasons: reasons}
}

func points(of []fwk.PluginScore) map[string]int64 {
	out := map[string]int64{}
	for _, s := range of {
		out[s.Name] = s.Score
	}
	return out
}

func sorted(s sets.Set[string]) []string {
	if s.Len() == 0 {
		return nil
	}
	return sets.List(s)
}
