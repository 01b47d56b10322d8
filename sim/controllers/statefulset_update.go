package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// statefulSync is one sync of a set.
type statefulSync struct {
	c               *statefulSets
	set             *model.StatefulSet
	current, update *model.ControllerRevision
	// replicas are the pods by ordinal, those that are not there yet among them; condemned the others, the
	// highest ordinal first.
	replicas, condemned []*model.Pod
	// firstUnhealthy is the one pod that is not available and may be deleted all the same.
	firstUnhealthy *model.Pod
	// ordered: one step at a time.
	ordered bool
	status  model.StatefulSetStatus
}

// update takes a set a step further and writes its status.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go UpdateStatefulSet, performUpdate.
func (c *statefulSets) update(set *model.StatefulSet, pods []*model.Pod) (*model.StatefulSetStatus, error) {
	list := c.revisionsOf(set)
	current, update, collisions, err := c.currentAndUpdate(set, list)
	if err != nil {
		return nil, err
	}
	s := &statefulSync{c: c, set: set, current: current, update: update, ordered: set.PodManagementPolicy != "Parallel"}
	s.status = model.StatefulSetStatus{ObservedGeneration: set.Generation, CurrentRevision: current.Name,
		UpdateRevision: update.Name, CollisionCount: &collisions, Conditions: set.Status.Conditions}
	s.arrange(pods)
	failed := s.work(pods)
	if err := s.writeStatus(); failed == nil {
		failed = err
	}
	if err := c.truncate(set, pods, list, current, update); failed == nil {
		failed = err
	}
	return &s.status, failed
}

// arrange puts the pods in their places.
func (s *statefulSync) arrange(pods []*model.Pod) {
	start := int(s.set.OrdinalsStart)
	s.replicas = make([]*model.Pod, s.set.Replicas)
	for _, p := range pods {
		switch i := ordinalOf(p) - start; {
		case i >= 0 && i < len(s.replicas):
			s.replicas[i] = p
		case ordinalOf(p) >= 0:
			s.condemned = append(s.condemned, p)
		}
	}
	for i := range s.replicas {
		if s.replicas[i] == nil {
			s.replicas[i] = s.numbered(start + i)
		}
	}
	slices.SortStableFunc(s.condemned, func(a, b *model.Pod) int { return cmp.Compare(ordinalOf(b), ordinalOf(a)) })
	for _, p := range s.replicas {
		if s.firstUnhealthy == nil && s.unavailable(p) {
			s.firstUnhealthy = p
		}
	}
	for _, p := range slices.Backward(s.condemned) {
		if s.firstUnhealthy == nil && s.unavailable(p) {
			s.firstUnhealthy = p
		}
	}
}

// work does what can be done now: the replicas first, then those that are too many, then the update.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go updateStatefulSet.
func (s *statefulSync) work(pods []*model.Pod) error {
	if s.set.Deleting {
		s.count(pods)
		return nil
	}
	steps := []struct {
		pods []*model.Pod
		do   func(p *model.Pod) (bool, error)
	}{{s.replicas, s.replica}, {s.condemned, s.fixClaims}, {s.condemned, s.condemn}}
	for _, step := range steps {
		if exit, err := s.forAll(step.pods, step.do); exit || err != nil {
			s.count(s.replicas, s.condemned)
			return err
		}
	}
	s.count(s.replicas, s.condemned)
	if s.set.UpdateStrategy.Type == model.OnDelete {
		return nil
	}
	return s.roll()
}

// forAll does a step for all pods, until one says that the rest must wait. Sets that are not ordered do not
// wait; there the pods are taken in batches of 1, 2, 4, ..., and what fails stops the next batch.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go runForAll, slowStartBatch.
func (s *statefulSync) forAll(pods []*model.Pod, do func(p *model.Pod) (bool, error)) (exit bool, err error) {
	if s.ordered {
		for _, p := range pods {
			if exit, err := do(p); exit || err != nil {
				return true, err
			}
		}
		return false, nil
	}
	for batch := min(1, len(pods)); batch > 0; batch = min(2*batch, len(pods), maxStatefulBatch) {
		var errs []string
		for _, err := range s.c.loop.Concurrently(batch, func(i int) error { _, err := do(pods[i]); return err }) {
			errs = append(errs, err.Error())
		}
		if len(errs) > 0 {
			return true, aggregate(errs)
		}
		pods = pods[batch:]
	}
	return false, nil
}

// maxStatefulBatch bounds the batches of a set that is not ordered.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go MaxBatchSize.
const maxStatefulBatch = 500

// replica brings one pod to what it should be, and says whether the others must wait for it.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go processReplica.
func (s *statefulSync) replica(p *model.Pod) (bool, error) {
	if p.Terminal() {
		if !p.Deleting {
			return true, s.delete(p)
		}
		return true, nil
	}
	if p.Status.Phase == "" {
		if s.staleClaim(p) {
			return true, nil
		}
		if err := s.create(p); err != nil || s.ordered {
			return true, err
		}
	}
	if p.Status.Phase == model.PodPending {
		if err := s.createClaims(p); err != nil {
			return true, err
		}
		if err := s.updateClaims(p); err != nil {
			return true, err
		}
	}
	if s.ordered && (p.Deleting || !runningAndReady(p) || !s.c.manager.available(p, s.set.MinReadySeconds)) {
		return true, nil
	}
	if p.Status.Phase == "" {
		return false, nil
	}
	return false, s.updateClaims(p)
}

// condemn deletes a pod that is too many.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go processCondemned.
func (s *statefulSync) condemn(p *model.Pod) (bool, error) {
	if p.Deleting {
		return s.ordered, nil
	}
	healthy := runningAndReady(p) && s.c.manager.available(p, s.set.MinReadySeconds)
	if s.ordered && !healthy && p != s.firstUnhealthy {
		return true, nil
	}
	return true, s.delete(p)
}

func runningAndReady(p *model.Pod) bool { return p.Status.Phase == model.PodRunning && ready(p) }

// unavailable says whether a pod does not serve, or not for long.
func (s *statefulSync) unavailable(p *model.Pod) bool {
	return !s.c.manager.available(p, s.set.MinReadySeconds) || p.Deleting
}

// count counts the pods into the status.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go updateStatus, computeReplicaStatus.
func (s *statefulSync) count(lists ...[]*model.Pod) {
	st := &s.status
	st.Replicas, st.ReadyReplicas, st.AvailableReplicas, st.CurrentReplicas, st.UpdatedReplicas = 0, 0, 0, 0, 0
	for _, p := range slices.Concat(lists...) {
		if p.Status.Phase == "" {
			continue
		}
		st.Replicas++
		if runningAndReady(p) {
			st.ReadyReplicas++
			if s.c.manager.available(p, s.set.MinReadySeconds) {
				st.AvailableReplicas++
			}
		}
		if p.Deleting {
			continue
		}
		revision := p.Labels[model.LabelRevisionHash]
		if revision == s.current.Name {
			st.CurrentReplicas++
		}
		if revision == s.update.Name {
			st.UpdatedReplicas++
		}
	}
}

// writeStatus writes the status when it is news; an update that is complete makes its revision the current one.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go updateStatefulSetStatus,
// stateful_set_utils.go completeUpdate, inconsistentStatus.
func (s *statefulSync) writeStatus() error {
	st, was := &s.status, &s.set.Status
	if n := s.set.Replicas; st.UpdatedReplicas == n && st.ReadyReplicas == n && st.Replicas == n {
		st.CurrentReplicas, st.CurrentRevision = st.UpdatedReplicas, st.UpdateRevision
	}
	if st.ObservedGeneration <= was.ObservedGeneration && st.Replicas == was.Replicas && st.CurrentReplicas == was.CurrentReplicas &&
		st.ReadyReplicas == was.ReadyReplicas && st.UpdatedReplicas == was.UpdatedReplicas && st.CurrentRevision == was.CurrentRevision &&
		st.AvailableReplicas == was.AvailableReplicas && st.UpdateRevision == was.UpdateRevision && slices.Equal(st.Conditions, was.Conditions) {
		return nil
	}
	set := s.set
	for try := 0; ; try++ {
		out := apiserver.Copy(set).(*model.StatefulSet)
		out.Status = *st
		written, err := s.c.loop.Update(out)
		if err == nil {
			s.wrote(written)
			return nil
		}
		if !apiserver.Is(err, apiserver.Conflict) || try == statusTries-1 {
			return err
		}
		fresh, ok := s.c.sets.Get(set.Namespace, set.Name)
		if !ok {
			return err
		}
		set = fresh
	}
}

// statusTries is how often a status is written that meets another write.
// Source: client-go util/retry/util.go DefaultRetry.
const statusTries = 5
