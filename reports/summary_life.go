package reports

import (
	"math"

	"towtank.dev/towtank/sim/record"
)

// evicted says whether a pod had to go from its node: the kubelet evicted or shut it down, a taint did, or
// somebody through the API, such as a drain. Pods that made room for others are counted on their own.
func evicted(r *record.PodRow) bool {
	switch r.Disruption {
	case "EvictionByEvictionAPI", "DeletionByTaintManager", "TerminationByKubelet":
		return true
	}
	return r.Reason == "Evicted"
}

// Container counts a start of a container.
func (s *Summary) Container(r *record.ContainerRow) {
	s.Starting++
	s.HeldBack += r.HeldBack
	if r.Reason == "OOMKilled" {
		s.OOMKills++
	}
	if r.Pulled {
		s.Pulls.Add(r.Pull)
		s.LongestPull = max(s.LongestPull, r.Pull)
	}
}

// Workload counts a workload. Jobs want as many pods as they have work for: they are not available or not.
func (s *Summary) Workload(r *record.WorkloadRow) {
	if r.Kind == "Job" {
		return
	}
	s.Workloads++
	s.Wanted += r.WantedIntegral
	s.Available += r.AvailableIntegral
	s.Below += r.BelowFor
	s.Rollouts += int64(r.Rollouts)
	s.LongestRollout = max(s.LongestRollout, r.LongestRollout)
	s.Surge = max(s.Surge, int64(r.Surge))
}

// ofWorkloads is a figure on workloads, NaN when there are none.
func (s *Summary) ofWorkloads(x float64) float64 {
	if s.Workloads == 0 {
		return math.NaN()
	}
	return x
}

// pulls is a figure on pulls, NaN when there are none.
func (s *Summary) pulls(x float64) float64 {
	if s.Pulls.n == 0 {
		return math.NaN()
	}
	return x
}

// lifeFigures tell of containers, workloads and Services; there are none where there is nothing to tell.
func (s *Summary) lifeFigures() []Figure {
	var figures []Figure
	if s.Starting > 0 && (s.Restarts+s.OOMKills+s.Evicted+s.Pulls.n > 0 || s.NotReady > 0) {
		figures = append(figures, Figure{Key: "containers", Label: "CONTAINERS", Parts: []Part{
			{Key: "starts", Before: "started ", Value: Count(s.Starting)},
			{Key: "oom_kills", Before: "OOM kills ", Value: Count(s.OOMKills), Rare: true},
			{Key: "evicted", Before: "pods evicted ", Value: Count(s.Evicted), Rare: true},
			{Key: "held_back_seconds", Before: "held back ", Value: Span(s.HeldBack), Rare: true},
			{Key: "not_ready_seconds", Before: "not ready ", Value: Span(s.NotReady), Rare: true},
		}})
	}
	if s.Pulls.n > 0 {
		figures = append(figures, Figure{Key: "pulls", Label: "PULLS", Parts: []Part{
			{Key: "pulls", Value: Count(s.Pulls.n)},
			{Key: "mean_seconds", Before: "mean ", Value: Number(s.Pulls.Mean(), UnitSpan)},
			{Key: "max_seconds", Before: "max ", Value: Span(s.LongestPull)},
		}, Remark: "images pulled"})
	}
	if s.Workloads > 0 {
		figures = append(figures, Figure{Key: "workloads", Label: "WORKLOADS", Parts: []Part{
			{Key: "workloads", Value: Count(s.Workloads)},
			{Key: "availability", Before: "available ", Value: Number(ratio(s.Available, s.Wanted), UnitShare)},
			{Key: "below_seconds", Before: "below wanted ", Value: Span(s.Below)},
			{Key: "rollouts", Before: "rollouts ", Value: Count(s.Rollouts)},
			{Key: "longest_rollout_seconds", Before: "longest ", Value: Span(s.LongestRollout)},
			{Key: "surge", Before: "surge ", Value: Count(s.Surge), Rare: true},
		}})
	}
	if s.Services > 0 {
		figures = append(figures, s.servicesFigure())
	}
	return figures
}
