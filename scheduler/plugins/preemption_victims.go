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

// victimWork is what looking for victims works on, node after node.
type victimWork struct {
	potential, inTurn, others, victims []victim
	allowed                            []int32
	order                              byImportance
	space                              []*model.Pod
}

// podSlab is how many victims there is room made for at a time.
const podSlab = 1024

// pods are the victims as pods.
func (w *victimWork) pods(victims []victim) []*model.Pod {
	n := len(victims)
	if len(w.space) < n {
		w.space = make([]*model.Pod, max(podSlab, n))
	}
	pods := w.space[:n:n]
	w.space = w.space[n:]
	for i := range victims {
		pods[i] = victims[i].info.Pod
	}
	return pods
}

// lowerPriority picks the pods below a priority. The list serves once.
func (pl *defaultPreemption) lowerPriority(pods []*framework.PodInfo, priority int32) []victim {
	out := pl.work.potential[:0]
	for i, p := range pods {
		if p.Priority < priority {
			out = append(out, victim{p, pl.startTime(p.Pod), i})
		}
	}
	pl.work.potential = out
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

// byImportance puts the most important first: higher priority, then longer running. Pods that have not
// started get the clock's time one after the other upstream, so their order on the node counts.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/util.go MoreImportantVictim.
type byImportance []victim

func (s *byImportance) Len() int      { return len(*s) }
func (s *byImportance) Swap(i, j int) { (*s)[i], (*s)[j] = (*s)[j], (*s)[i] }
func (s *byImportance) Less(i, j int) bool {
	a, b := &(*s)[i], &(*s)[j]
	switch {
	case a.info.Priority != b.info.Priority:
		return a.info.Priority > b.info.Priority
	case a.started != b.started:
		return a.started < b.started
	}
	return !a.info.Pod.Status.HasStarted && a.order < b.order
}

// sort sorts by importance. It takes the steps of sort.Slice, which upstream uses, so that equals end up
// in upstream's order.
func (w *victimWork) sort(victims []victim) {
	w.order = victims
	sort.Sort(&w.order)
}

// byBudget puts victims in the turn in which they may come back: first those whose eviction a budget
// forbids, which it counts, then the others. Each counts against the budgets that select it, in the
// order of importance.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/util.go FilterVictimsWithPDBViolation.
func (w *victimWork) byBudget(victims []victim, budgets []*model.PodDisruptionBudget) (protected int) {
	w.allowed = w.allowed[:0]
	for _, b := range budgets {
		w.allowed = append(w.allowed, b.Status.DisruptionsAllowed)
	}
	w.inTurn, w.others = w.inTurn[:0], w.others[:0]
	for _, v := range victims {
		if violates(v.info.Pod, budgets, w.allowed) {
			w.inTurn = append(w.inTurn, v)
		} else {
			w.others = append(w.others, v)
		}
	}
	protected = len(w.inTurn)
	w.inTurn = append(w.inTurn, w.others...)
	return protected
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
		equal := best[:0]
		for i := range best {
			if score(pl, &best[i]) == highest {
				equal = append(equal, best[i])
			}
		}
		best = equal
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
