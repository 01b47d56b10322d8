package controllers

import "towtank.dev/towtank/model"

// rolloutRecreate takes an update one step further that has all old pods end before a new one is made.
// Source: kubernetes v1.37.2 pkg/controller/deployment/recreate.go rolloutRecreate.
func (c *deployments) rolloutRecreate(d *model.Deployment, sets []*model.ReplicaSet) error {
	r, err := c.rolloutOf(d, sets, false)
	if err != nil {
		return err
	}
	down, err := c.removeAll(d, activeSets(r.old))
	if err != nil {
		return err
	}
	if down || c.oldPodsRun(r, sets) {
		return c.syncRolloutStatus(d, r)
	}
	if r.new == nil {
		if r, err = c.rolloutOf(d, sets, true); err != nil {
			return err
		}
	}
	if _, _, err := c.scaleSet(r.new, d.Replicas, d, false); err != nil {
		return err
	}
	if complete(d, &d.Status) {
		if err := c.cleanUp(d, r.old); err != nil {
			return err
		}
	}
	return c.syncRolloutStatus(d, r)
}

// removeAll scales the old sets to nothing.
func (c *deployments) removeAll(d *model.Deployment, old []*model.ReplicaSet) (down bool, err error) {
	for _, s := range old {
		changed, _, err := c.scaleSet(s, 0, d, false)
		if err != nil {
			return false, err
		}
		down = down || changed
	}
	return down, nil
}

// oldPodsRun says whether pods of old sets are there that have not ended, or a set has not noticed yet.
// Source: kubernetes v1.37.2 pkg/controller/deployment/recreate.go oldPodsRunning.
func (c *deployments) oldPodsRun(r *rollout, sets []*model.ReplicaSet) bool {
	for _, s := range r.old {
		if s.Status.Replicas > 0 {
			return true
		}
	}
	for _, s := range sets {
		if r.new != nil && s.UID == r.new.UID {
			continue
		}
		for pod := range c.pods.OwnedBy(s.UID) {
			if !pod.Terminal() {
				return true
			}
		}
	}
	return false
}
