package plugins

import (
	"math"

	"towtank.dev/towtank/scheduler/framework"
)

// NodeResourcesFit and NodeResourcesBalancedAllocation look at many nodes at once for pods that request
// CPU and memory only, by the same formulas as node by node.

var (
	_ framework.RowFilter = (*nodeResourcesFit)(nil)
	_ framework.RowScorer = (*nodeResourcesFit)(nil)
	_ framework.RowScorer = (*nodeResourcesBalancedAllocation)(nil)
)

// FiltersRows holds unless the pod requests more than CPU and memory.
func (*nodeResourcesFit) FiltersRows(pod *framework.PodInfo) bool {
	return pod.Requests.EphemeralStorage == 0 && len(pod.Requests.Scalars) == 0
}

// FilterRows is Filter without the reason.
func (*nodeResourcesFit) FilterRows(pod *framework.PodInfo, rows []framework.Row, fits []bool) {
	// What is not requested is not compared: a node may be overfull of it.
	cpu, memory := int64(math.MinInt64/2), int64(math.MinInt64/2)
	if pod.Requests.MilliCPU > 0 {
		cpu = pod.Requests.MilliCPU
	}
	if pod.Requests.Memory > 0 {
		memory = pod.Requests.Memory
	}
	fits = fits[:len(rows)]
	for i := range rows {
		r := &rows[i]
		fits[i] = min(int64(r.Room)-1, r.MilliCPU-r.UsedMilliCPU-cpu, r.Memory-r.UsedMemory-memory) >= 0
	}
}

// ScoresRows holds for the linear strategies on CPU and memory.
func (pl *nodeResourcesFit) ScoresRows(*framework.PodInfo) bool {
	return pl.strategy != RequestedToCapacityRatio && onlyCPUAndMemory(pl.resources)
}

// onlyCPUAndMemory says whether these two are the resources, each once.
func onlyCPUAndMemory(resources []scoredResource) bool {
	return len(resources) == 2 && min(resources[0].kind, resources[1].kind) == kindCPU && max(resources[0].kind, resources[1].kind) == kindMemory
}

// ScoreRows is Score.
func (pl *nodeResourcesFit) ScoreRows(pod *framework.PodInfo, weight int32, rows []framework.Row, scores []int32) {
	first, second := pl.resources[0].weight, pl.resources[1].weight
	if pl.resources[0].kind == kindMemory {
		first, second = second, first
	}
	cpu, memory, least := pod.ScoredRequests.MilliCPU, pod.ScoredRequests.Memory, pl.strategy == LeastAllocated
	usual := least && first == 1 && second == 1
	scores = scores[:len(rows)]
	for i := range rows {
		r := &rows[i]
		if usual && r.PerMilliCPU != 0 {
			sum := free(r.MilliCPU-r.NonZeroMilliCPU-cpu, r.PerMilliCPU) + free(r.Memory-r.NonZeroMemory-memory, r.PerMemory)
			scores[i] += weight * int32(uint32(sum)/2)
			continue
		}
		var sum, weights int64
		if r.MilliCPU != 0 {
			sum, weights = first*linearScore(least, r.NonZeroMilliCPU+cpu, r.MilliCPU), first
		}
		if r.Memory != 0 {
			sum, weights = sum+second*linearScore(least, r.NonZeroMemory+memory, r.Memory), weights+second
		}
		if weights != 0 {
			scores[i] += weight * int32(sum/weights)
		}
	}
}

// free is the free share of a capacity in whole hundredths, none when the capacity is exceeded; per is
// 1 / capacity, rounded. Multiplying is quicker than dividing, and off by less than 2^-44: two roundings
// of at most 2^-53 of up to 100 each, and one more when the nudge is added. As capacities are below 2^42,
// the true quotient is either whole, and the nudge of 2^-43 takes the product past it, or more than
// 2^-42 below the next whole number, which the product then does not reach.
func free(amount int64, per float64) int32 {
	const nudge = 1.0 / (1 << 43)
	if amount < 0 {
		return 0
	}
	return int32(float64(amount*framework.MaxNodeScore)*per + nudge)
}

// linearScore is resourceScore for the linear strategies.
func linearScore(least bool, requested, capacity int64) int64 {
	if requested > capacity {
		if least {
			return 0
		}
		requested = capacity
	}
	if least {
		requested = capacity - requested
	}
	return quotient(requested*framework.MaxNodeScore, capacity)
}

// quotient is a/b, for b > 0 and a result of at most 100. Where b is below 2^44 the true quotient is
// either whole or at least 2^-51 of itself away from the next whole number above, which rounding cannot
// reach: so dividing in floating point, which is quicker, gives the same.
func quotient(a, b int64) int64 {
	if b < 1<<44 && a >= 0 {
		return int64(float64(a) / float64(b))
	}
	return a / b
}

// ScoresRows holds for CPU and memory.
func (pl *nodeResourcesBalancedAllocation) ScoresRows(*framework.PodInfo) bool {
	return onlyCPUAndMemory(pl.resources)
}

// ScoreRows is Score.
func (pl *nodeResourcesBalancedAllocation) ScoreRows(pod *framework.PodInfo, weight int32, rows []framework.Row, scores []int32) {
	cpu, memory := pod.Holding.MilliCPU, pod.Holding.Memory
	const half = framework.MaxNodeScore / 2
	scores = scores[:len(rows)]
	for i := range rows {
		r := &rows[i]
		if r.MilliCPU == 0 || r.Memory == 0 {
			// One resource is always in balance.
			scores[i] += weight * (half + half/2)
			continue
		}
		with, sure := wholeOf(nearBalance(float64(r.UsedMilliCPU+cpu)*r.PerMilliCPU, float64(r.UsedMemory+memory)*r.PerMemory))
		if !sure {
			with = exactBalance(r, cpu, memory)
		}
		if r.Memo == 0 {
			// The score without the pod, plus 1.
			r.Memo = 1 + balanced(r, 0, 0)
		}
		scores[i] += weight * (half + (half+with-(r.Memo-1))/2)
	}
}

// balanced is balance when so much more is used, without dividing as a rule.
func balanced(r *framework.Row, cpu, memory int64) int32 {
	score, sure := wholeOf(nearBalance(float64(r.UsedMilliCPU+cpu)*r.PerMilliCPU, float64(r.UsedMemory+memory)*r.PerMemory))
	if !sure {
		score = exactBalance(r, cpu, memory)
	}
	return score
}

// wholeOf cuts a near balance to a whole number. It is not sure next to one: a near balance is off, though
// by less than 2^-40.
func wholeOf(near float64) (whole int32, sure bool) {
	const margin = 1.0 / (1 << 30)
	whole = int32(near)
	rest := near - float64(whole)
	return whole, rest > margin && rest < 1-margin
}

// nearBalance is balance of shares that are a little off.
func nearBalance(a, b float64) float64 {
	if a > 1 {
		a = 1
	}
	if b > 1 {
		b = 1
	}
	return framework.MaxNodeScore - math.Abs(a-b)*(framework.MaxNodeScore/2)
}

// exactBalance is seldom needed, and not to take up room where it is not.
//
//go:noinline
func exactBalance(r *framework.Row, cpu, memory int64) int32 {
	return int32(balance(r.UsedMilliCPU+cpu, r.MilliCPU, r.UsedMemory+memory, r.Memory))
}

// balance is deviation.score of two resources.
func balance(usedA, capacityA, usedB, capacityB int64) int64 {
	a := min(float64(usedA)/float64(capacityA), 1)
	b := min(float64(usedB)/float64(capacityB), 1)
	return int64((1 - math.Abs((a-b)/2)) * framework.MaxNodeScore)
}
