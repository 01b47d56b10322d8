package plugins

import (
	"math"
	"slices"
	"sort"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// victim is a pod that may have to go. order is its place on the node.
type victim struct {
	info    *framework.PodInfo
	started sim.Time
	order   int
}

// lowerPriority picks the pods below a priority.
func (pl *defaultPreemption) lowerPriority(pods []*framework.PodInfo, priority int32) []victim {
	var out []victim
	for i, p := range pods {
		if p.Priority < priority {
			out = append(out, victim{p, pl.startTime(p.Pod), i})
		}
	}
	return out
}

// startTime is when the pod started, in whole seconds of the wall clock, as v1 objects hold it: what started
// within one second is equal. One that has not started yet counts as starting now, after all that have.
// Source: kubernetes v1.37.2 pkg/scheduler/util/utils.go GetPodStartTime.
func (pl *defaultPreemption) startTime(pod *model.Pod) sim.Time {
	if pod.Status.HasStarted {
		return pod.Status.Started.TruncateFrom(sim.At(-pl.wallOffset), time.Second)
	}
	return math.MaxInt64
}

// sortByImportance puts the most important first: higher priority, then longer running. It sorts with
// the function upstream uses, so that equals end up in upstream's order. Pods that have not started get
// the clock's time one after the other there, so their order on the node counts.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/util.go MoreImportantVictim.
func sortByImportance(victims []victim) {
	sort.Slice(victims, func(i, j int) bool {
		a, b := &victims[i], &victims[j]
		switch {
		case a.info.Priority != b.info.Priority:
			return a.info.Priority > b.info.Priority
		case a.started != b.started:
			return a.started < b.started
		}
		return !a.info.Pod.Status.HasStarted && a.order < b.order
	})
}

// byBudget splits victims into those whose eviction a budget forbids and the others. Each counts
// against the budgets that select it, in the order of importance.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/util.go FilterVictimsWithPDBViolation.
func byBudget(victims []victim, budgets []*model.PodDisruptionBudget) (protected, others []victim) {
	allowed := make([]int32, len(budgets))
	for i, b := range budgets {
		allowed[i] = b.Status.DisruptionsAllowed
	}
	for _, v := range victims {
		if violates(v.info.Pod, budgets, allowed) {
			protected = append(protected, v)
		} else {
			others = append(others, v)
		}
	}
	return protected, others
}

// violates counts a pod against its budgets, up to the first that allows no more.
func violates(pod *model.Pod, budgets []*model.PodDisruptionBudget, allowed []int32) bool {
	if len(pod.Labels) == 0 {
		return false
	}
	for i, b := range budgets {
		if b.Namespace != pod.Namespace || b.Selector.Empty() || !b.Selector.Matches(pod.Labels) ||
			slices.Contains(b.Status.DisruptedPods, pod.Name) {
			continue
		}
		if allowed[i]--; allowed[i] < 0 {
			return true
		}
	}
	return false
}

// bestCandidates applies upstream's criteria one after another and returns those that are equal in all,
// by name. Upstream takes one of them at random.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption.
func (pl *defaultPreemption) bestCandidates(candidates []framework.Candidate) []framework.Candidate {
	best := slices.Clone(candidates)
	for _, score := range criteria {
		highest := score(pl, &best[0])
		for i := range best {
			highest = max(highest, score(pl, &best[i]))
		}
		best = slices.DeleteFunc(best, func(c framework.Candidate) bool { return score(pl, &c) != highest })
	}
	slices.SortFunc(best, func(a, b framework.Candidate) int {
		if a.Node < b.Node {
			return -1
		}
		return 1
	})
	return best
}

// criteria are to be as large as possible, one after another: few violated budgets, a low highest
// priority, a low sum of priorities (each lifted above zero), few victims, a late start of the most
// important ones.
var criteria = []func(*defaultPreemption, *framework.Candidate) int64{
	func(_ *defaultPreemption, c *framework.Candidate) int64 { return -int64(c.Violations) },
	func(_ *defaultPreemption, c *framework.Candidate) int64 { return -int64(c.Victims[0].Spec.Priority) },
	func(_ *defaultPreemption, c *framework.Candidate) int64 {
		var sum int64
		for _, v := range c.Victims {
			sum += int64(v.Spec.Priority) + math.MaxInt32 + 1
		}
		return -sum
	},
	func(_ *defaultPreemption, c *framework.Candidate) int64 { return -int64(len(c.Victims)) },
	func(pl *defaultPreemption, c *framework.Candidate) int64 { return int64(pl.earliestStart(c.Victims)) },
}

// earliestStart is the earliest start among the victims of the highest priority, which the first one has.
// Source: kubernetes v1.37.2 pkg/scheduler/util/utils.go GetEarliestPodStartTime.
func (pl *defaultPreemption) earliestStart(victims []*model.Pod) sim.Time {
	earliest := pl.startTime(victims[0])
	for _, v := range victims {
		if v.Spec.Priority == victims[0].Spec.Priority {
			earliest = min(earliest, pl.startTime(v))
		}
	}
	return earliest
}
