package kubelet

import "towtank.dev/towtank/model"

// spares are slices of pods that are gone, and of syncs that are over, for others to use again: of a pod that
// lives for some minutes they are a good part of the memory that its life takes.
type spares struct {
	planned    [][]step
	containers [][]model.ContainerStatus
	conditions [][]model.PodCondition
}

// most is how many slices of a sort are kept.
const most = 64

// steps returns an empty slice for the steps of a sync: the one that is there, or a spare one.
func (s *spares) steps(have []step) []step {
	if have == nil && len(s.planned) > 0 {
		have = s.planned[len(s.planned)-1]
		s.planned = s.planned[:len(s.planned)-1]
	}
	return have[:0]
}

// giveSteps takes back the steps of a sync that is over.
func (s *spares) giveSteps(w *worker) {
	if w.steps != nil && len(s.planned) < most {
		s.planned = append(s.planned, w.steps[:0])
		w.steps, w.step = nil, 0
	}
}

// status gives a pod's status room.
func (s *spares) status(w *worker) {
	if n := len(s.containers); n > 0 {
		w.status.Containers = s.containers[n-1]
		s.containers = s.containers[:n-1]
	}
	if n := len(s.conditions); n > 0 {
		w.status.Conditions = s.conditions[n-1]
		s.conditions = s.conditions[:n-1]
	}
}

// recycle takes the slices of a pod's status back.
func (f *Fleet) recycle(w *worker) {
	s := &f.spare
	if w.status.Containers != nil && len(s.containers) < most {
		clear(w.status.Containers)
		s.containers = append(s.containers, w.status.Containers[:0])
	}
	if w.status.Conditions != nil && len(s.conditions) < most {
		clear(w.status.Conditions)
		s.conditions = append(s.conditions, w.status.Conditions[:0])
	}
	w.status.Containers, w.status.Conditions = nil, nil
}
