package plugins

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// Why no room is made.
const (
	reasonNeverPreempts   = "not eligible due to preemptionPolicy=Never."
	reasonVictimsLeaving  = "not eligible due to a terminating pod on the nominated node."
	reasonNoVictims       = "No preemption victims found for incoming pod"
	reasonPreemptNotHelps = "Preemption is not helpful for scheduling"
	reasonEvicting        = "waiting for the preemption for this pod to be finished"
)

// defaultPreemption makes room for a pod by evicting pods of lower priority from one node.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/defaultpreemption, pkg/scheduler/framework/preemption.
type defaultPreemption struct {
	snapshot *framework.Snapshot
	objects  framework.Objects
	// percentage and absolute bound the number of candidate nodes that are worked out.
	percentage, absolute int
	// every works out every node and takes the smallest name of those that tie: nothing is drawn then.
	every bool
	draws *sim.Stream
	// wallOffset is the fraction of a second that the wall clock shows at instant 0.
	wallOffset time.Duration
	// evicting holds, by preemptor, the last of its victims as it was when they were chosen.
	evicting map[string]*model.Pod

	// nodes and work are used again by the next search.
	nodes []*framework.NodeInfo
	work  victimWork

	noVictims, gate *framework.Status
}

var (
	_ framework.PreEnqueuePlugin  = (*defaultPreemption)(nil)
	_ framework.PostFilterPlugin  = (*defaultPreemption)(nil)
	_ framework.EnqueueExtensions = (*defaultPreemption)(nil)
)

func newDefaultPreemption(args framework.Args, h *framework.Handle) (framework.Plugin, error) {
	a := args.(*DefaultPreemptionArgs)
	return &defaultPreemption{
		snapshot: h.Snapshot, objects: h.Objects,
		percentage: int(*a.MinCandidateNodesPercentage), absolute: int(*a.MinCandidateNodesAbsolute),
		every: h.EveryCandidate, draws: sim.NewStream(h.Seed, "scheduler/preemption"),
		wallOffset: h.WallOffset, evicting: map[string]*model.Pod{},
		noVictims: framework.NewStatus(DefaultPreemption, framework.UnschedulableAndUnresolvable, reasonNoVictims),
		gate:      framework.NewStatus(DefaultPreemption, framework.UnschedulableAndUnresolvable, reasonEvicting),
	}, nil
}

// Name is DefaultPreemption.
func (*defaultPreemption) Name() string { return DefaultPreemption }

// PreEnqueue holds a pod back while its last victim has not been seen to go.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/executor.go isRunningPreemption.
func (pl *defaultPreemption) PreEnqueue(pod *model.Pod) *framework.Status {
	victim := pl.evicting[identity(pod)]
	if victim == nil {
		return nil
	}
	if node := pl.snapshot.Node(victim.NodeName); node != nil {
		for _, p := range node.Pods {
			if identity(p.Pod) == identity(victim) && !p.Pod.Deleting {
				return pl.gate
			}
		}
	}
	delete(pl.evicting, identity(pod))
	return nil
}

// identity is a pod's uid or, for one made without, its name.
func identity(pod *model.Pod) string {
	if pod.UID != "" {
		return pod.UID
	}
	return pod.Key()
}

// EventsToRegister is pods on nodes that go: what gates a pod here ends with them. Whether the pod is
// worth a try is for the plugins to say that rejected it.
func (*defaultPreemption) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{{
		Event: framework.EventAssignedPodDelete,
		Hint:  func(*model.Pod, model.Object, model.Object) framework.Hint { return framework.QueueSkip },
	}}
}

// PostFilter looks for the node on which evictions do the least harm.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/preemption.go Preempt, evaluate.
func (pl *defaultPreemption) PostFilter(pod *framework.PodInfo, trial framework.Trial) (*framework.PostFilterResult, *framework.Status) {
	if why := eligible(pod.Pod, trial); why != "" {
		return nil, pl.said(framework.Unschedulable, why)
	}
	nodes := pl.nodes[:0]
	for _, node := range trial.Snapshot().Nodes {
		if trial.Status(node).Code() == framework.Unschedulable {
			nodes = append(nodes, node)
		}
	}
	pl.nodes = nodes
	found := pl.dryRun(pod, trial, nodes)
	if len(found.candidates) == 0 {
		if len(found.faults) > 0 {
			return nil, pl.said(framework.Error, framework.Aggregate(found.faults))
		}
		why := framework.FitMessage(len(trial.Snapshot().Nodes), found.statuses, reasonPreemptNotHelps)
		return &framework.PostFilterResult{}, pl.said(framework.Unschedulable, why)
	}
	best := pl.bestCandidates(found.candidates)
	chosen := best[0]
	if !pl.every {
		chosen = best[pl.draws.IntN(len(best))]
	}
	pl.weigh(trial, found.candidates, &chosen)
	if last := lastStaying(chosen.Victims); last != nil {
		pl.evicting[identity(pod.Pod)] = last
	}
	return &framework.PostFilterResult{
		NominatedNode: chosen.Node, Victims: chosen.Victims, Candidates: found.candidates, Best: best,
	}, pl.said(framework.Success, fmt.Sprintf("found a potential placement for pod on node %v, preempting %d victims", chosen.Node, len(chosen.Victims)))
}

// said is a status in the plugin's words.
func (*defaultPreemption) said(code framework.Code, why string) *framework.Status {
	return framework.NewStatus(DefaultPreemption, code, "preemption: "+why)
}

// lastStaying is the last victim that is not on its way out already, nil when all are.
func lastStaying(victims []*model.Pod) *model.Pod {
	for i := len(victims) - 1; i >= 0; i-- {
		if !victims[i].Deleting {
			return victims[i]
		}
	}
	return nil
}

// eligible says why the pod may not evict others now, "" when it may.
// Source: kubernetes v1.37.2 defaultpreemption/default_preemption.go PodEligibleToPreemptOthers.
func eligible(pod *model.Pod, trial framework.Trial) (why string) {
	if pod.Spec.PreemptionPolicy == "Never" {
		return reasonNeverPreempts
	}
	nominated := trial.Snapshot().Node(pod.Status.NominatedNodeName)
	if nominated == nil || trial.Status(nominated).Code() == framework.UnschedulableAndUnresolvable {
		return ""
	}
	for _, p := range nominated.Pods {
		if p.Priority < pod.Spec.Priority && leavingByPreemption(p.Pod) {
			return reasonVictimsLeaving
		}
	}
	return ""
}

// leavingByPreemption says whether a pod is terminating because a scheduler evicted it.
func leavingByPreemption(pod *model.Pod) bool {
	if !pod.Deleting {
		return false
	}
	c := pod.Status.Condition(model.DisruptionTarget)
	return c != nil && c.Status == "True" && c.Reason == "PreemptionByScheduler"
}
