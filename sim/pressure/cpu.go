package pressure

import (
	"math"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Demand is what a container wants of its node's CPU.
type Demand struct {
	Wants  float64 // cores
	Weight float64 // above 0; in proportion to them the CPU is shared while it is short
	Limit  float64 // cores, 0: none
}

// Shares gives each container its part of so many cores: what it wants, up to its limit; where that is more
// than there is, by weight, what one does not want being shared among the others. The shares are cores, in
// the order of the demands.
// Source: linux 6.12 kernel/sched/fair.c (cpu.weight), kernel/sched/core.c (cpu.max).
func Shares(cores float64, demands []Demand) []float64 {
	out := make([]float64, len(demands))
	open := make([]int, 0, len(demands))
	wants := func(d *Demand) float64 {
		if d.Limit > 0 {
			return min(d.Wants, d.Limit)
		}
		return d.Wants
	}
	for i := range demands {
		open = append(open, i)
	}
	for len(open) > 0 {
		weights := 0.0
		for _, i := range open {
			weights += demands[i].Weight
		}
		rest := open[:0:0]
		left := cores
		for _, i := range open {
			if want := wants(&demands[i]); want <= cores*demands[i].Weight/weights {
				out[i] = want
				left -= want
			} else {
				rest = append(rest, i)
			}
		}
		if len(rest) == len(open) {
			for _, i := range open {
				out[i] = cores * demands[i].Weight / weights
			}
			break
		}
		open, cores = rest, max(left, 0)
	}
	return out
}

// minimumShares is the weight of a container that requests no CPU, where 1024 is that of a core.
// Source: kubernetes v1.37.2 pkg/kubelet/cm/helpers_linux.go MilliCPUToShares (MinShares, SharesPerCPU).
const minimumShares, sharesPerCore = 2, 1024

// Weight is the weight of a container that requests so many thousandths of a core, 0 or more.
func Weight(milliCPU int64) float64 {
	return float64(max(milliCPU*sharesPerCore/1000, minimumShares))
}

// throttles says whether it matters to a container of the node which CPU it gets.
func (n *node) throttles() bool {
	for _, u := range n.uses {
		if u.slows {
			return true
		}
	}
	return false
}

// giveCPU tells containers to which that matters which part of the CPU that they want they get.
func (m *Manager) giveCPU(now sim.Time, n *node) {
	if !n.throttles() {
		return
	}
	demands := make([]Demand, len(n.uses))
	for i, u := range n.uses {
		request, _ := u.Spec.Requests.Get(model.ResourceCPU)
		limit, _ := u.Spec.Limits.Get(model.ResourceCPU)
		demands[i] = Demand{Wants: u.cpu.at(now), Limit: float64(limit.MilliValue()) / 1000,
			Weight: Weight(request.MilliValue())}
	}
	uses := append([]*use(nil), n.uses...)
	for i, gets := range Shares(m.cores(n), demands) {
		share := 1.0
		if wants := demands[i].Wants; wants > 0 {
			share = gets / wants
		}
		if u := uses[i]; share != u.share {
			u.share = share
			if u.slows {
				m.kubelets.SetShare(now, u.Use, share)
			}
		}
	}
	m.plan(n, m.nextShares(now, n, demands))
}

// rampStep is how often shares are worked out anew while what somebody wants changes all the time and is not there.
const rampStep = 10 * time.Second

// nextShares is when shares are to be worked out anew, as long as all want as their lines have it: not before there
// is too little for the first time.
func (m *Manager) nextShares(now sim.Time, n *node, demands []Demand) sim.Time {
	wants, slope, next, ramps, short := 0.0, 0.0, sim.Never, false, false
	for i, u := range n.uses {
		wants, slope = wants+demands[i].Wants, slope+u.cpu.slope
		ramps, short = ramps || u.cpu.slope != 0, short || u.share < 1
		if limit := demands[i].Limit; limit > 0 {
			next = min(next, reaches(now, demands[i].Wants, u.cpu.slope, limit))
		}
	}
	switch {
	case !ramps:
		return sim.Never
	case short:
		return now.Add(rampStep)
	}
	return min(next, reaches(now, wants, slope, m.cores(n)))
}

// reaches is when an amount that is value now and grows by slope a second has just become more than limit; never,
// when it does not grow.
func reaches(now sim.Time, value, slope, limit float64) sim.Time {
	seconds := (limit - value) / slope
	switch {
	case slope <= 0 || seconds > math.MaxInt64/2e9:
		return sim.Never
	case seconds <= 0:
		return now.Add(rampStep)
	}
	return now.Add(time.Duration(math.Ceil(seconds*1e9)) + time.Millisecond)
}

// cores is how many the node has.
func (m *Manager) cores(n *node) float64 {
	object, ok := m.api.Nodes.Get("", n.name)
	if !ok {
		return 0
	}
	q, has := object.Status.Capacity.Get(model.ResourceCPU)
	if !has {
		q, _ = object.Status.Allocatable.Get(model.ResourceCPU)
	}
	return float64(q.MilliValue()) / 1000
}
