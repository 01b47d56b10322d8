package oracle

import (
	"math"
	"slices"
	"strings"

	corev1helpers "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/kubernetes/pkg/scheduler/framework/preemption"
	"k8s.io/kubernetes/pkg/scheduler/util"
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
		func(c preemption.Candidate) int64 { return util.GetEarliestPodStartTime(c.Victims()).UnixNano() },
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
