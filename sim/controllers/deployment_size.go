package controllers

import (
	"maps"
	"math"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

const maxInt32 = math.MaxInt32

// scaled is a number, or a percentage of a total, rounded up or down.
// Source: kubernetes v1.37.2 apimachinery pkg/util/intstr/intstr.go GetScaledValueFromIntOrPercent.
func scaled(v model.IntOrPercent, total int32, up bool) int32 {
	if !v.Percent {
		return v.Value
	}
	part := float64(v.Value) * float64(total) / 100
	if up {
		return int32(math.Ceil(part))
	}
	return int32(math.Floor(part))
}

// fenceposts are by how many pods a rolling update may exceed and fall short of its Deployment's size.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go ResolveFenceposts.
func fenceposts(d *model.Deployment) (surge, unavailable int32) {
	surge = scaled(d.Strategy.MaxSurge, d.Replicas, true)
	unavailable = scaled(d.Strategy.MaxUnavailable, d.Replicas, false)
	if surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return surge, unavailable
}

// maxSurge is by how many pods the sets together may exceed the size of their Deployment.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go MaxSurge.
func maxSurge(d *model.Deployment) int32 {
	if d.Strategy.Type != model.RollingUpdate {
		return 0
	}
	surge, _ := fenceposts(d)
	return surge
}

// maxUnavailable is how many pods may be missing during an update.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go MaxUnavailable.
func maxUnavailable(d *model.Deployment) int32 {
	if d.Strategy.Type != model.RollingUpdate || d.Replicas == 0 {
		return 0
	}
	_, unavailable := fenceposts(d)
	return min(unavailable, d.Replicas)
}

// newReplicas is the size that a new set of size now should have, when all sets together have total.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go NewRSNewReplicas.
func newReplicas(d *model.Deployment, total, now int32) int32 {
	if d.Strategy.Type == model.Recreate {
		return d.Replicas
	}
	most := d.Replicas + scaled(d.Strategy.MaxSurge, d.Replicas, true)
	if total >= most {
		return now
	}
	return now + min(most-total, d.Replicas-now)
}

// scale spreads a new size of a Deployment over its sets.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go scale;
// pkg/controller/deployment/util/deployment_util.go FindActiveOrLatest, IsSaturated.
func (c *deployments) scale(d *model.Deployment, r *rollout) error {
	active := activeSets(r.all())
	switch {
	case len(active) == 1:
		_, _, err := c.scaleSet(active[0], d.Replicas, d, false)
		return err
	case len(active) == 0:
		latest := r.new
		if latest == nil && len(r.old) > 0 {
			latest = r.old[len(r.old)-1]
		}
		if latest == nil {
			return nil
		}
		_, _, err := c.scaleSet(latest, d.Replicas, d, false)
		return err
	case saturated(d, r.new):
		for _, s := range activeSets(r.old) {
			if _, _, err := c.scaleSet(s, 0, d, false); err != nil {
				return err
			}
		}
		return nil
	case d.Strategy.Type == model.RollingUpdate:
		return c.scaleProportionally(d, active)
	}
	return nil
}

// saturated says whether a new set has all pods of its Deployment, available.
func saturated(d *model.Deployment, s *model.ReplicaSet) bool {
	if s == nil {
		return false
	}
	desired, ok := replicasAnnotation(s, model.AnnotationDesired)
	return ok && s.Replicas == d.Replicas && desired == d.Replicas && s.Status.AvailableReplicas == d.Replicas
}

// scaleProportionally gives each set its share of what a Deployment grows or shrinks by; what is left by rounding
// goes to the largest.
func (c *deployments) scaleProportionally(d *model.Deployment, sets []*model.ReplicaSet) error {
	allowed := int32(0)
	if d.Replicas > 0 {
		allowed = d.Replicas + maxSurge(d)
	}
	toAdd := allowed - replicasOf(sets)
	if toAdd != 0 {
		c.bySize(sets, toAdd > 0)
	}
	sizes := shares(d, sets, toAdd)
	for i, s := range sets {
		if _, _, err := c.scaleSet(s, sizes[i], d, true); err != nil {
			return err
		}
	}
	return nil
}

// shares are the sizes of sets, in their order, when toAdd pods are spread over them.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go scale; deployment_util.go GetReplicaSetProportion.
func shares(d *model.Deployment, sets []*model.ReplicaSet, toAdd int32) []int32 {
	sizes := make([]int32, len(sets))
	added := int32(0)
	for i, s := range sets {
		sizes[i] = s.Replicas
		if s.Replicas == 0 || toAdd == added {
			continue
		}
		share := share(d, s)
		if left := toAdd - added; toAdd > 0 {
			share = min(share, left)
		} else {
			share = max(share, left)
		}
		sizes[i] += share
		added += share
	}
	if len(sets) > 0 {
		sizes[0] = max(0, sizes[0]+toAdd-added)
	}
	return sizes
}

// share is by how much a set grows or shrinks with its Deployment, in proportion and rounded.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go getReplicaSetFraction.
func share(d *model.Deployment, s *model.ReplicaSet) int32 {
	if d.Replicas == 0 {
		return -s.Replicas
	}
	before, ok := replicasAnnotation(s, model.AnnotationMaxReplicas)
	if !ok || before == 0 {
		if before = d.Status.Replicas; before == 0 {
			return 0
		}
	}
	size := float64(s.Replicas*(d.Replicas+maxSurge(d))) / float64(before)
	return int32(math.Round(size)) - s.Replicas
}

// scaleSet gives a set a size, and the annotations that follow from its Deployment's. It returns whether the size
// has changed, and the set as it is then. With force the annotations alone are reason enough to write.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go scaleReplicaSet.
func (c *deployments) scaleSet(s *model.ReplicaSet, size int32, d *model.Deployment, force bool) (bool, *model.ReplicaSet, error) {
	if !force && s.Replicas == size {
		return false, s, nil
	}
	annotations := maps.Clone(s.Annotations)
	if annotations == nil {
		annotations = map[string]string{}
	}
	if annotated := setSizes(annotations, d); !annotated && s.Replicas == size {
		return false, s, nil
	}
	changed := apiserver.Copy(s).(*model.ReplicaSet)
	changed.Replicas, changed.Annotations = size, annotations
	stored, err := c.updateSet(changed)
	if err != nil || s.Replicas == size {
		return false, stored, err
	}
	direction := "down"
	if s.Replicas < size {
		direction = "up"
	}
	c.loop.Event(d, apiserver.Normal, "ScalingReplicaSet", "Scaled %s replica set %s from %d to %d", direction, s.Name, s.Replicas, size)
	return true, stored, nil
}
