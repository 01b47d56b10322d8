package controllers

import (
	"slices"

	"towtank.dev/towtank/model"
)

// roll deletes pods of the old revision, from the highest ordinal down to the partition, as long as no more
// than maxUnavailable are down.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go
// updateStatefulSetAfterInvariantEstablished (gate MaxUnavailableStatefulSet, on in v1.37).
func (s *statefulSync) roll() error {
	budget := unavailableAllowed(s.set)
	down, stuck := 0, 0
	for _, p := range s.replicas {
		if !s.unavailable(p) {
			continue
		}
		down++
		if !s.ordered && s.outdated(p) && !p.Deleting {
			stuck++
		}
	}
	if down >= budget && stuck == 0 {
		return nil
	}
	targets := s.replicas[min(int(s.set.UpdateStrategy.Partition), len(s.replicas)):]
	if s.ordered {
		_, err := s.remove(targets, budget-down, func(p *model.Pod) bool { return !p.Deleting })
		return err
	}
	// What serves nobody goes first and costs nothing of the budget.
	if _, err := s.remove(targets, len(targets), func(p *model.Pod) bool {
		return !s.c.manager.available(p, s.set.MinReadySeconds) && !p.Deleting
	}); err != nil {
		return err
	}
	_, err := s.remove(targets, budget-down, func(p *model.Pod) bool { return !s.unavailable(p) })
	return err
}

// remove deletes up to n of the pods of the old revision of which may says yes, the last ones first.
func (s *statefulSync) remove(targets []*model.Pod, n int, may func(p *model.Pod) bool) (int, error) {
	removed := 0
	for _, p := range slices.Backward(targets) {
		if removed >= n {
			break
		}
		if !s.outdated(p) || !may(p) {
			continue
		}
		if err := s.delete(p); err != nil {
			return removed, err
		}
		removed++
		s.status.CurrentReplicas--
	}
	return removed, nil
}

// outdated says whether a pod is not of the revision that is being rolled out.
func (s *statefulSync) outdated(p *model.Pod) bool {
	return p.Labels[model.LabelRevisionHash] != s.update.Name
}

// unavailableAllowed is how many pods of a set may be down during an update: a share is rounded down, and is 1 at
// least.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go getStatefulSetMaxUnavailable.
func unavailableAllowed(set *model.StatefulSet) int {
	if set.UpdateStrategy.MaxUnavailable == nil {
		return 1
	}
	return max(1, int(set.UpdateStrategy.MaxUnavailable.Of(set.Replicas, false)))
}
