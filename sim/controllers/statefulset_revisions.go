package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// revisionsOf returns a set's revisions, the oldest first.
// Source: kubernetes v1.37.2 pkg/controller/history/controller_history.go SortControllerRevisions.
func (c *statefulSets) revisionsOf(set *model.StatefulSet) []*model.ControllerRevision {
	return sortedRevisions(c.manager, slices.Collect(c.revisions.OwnedBy(set.UID)))
}

func sortedRevisions(m *Manager, list []*model.ControllerRevision) []*model.ControllerRevision {
	slices.SortFunc(list, func(a, b *model.ControllerRevision) int {
		return cmp.Or(cmp.Compare(a.Revision, b.Revision), cmp.Compare(m.Second(a.Created), m.Second(b.Created)), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// currentAndUpdate returns the revision that a set's pods have and the one that they are to get, which is
// made when there is none of the set's template. collisions counts names that were taken.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go getStatefulSetRevisions.
func (c *statefulSets) currentAndUpdate(set *model.StatefulSet, list []*model.ControllerRevision) (current, update *model.ControllerRevision, collisions int32, err error) {
	if set.Status.CollisionCount != nil {
		collisions = *set.Status.CollisionCount
	}
	next := int64(1)
	if n := len(list); n > 0 {
		next = list[n-1].Revision + 1
	}
	equal := -1
	for i, r := range list {
		if model.SameTemplate(r.Template, set.Template) {
			equal = i
		}
	}
	switch {
	case equal >= 0 && equal == len(list)-1:
		update = list[equal]
	case equal >= 0:
		if update, err = c.renumber(list[equal], next); err != nil {
			return nil, nil, collisions, err
		}
	default:
		if update, err = createRevision(c.loop, set, "apps/v1", set.Template, next, &collisions); err != nil {
			return nil, nil, collisions, err
		}
	}
	current = update
	for _, r := range list {
		if r.Name == set.Status.CurrentRevision {
			current = r
		}
	}
	return current, update, collisions, nil
}

// renumber makes an old revision the latest, as a rollback does.
func (c *statefulSets) renumber(r *model.ControllerRevision, to int64) (*model.ControllerRevision, error) {
	written := r
	err := c.loop.Patch(model.KindControllerRevision, r.Namespace, r.Name, r.UID, func(o model.Object) (model.Object, error) {
		out := apiserver.Copy(o).(*model.ControllerRevision)
		out.Revision = to
		written = out
		return out, nil
	})
	return written, err
}

// createRevision stores a template as a revision of its owner; a name that is taken by another template is
// tried again with the next count of collisions.
// Source: kubernetes v1.37.2 pkg/controller/history/controller_history.go CreateControllerRevision.
func createRevision(l *Loop, owner model.Object, apiVersion string, t *model.PodTemplate, revision int64, collisions *int32) (*model.ControllerRevision, error) {
	m := owner.Meta()
	for {
		hash := t.RevisionName(collisions)
		labels := map[string]string{}
		for k, v := range t.Labels {
			labels[k] = v
		}
		labels["controller.kubernetes.io/hash"] = hash
		made, err := l.Create(&model.ControllerRevision{ObjectMeta: model.ObjectMeta{Name: m.Name + "-" + hash, Namespace: m.Namespace,
			Labels: labels, Annotations: m.Annotations, Owners: []model.OwnerReference{controllerRef(apiVersion, owner)}},
			Revision: revision, Template: t})
		if err == nil {
			return made.(*model.ControllerRevision), nil
		}
		if !apiserver.Is(err, apiserver.AlreadyExists) {
			return nil, err
		}
		taken, err := l.Get(model.KindControllerRevision, m.Namespace, m.Name+"-"+hash)
		if err != nil {
			return nil, err
		}
		if have := taken.(*model.ControllerRevision); model.SameTemplate(have.Template, t) {
			return have, nil
		}
		*collisions++
	}
}

// truncate deletes the oldest revisions that no pod has, beyond the limit.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_control.go truncateHistory.
func (c *statefulSets) truncate(set *model.StatefulSet, pods []*model.Pod, list []*model.ControllerRevision, current, update *model.ControllerRevision) error {
	live := map[string]bool{current.Name: true, update.Name: true}
	for _, p := range pods {
		live[p.Labels[model.LabelRevisionHash]] = true
	}
	var history []*model.ControllerRevision
	for _, r := range list {
		if !live[r.Name] {
			history = append(history, r)
		}
	}
	limit := 10
	if set.RevisionHistoryLimit != nil {
		limit = int(*set.RevisionHistoryLimit)
	}
	if limit < 0 || len(history) <= limit {
		return nil
	}
	for _, r := range history[:len(history)-limit] {
		err := c.loop.Delete(model.KindControllerRevision, r.Namespace, r.Name, apiserver.DeleteOptions{})
		if err != nil && !apiserver.Is(err, apiserver.NotFound) {
			return err
		}
	}
	return nil
}
