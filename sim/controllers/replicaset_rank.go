package controllers

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// podsToDelete returns the n pods of a set that can best be spared. The slice is put in order.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set.go getPodsToDelete,
// getPodsRankedByRelatedPodsOnSameNode, getIndirectlyRelatedPods.
func (c *replicas) podsToDelete(set *model.ReplicaSet, pods []*model.Pod, n int) []*model.Pod {
	if n >= len(pods) {
		return pods
	}
	onNode := map[string]int{}
	for _, sibling := range c.sets.siblings(set) {
		for p := range c.pods.OwnedBy(sibling.UID) {
			if active(p) && sibling.Selector.Matches(p.Labels) {
				onNode[p.NodeName]++
			}
		}
	}
	ranks := make([]spare, len(pods))
	for i, p := range pods {
		ranks[i] = c.manager.rank(p, onNode[p.NodeName])
	}
	slices.SortFunc(ranks, compareSpare)
	out := make([]*model.Pod, n)
	for i := range out {
		out[i] = ranks[i].pod
	}
	return out
}

// spare is what decides how well a pod can be spared. What comes first goes first.
type spare struct {
	pod        *model.Pod
	assigned   bool
	phase      int
	ready      bool
	cost       int32
	related    int
	readySince sim.Time
	readyAge   int64 // log2 of the nanoseconds, -1 for none
	restarts   int32
	sidecars   int32 // their restarts
	created    sim.Time
	age        int64
}

// rank looks at a pod that has a number of active pods of the same owner on its node.
func (m *Manager) rank(p *model.Pod, related int) spare {
	now := m.Engine.Now()
	s := spare{pod: p, assigned: p.NodeName != "", phase: phaseOrder[p.Status.Phase], ready: ready(p),
		cost: deletionCost(p), related: related, created: m.Second(p.Created)}
	s.age = magnitude(now.Sub(s.created))
	if s.ready {
		s.readySince = m.readySince(p)
		s.readyAge = magnitude(now.Sub(s.readySince))
	}
	s.restarts, s.sidecars = restartsOf(p)
	return s
}

// phaseOrder is the order in which pods of a phase are spared.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go podPhaseToOrdinal.
var phaseOrder = map[model.Phase]int{model.PodPending: 0, model.PodUnknown: 1, model.PodRunning: 2}

// compareSpare is the order in which pods are deleted: what runs least well first, then what costs least, what is
// doubled on a node, and what is youngest. Ages count by their magnitude only, and by UID within one.
//
// Differs from upstream: pods that are equal in all of this come in the order of their UIDs, there in any.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go ActivePodsWithRanks.Less.
func compareSpare(a, b spare) int {
	switch {
	case a.assigned != b.assigned:
		return before(!a.assigned)
	case a.phase != b.phase:
		return cmp.Compare(a.phase, b.phase)
	case a.ready != b.ready:
		return before(!a.ready)
	case a.cost != b.cost:
		return cmp.Compare(a.cost, b.cost)
	case a.related != b.related:
		return cmp.Compare(b.related, a.related)
	case a.ready && a.readySince != b.readySince:
		return cmp.Or(cmp.Compare(a.readyAge, b.readyAge), cmp.Compare(a.pod.UID, b.pod.UID))
	case a.restarts != b.restarts:
		return cmp.Compare(b.restarts, a.restarts)
	case a.sidecars != b.sidecars:
		return cmp.Compare(b.sidecars, a.sidecars)
	case a.created != b.created:
		return cmp.Or(cmp.Compare(a.age, b.age), cmp.Compare(a.pod.UID, b.pod.UID))
	}
	return cmp.Compare(a.pod.UID, b.pod.UID)
}

func before(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

// magnitude is the binary logarithm of a span in nanoseconds, rounded down; -1 for one that is not positive.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go logarithmicRankDiff.
func magnitude(d time.Duration) int64 {
	if d <= 0 {
		return -1
	}
	return int64(math.Log2(float64(d)))
}

// deletionCost is what a pod says of itself; what is no number counts as 0.
// Source: kubernetes v1.37.2 pkg/apis/core/helper/helpers.go GetDeletionCostFromPodAnnotations, validFirstDigit.
func deletionCost(p *model.Pod) int32 {
	text := p.Annotations[model.AnnotationDeletionCost]
	if text == "" || text[0] != '-' && text != "0" && (text[0] < '1' || text[0] > '9') {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

// restartsOf returns the most restarts that a container of the pod has had, and those of a sidecar.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go maxContainerRestarts.
func restartsOf(p *model.Pod) (containers, sidecars int32) {
	for i := range p.Status.Containers {
		containers = max(containers, p.Status.Containers[i].RestartCount)
	}
	for i := range p.Spec.InitContainers {
		if !p.Spec.InitContainers[i].Sidecar() {
			continue
		}
		for j := range p.Status.InitContainers {
			if s := &p.Status.InitContainers[j]; s.Name == p.Spec.InitContainers[i].Name {
				sidecars = max(sidecars, s.RestartCount)
			}
		}
	}
	return containers, sidecars
}
