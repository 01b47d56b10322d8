package controllers

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// status is what a set's status should be.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set_utils.go calculateStatus.
func (c *replicas) status(set *model.ReplicaSet, pods []*model.Pod, leaving int32, failed error) model.ReplicaSetStatus {
	s := set.Status
	s.Replicas, s.FullyLabeledReplicas, s.ReadyReplicas, s.AvailableReplicas = int32(len(pods)), 0, 0, 0
	for _, p := range pods {
		if subset(set.Template.Labels, p.Labels) {
			s.FullyLabeledReplicas++
		}
		if ready(p) {
			s.ReadyReplicas++
			if c.manager.available(p, set.MinReadySeconds) {
				s.AvailableReplicas++
			}
		}
	}
	s.TerminatingReplicas = nil
	if c.sets.countsTerminating {
		s.TerminatingReplicas = &leaving
	}
	had := model.FindCondition(s.Conditions, model.ReplicaFailure) != nil
	switch {
	case failed != nil && !had:
		reason := reasonFailedDelete
		if len(pods) < int(set.Replicas) {
			reason = reasonFailedCreate
		}
		s.Conditions = append(slices.Clip(s.Conditions), model.Condition{Type: model.ReplicaFailure, Status: model.ConditionTrue,
			Reason: reason, Message: failed.Error(), LastTransition: c.manager.Engine.Now()})
	case failed == nil && had:
		s.Conditions = without(s.Conditions, model.ReplicaFailure)
	}
	return s
}

// subset says whether the labels have all that is wanted.
func subset(wanted, labels map[string]string) bool {
	for k, v := range wanted {
		if have, ok := labels[k]; !ok || have != v {
			return false
		}
	}
	return true
}

// without returns the conditions but for one type.
func without(conditions []model.Condition, kind string) []model.Condition {
	return slices.DeleteFunc(slices.Clone(conditions), func(c model.Condition) bool { return c.Type == kind })
}

// writeStatus writes a set's status when it differs, once more on a newer version of the set when the first
// attempt fails. It returns the set as it is then.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set_utils.go updateReplicaSetStatus.
func (c *replicas) writeStatus(set *model.ReplicaSet, status model.ReplicaSetStatus) (*model.ReplicaSet, error) {
	old := &set.Status
	if old.Replicas == status.Replicas && old.FullyLabeledReplicas == status.FullyLabeledReplicas &&
		old.ReadyReplicas == status.ReadyReplicas && old.AvailableReplicas == status.AvailableReplicas &&
		equalPointers(old.TerminatingReplicas, status.TerminatingReplicas) && set.Generation == old.ObservedGeneration &&
		slices.Equal(old.Conditions, status.Conditions) {
		c.wrote(set, set)
		return set, nil
	}
	status.ObservedGeneration = set.Generation
	stored, err := c.loop.Update(c.sets.object(set, status))
	if err != nil {
		fresh, err := c.loop.Get(c.sets.kind, set.Namespace, set.Name)
		if err != nil {
			return nil, err
		}
		if stored, err = c.loop.Update(c.sets.object(c.sets.view(fresh), status)); err != nil {
			return nil, err
		}
	}
	set = c.sets.view(stored)
	c.wrote(set, stored)
	return set, nil
}

// wrote takes note of a write for a set.
func (c *replicas) wrote(set *model.ReplicaSet, o model.Object) {
	if c.consistency != nil {
		c.consistency.WroteAt(apiserver.NameOf(set), set.UID, o)
	}
}

// equalPointers says whether both point to equal values or neither to any.
func equalPointers[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}
