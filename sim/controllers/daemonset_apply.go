package controllers

import (
	"fmt"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// apply makes pods on nodes in batches that grow while all goes well, and deletes pods all at once.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go syncNodes.
func (s *daemonSync) apply(surplus []*model.Pod, lacking []string) error {
	surplus, lacking = surplus[:min(len(surplus), daemonBurst)], lacking[:min(len(lacking), daemonBurst)]
	key := apiserver.NameOf(s.set)
	uids := make([]string, len(surplus))
	for i, p := range surplus {
		uids[i] = p.UID
	}
	s.c.expects.ExpectBoth(key, len(lacking), uids)
	var errs []string
	if err := s.create(lacking); err != nil {
		errs = append(errs, err.Error())
	}
	for _, err := range s.delete(surplus) {
		errs = append(errs, err.Error())
	}
	return aggregate(errs)
}

func (s *daemonSync) create(lacking []string) error {
	key := apiserver.NameOf(s.set)
	labels := map[string]string{model.LabelRevisionHash: s.hash}
	for k, v := range s.set.Template.Labels {
		labels[k] = v
	}
	if s.set.TemplateGeneration != 0 {
		labels[model.LabelPodTemplateGen] = strconv.FormatInt(s.set.TemplateGeneration, 10)
	}
	refs := []model.OwnerReference{controllerRef("apps/v1", s.set)}
	done, err := s.c.loop.SlowStart(len(lacking), func(i int) error {
		pod := podFrom(s.set.Template, s.set, refs)
		pod.Labels, pod.Spec = labels, s.template.specOn(lacking[i])
		made, err := s.c.manager.API.Create(pod)
		if isTerminatingNamespace(err) {
			return nil
		}
		if err != nil {
			s.c.loop.Event(s.set, apiserver.Warning, reasonFailedCreate, "Error creating: %v", err)
			return err
		}
		s.c.consistency.WroteAt(key, s.set.UID, made)
		s.c.loop.Event(s.set, apiserver.Normal, reasonSuccessfulCreate, "Created pod: %s", made.Meta().Name)
		return nil
	})
	for range len(lacking) - done {
		s.c.expects.CreationObserved(key)
	}
	return err
}

func (s *daemonSync) delete(surplus []*model.Pod) []error {
	key := apiserver.NameOf(s.set)
	return s.c.loop.Parallel(len(surplus), func(i int) error {
		pod := surplus[i]
		err := s.c.manager.API.Delete(model.KindPod, pod.Namespace, pod.Name, apiserver.DeleteOptions{})
		if err == nil {
			s.c.loop.Event(s.set, apiserver.Normal, reasonSuccessfulDelete, "Deleted pod: %s", pod.Name)
			return nil
		}
		s.c.expects.DeletionObserved(key, pod.UID)
		if apiserver.Is(err, apiserver.NotFound) {
			return nil
		}
		s.c.loop.Event(s.set, apiserver.Warning, reasonFailedDelete, "Error deleting: %v", err)
		return fmt.Errorf("unable to delete pods: %w", err)
	})
}

// history returns the revision of the present template, which is made when it is not there, and the others.
// Source: kubernetes v1.37.2 pkg/controller/daemon/update.go constructHistory, snapshot.
func (s *daemonSync) history() (current *model.ControllerRevision, old []*model.ControllerRevision, err error) {
	next := int64(1)
	for r := range s.c.revisions.OwnedBy(s.set.UID) {
		if model.SameTemplate(r.Template, s.set.Template) && (current == nil || r.Revision >= current.Revision) {
			current = r
			continue
		}
		old = append(old, r)
		next = max(next, r.Revision+1)
	}
	switch {
	case current == nil:
		current, err = s.snapshot(next)
		return current, old, err
	case current.Revision < next:
		err = s.c.loop.Patch(model.KindControllerRevision, current.Namespace, current.Name, current.UID, func(o model.Object) (model.Object, error) {
			out := apiserver.Copy(o).(*model.ControllerRevision)
			out.Revision = next
			return out, nil
		})
	}
	return current, old, err
}

// snapshot stores the present template as a revision.
func (s *daemonSync) snapshot(revision int64) (*model.ControllerRevision, error) {
	hash := s.set.Template.HashName(s.set.Status.CollisionCount)
	labels := map[string]string{}
	for k, v := range s.set.Template.Labels {
		labels[k] = v
	}
	labels[model.LabelRevisionHash] = hash
	name := s.set.Name + "-" + hash
	made, err := s.c.loop.Create(&model.ControllerRevision{ObjectMeta: model.ObjectMeta{Name: name, Namespace: s.set.Namespace,
		Labels: labels, Annotations: s.set.Annotations, Owners: []model.OwnerReference{controllerRef("apps/v1", s.set)}},
		Revision: revision, Template: s.set.Template})
	if err == nil {
		return made.(*model.ControllerRevision), nil
	}
	if !apiserver.Is(err, apiserver.AlreadyExists) {
		return nil, err
	}
	taken, getErr := s.c.loop.Get(model.KindControllerRevision, s.set.Namespace, name)
	if getErr != nil {
		return nil, getErr
	}
	if have := taken.(*model.ControllerRevision); model.SameTemplate(have.Template, s.set.Template) {
		return have, nil
	}
	collisions := int32(1)
	if s.set.Status.CollisionCount != nil {
		collisions = *s.set.Status.CollisionCount + 1
	}
	out := apiserver.Copy(s.set).(*model.DaemonSet)
	out.Status.CollisionCount = &collisions
	if _, updateErr := s.c.loop.Update(out); updateErr != nil {
		return nil, updateErr
	}
	return nil, err
}

// cleanup deletes the oldest revisions that no pod has, beyond the limit.
// Source: kubernetes v1.37.2 pkg/controller/daemon/update.go cleanupHistory.
func (s *daemonSync) cleanup(old []*model.ControllerRevision) error {
	limit := 10
	if s.set.RevisionHistoryLimit != nil {
		limit = int(*s.set.RevisionHistoryLimit)
	}
	surplus := len(old) - limit
	if surplus <= 0 {
		return nil
	}
	live := map[string]bool{}
	for p := range s.c.pods.OwnedBy(s.set.UID) {
		live[p.Labels[model.LabelRevisionHash]] = true
	}
	for _, r := range sortedRevisions(s.c.manager, old) {
		if surplus <= 0 {
			break
		}
		if live[r.Labels[model.LabelRevisionHash]] {
			continue
		}
		err := s.c.loop.Delete(model.KindControllerRevision, r.Namespace, r.Name, apiserver.DeleteOptions{})
		if err != nil && !apiserver.Is(err, apiserver.NotFound) {
			return err
		}
		surplus--
	}
	return nil
}
