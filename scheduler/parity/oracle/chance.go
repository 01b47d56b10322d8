package oracle

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/defaultpreemption"

	"towtank.dev/towtank/sim"
)

// chance is what upstream draws from a source that nobody can seed.
type chance interface {
	// candidates are the node at which preemption begins to look, and how many candidates are enough.
	candidates(dp *defaultpreemption.DefaultPreemption, pod *v1.Pod, nodes int32) (offset, count int32)
	// pick is one of the best candidates.
	pick(pod *v1.Pod, best int) int
}

// noChance has preemption look at every node and take the first of the best.
type noChance struct{}

func (noChance) candidates(_ *defaultpreemption.DefaultPreemption, _ *v1.Pod, nodes int32) (offset, count int32) {
	return everyCandidate(nodes)
}

func (noChance) pick(*v1.Pod, int) int { return 0 }

// seeded draws from the stream from which a run of that seed draws, one for each profile.
type seeded struct {
	seed    uint64
	streams map[string]*sim.Stream
}

func (s *seeded) stream(pod *v1.Pod) *sim.Stream {
	profile := pod.Spec.SchedulerName
	if s.streams[profile] == nil {
		s.streams[profile] = sim.NewStream(s.seed, "scheduler/preemption")
	}
	return s.streams[profile]
}

func (s *seeded) candidates(dp *defaultpreemption.DefaultPreemption, pod *v1.Pod, nodes int32) (offset, count int32) {
	_, count = dp.GetOffsetAndNumCandidates(nodes)
	return int32(s.stream(pod).IntN(int(nodes))), count
}

func (s *seeded) pick(pod *v1.Pod, best int) int { return s.stream(pod).IntN(best) }
