package plugins

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// dryRunResult is what a dry run found out.
type dryRunResult struct {
	// candidates that violate no disruption budget come first.
	candidates []framework.Candidate
	// statuses are the verdicts of the nodes that are no candidates, faults those that are errors.
	statuses []*framework.Status
	faults   []string
}

// wanted is how many candidates are enough among n nodes.
// Source: kubernetes v1.37.2 defaultpreemption/default_preemption.go calculateNumCandidates.
func (pl *defaultPreemption) wanted(n int) int {
	if pl.every {
		return n
	}
	return min(max(n*pl.percentage/100, pl.absolute), n)
}

// dryRun works out victims node by node, from a node that is drawn, until enough candidates are found,
// one of which violates no budget.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/preemption.go DryRunPreemption.
func (pl *defaultPreemption) dryRun(pod *framework.PodInfo, trial framework.Trial, nodes []*framework.NodeInfo) dryRunResult {
	var r dryRunResult
	if len(nodes) == 0 {
		return r
	}
	offset := 0
	if !pl.every {
		offset = pl.draws.IntN(len(nodes))
	}
	wanted := pl.wanted(len(nodes))
	budgets := pl.objects.PodDisruptionBudgets()
	asked, asks := trial.(framework.Inquirer)
	asks = asks && asked.Asks()
	var violating []framework.Candidate
	r.candidates = make([]framework.Candidate, 0, wanted)
	for i := range nodes {
		node := nodes[(offset+i)%len(nodes)]
		on := trial.Begin(node)
		victims, violations, status := pl.selectVictims(pod, on, budgets)
		if ender, ok := on.(framework.TrialEnder); ok {
			ender.End()
		}
		if status.OK() && len(victims) == 0 {
			status = framework.NewStatus(DefaultPreemption, framework.Error, fmt.Sprintf("expected at least one victim pod on node %q", node.Name))
		}
		switch c := (framework.Candidate{Node: node.Name, Victims: victims, Violations: violations}); {
		case !status.OK():
			r.statuses = append(r.statuses, status)
			if asks {
				asked.Refused(node.Name, len(pl.lowerPriority(node.Pods, pod.Priority)), status)
			}
			if !status.Rejected() {
				r.faults = append(r.faults, status.Message())
			}
		case violations == 0:
			r.candidates = append(r.candidates, c)
		case len(violating) < wanted:
			violating = append(violating, c)
		}
		if status.OK() && len(r.candidates) > 0 && len(r.candidates)+len(violating) >= wanted {
			break
		}
	}
	r.candidates = append(r.candidates, violating...)
	return r
}

// selectVictims finds the fewest important pods whose eviction lets the pod fit: all of lower priority
// go first, then as many as possible come back, those protected by a budget before the others, each
// group most important first.
// Source: kubernetes v1.37.2 defaultpreemption/default_preemption.go SelectVictimsOnNode.
func (pl *defaultPreemption) selectVictims(pod *framework.PodInfo, trial framework.TrialNode, budgets []*model.PodDisruptionBudget) ([]*model.Pod, int, *framework.Status) {
	potential := pl.lowerPriority(trial.Node().Pods, pod.Priority)
	if len(potential) == 0 {
		return nil, 0, pl.noVictims
	}
	for i := range potential {
		if status := trial.Remove(potential[i].info); !status.OK() {
			return nil, 0, status
		}
	}
	if status := trial.Filter(); !status.OK() {
		return nil, 0, status
	}
	w := &pl.work
	w.sort(potential)
	protected := w.byBudget(potential, budgets)
	victims, violations := w.victims[:0], 0
	for i, v := range w.inTurn {
		stays, status := reprieve(trial, v.info)
		if !status.OK() {
			return nil, 0, status
		}
		if !stays {
			victims = append(victims, v)
			if i < protected {
				violations++
			}
		}
	}
	w.victims = victims
	if protected > 0 && protected < len(potential) {
		w.sort(victims)
	}
	return w.pods(victims), violations, nil
}

// reprieve puts a pod back and says whether it can stay; if not, it is taken off again.
func reprieve(trial framework.TrialNode, p *framework.PodInfo) (stays bool, status *framework.Status) {
	if status := trial.Add(p); !status.OK() {
		return false, status
	}
	if trial.Filter().OK() {
		return true, nil
	}
	return false, trial.Remove(p)
}
