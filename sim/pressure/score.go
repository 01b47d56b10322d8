package pressure

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/kubelet"
)

// The scores of containers that are no middle case.
// Source: kubernetes v1.37.2 pkg/kubelet/qos/policy.go guaranteedOOMScoreAdj, besteffortOOMScoreAdj.
const (
	guaranteedAdj = -997
	bestEffortAdj = 1000
)

// ScoreAdj is the oom_score_adj of a container, from -997 to 1000: the higher, the sooner the kernel kills
// it. Capacity is the node's memory in bytes, above 0. Container must be one of the pod's.
// Source: kubernetes v1.37.2 pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust.
func ScoreAdj(p *model.Pod, c *model.Container, capacity int64) int {
	if kubelet.Critical(p) && p.Spec.PriorityClassName == "system-node-critical" {
		return guaranteedAdj
	}
	switch p.Status.QOSClass {
	case "Guaranteed":
		return guaranteedAdj
	case "BestEffort":
		return bestEffortAdj
	}
	rest := restPerContainer(p.Spec)
	adj := 1000 - 1000*(memoryOf(c.Requests)+rest)/capacity
	if c.Sidecar() {
		adj = min(adj, 1000-1000*(smallestRequest(p.Spec)+rest)/capacity)
	}
	return int(min(max(adj, 1000+guaranteedAdj), bestEffortAdj-1))
}

// restPerContainer is each container's part of what the pod requests as a whole and no container does.
// Source: kubernetes v1.37.2 pkg/kubelet/qos/policy.go remainingPodMemReqPerContainer.
func restPerContainer(s *model.PodSpec) int64 {
	whole, ok := s.PodRequests.Get(model.ResourceMemory)
	if !ok {
		return 0
	}
	bare := model.PodSpec{InitContainers: s.InitContainers, Containers: s.Containers}
	return max(whole.Value()-memoryOf(bare.EffectiveRequests()), 0) / int64(len(s.Containers)+len(s.InitContainers))
}

// smallestRequest is the least that a regular container requests, in bytes.
// Source: kubernetes v1.37.2 pkg/kubelet/qos/policy.go minRegularContainerMemory.
func smallestRequest(s *model.PodSpec) int64 {
	least := memoryOf(s.Containers[0].Requests)
	for i := range s.Containers {
		least = min(least, memoryOf(s.Containers[i].Requests))
	}
	return least
}

func memoryOf(l model.ResourceList) int64 {
	q, _ := l.Get(model.ResourceMemory)
	return q.Value()
}

// Badness is how much the kernel would like to kill what holds so many bytes and has that oom_score_adj,
// where total bytes are to be had.
// Source: linux 6.12 mm/oom_kill.c oom_badness.
func Badness(held float64, adj int, total int64) float64 {
	return held + float64(adj)*float64(total/1000)
}
