package scheduler

import (
	"maps"

	"towtank.dev/towtank/model"
)

// objectChanged tells the fast runtime of an object before it comes, changes or goes.
func (c *Core) objectChanged(o model.Object, stays bool) {
	if c.fast == nil {
		return
	}
	if c.plansChange(o, stays) {
		c.fast.domains.version++
	}
	c.fast.volumes.changed(o, stays)
}

// plansChange says whether a change of an object changes what plans are made from: the labels of namespaces and
// the selectors of those that pods may spread by. Most changes are of a status.
func (c *Core) plansChange(o model.Object, stays bool) bool {
	switch o := o.(type) {
	case *model.Namespace:
		old := c.objects.Namespace(o.Name)
		return !stays || old == nil || !maps.Equal(old.Labels, o.Labels)
	case *model.Service:
		old := c.objects.Service(o.Namespace, o.Name)
		return !stays || old == nil || (old.Selector == nil) != (o.Selector == nil) || !maps.Equal(old.Selector, o.Selector)
	case *model.ReplicationController:
		old := c.objects.ReplicationController(o.Namespace, o.Name)
		return !stays || old == nil || !maps.Equal(old.Selector, o.Selector)
	case *model.ReplicaSet:
		old := c.objects.ReplicaSet(o.Namespace, o.Name)
		return !stays || old == nil || old.Selector != o.Selector
	case *model.StatefulSet:
		old := c.objects.StatefulSet(o.Namespace, o.Name)
		return !stays || old == nil || old.Selector != o.Selector
	}
	return false
}
