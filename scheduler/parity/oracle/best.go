package oracle

import (
	"math"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	corev1helpers "k8s.io/component-helpers/scheduling/corev1"
	extenderv1 "k8s.io/kube-scheduler/extender/v1"
	"k8s.io/kubernetes/pkg/scheduler/framework/preemption"
)

// bestCandidates are the candidates that tie by upstream's criteria, by name. Upstream takes
// one of them at random; that the one it takes is among them is checked by the caller.
//
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption.
func bestCandidates(candidates []preemption.Candidate) []preemption.Candidate {
	criteria := []func(preemption.Candidate) int64{
		func(c preemption.Candidate) int64 { return -c.Victims().NumPDBViolations },
		func(c preemption.Candidate) int64 { return -int64(corev1helpers.PodPriority(c.Victims().Pods[0])) },
		func(c preemption.Candidate) int64 {
			var sum int64
			for _, p := range c.Victims().Pods {
				sum += int64(corev1helpers.PodPriority(p)) + int64(math.MaxInt32+1)
			}
			return -sum
		},
		func(c preemption.Candidate) int64 { return -int64(len(c.Victims().Pods)) },
		func(c preemption.Candidate) int64 { return earliestStart(c.Victims()) },
	}
	best := slices.Clone(candidates)
	for _, score := range criteria {
		top := score(best[0])
		for _, c := range best {
			top = max(top, score(c))
		}
		best = slices.DeleteFunc(best, func(c preemption.Candidate) bool { return score(c) != top })
	}
	slices.SortFunc(best, func(a, b preemption.Candidate) int { return strings.Compare(a.Name(), b.Name()) })
	return best
}

// earliestStart is when the first of the most important victims started, in nanoseconds. One that has not
// started yet counts as starting now, which is later than all others, and the same for all: upstream looks
// at the clock anew for each, so that the one it happens to come to last wins, in the order of a map.
//
// Source: kubernetes v1.37.2 pkg/scheduler/util/utils.go GetEarliestPodStartTime, GetPodStartTime.
func earliestStart(victims *extenderv1.Victims) int64 {
	earliest, highest := int64(math.MaxInt64), corev1helpers.PodPriority(victims.Pods[0])
	for _, p := range victims.Pods {
		highest = max(highest, corev1helpers.PodPriority(p))
	}
	for _, p := range victims.Pods {
		if started := p.Status.StartTime; started != nil && corev1helpers.PodPriority(p) == highest {
			earliest = min(earliest, started.UnixNano())
		}
	}
	return earliest
}

// unstarted says whether a candidate has victims that have not started, for which upstream looks at the
// clock.
func unstarted(candidates []preemption.Candidate) bool {
	return slices.ContainsFunc(candidates, func(c preemption.Candidate) bool {
		return slices.ContainsFunc(c.Victims().Pods, func(p *v1.Pod) bool { return p.Status.StartTime == nil })
	})
}
