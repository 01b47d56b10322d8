package controllers

import (
	"errors"

	"towtank.dev/towtank/model"
)

// errInvalidScale is that a set would grow when it should shrink: it has more pods available than it asks for.
var errInvalidScale = errors.New("got invalid request to scale down")

// rolloutRolling takes a rolling update one step further: the new set up, else the old ones down. The status is
// that of the sets as they were read: what a sync has written, the next one sees.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rolling.go rolloutRolling.
func (c *deployments) rolloutRolling(d *model.Deployment, sets []*model.ReplicaSet) error {
	r, err := c.rolloutOf(d, sets, true)
	if err != nil {
		return err
	}
	up, err := c.scaleUpNew(d, r)
	if err != nil {
		return err
	}
	if up {
		return c.syncRolloutStatus(d, r)
	}
	if c.scaleDownOld(d, r) {
		return c.syncRolloutStatus(d, r)
	}
	if complete(d, &d.Status) {
		if err := c.cleanUp(d, r.old); err != nil {
			return err
		}
	}
	return c.syncRolloutStatus(d, r)
}

// scaleUpNew brings the new set nearer to the size of its Deployment.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rolling.go reconcileNewReplicaSet.
func (c *deployments) scaleUpNew(d *model.Deployment, r *rollout) (bool, error) {
	size := d.Replicas
	switch {
	case r.new.Replicas == d.Replicas:
		return false, nil
	case r.new.Replicas < d.Replicas:
		size = newReplicas(d, replicasOf(r.all()), r.new.Replicas)
	}
	up, _, err := c.scaleSet(r.new, size, d, false)
	return up, err
}

// scaleDownOld takes pods from the old sets, as many as can be missed: first those that are not available. An error
// has the next sync go on.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rolling.go reconcileOldReplicaSets.
func (c *deployments) scaleDownOld(d *model.Deployment, r *rollout) bool {
	old := activeSets(r.old)
	if replicasOf(old) == 0 {
		return false
	}
	least := d.Replicas - maxUnavailable(d)
	unavailable := r.new.Replicas - r.new.Status.AvailableReplicas
	most := replicasOf(r.all()) - least - unavailable
	if most <= 0 {
		return false
	}
	c.byCreation(old)
	unhealthy, err := c.removeUnhealthy(d, old, most)
	if err != nil {
		return false
	}
	healthy, err := c.removeHealthy(d, old, availableOf(old)+r.new.Status.AvailableReplicas-least)
	if err != nil {
		return false
	}
	return unhealthy+healthy > 0
}

// removeUnhealthy takes pods that are not available from the old sets, which it replaces by what they have become.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rolling.go cleanupUnhealthyReplicas.
func (c *deployments) removeUnhealthy(d *model.Deployment, old []*model.ReplicaSet, most int32) (removed int32, err error) {
	for i, s := range old {
		if removed >= most {
			break
		}
		if s.Replicas == 0 || s.Replicas == s.Status.AvailableReplicas {
			continue
		}
		n := min(most-removed, s.Replicas-s.Status.AvailableReplicas)
		if n < 0 {
			return removed, errInvalidScale
		}
		_, changed, err := c.scaleSet(s, s.Replicas-n, d, false)
		if err != nil {
			return removed, err
		}
		removed += n
		old[i] = changed
	}
	return removed, nil
}

// removeHealthy takes pods from the old sets, the oldest first, whatever state they are in.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rolling.go scaleDownOldReplicaSetsForRollingUpdate.
func (c *deployments) removeHealthy(d *model.Deployment, old []*model.ReplicaSet, most int32) (removed int32, err error) {
	for _, s := range old {
		if removed >= most {
			break
		}
		if s.Replicas == 0 {
			continue
		}
		n := min(s.Replicas, most-removed)
		if _, _, err := c.scaleSet(s, s.Replicas-n, d, false); err != nil {
			return removed, err
		}
		removed += n
	}
	return removed, nil
}
