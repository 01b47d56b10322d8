package controllers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// rollout is a Deployment's sets in one sync.
type rollout struct {
	new *model.ReplicaSet // of the present template; nil: not there yet
	old []*model.ReplicaSet
}

// all returns the old sets and the new one.
func (r *rollout) all() []*model.ReplicaSet {
	if r.new == nil {
		return r.old
	}
	return append(slices.Clip(r.old), r.new)
}

// activeSets returns the sets that should have pods.
func activeSets(sets []*model.ReplicaSet) []*model.ReplicaSet {
	return filter(slices.Values(sets), func(s *model.ReplicaSet) bool { return s.Replicas > 0 })
}

// byCreation puts sets in the order of their creation, by name within one second.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go ReplicaSetsByCreationTimestamp.
func (c *deployments) byCreation(sets []*model.ReplicaSet) {
	slices.SortFunc(sets, c.compareCreation)
}

func (c *deployments) compareCreation(a, b *model.ReplicaSet) int {
	return cmp.Or(cmp.Compare(c.manager.Second(a.Created), c.manager.Second(b.Created)), cmp.Compare(a.Name, b.Name))
}

// bySize puts sets in the order of their size, the largest first; of one size the newer or older ones come first.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go ReplicaSetsBySizeOlder, ReplicaSetsBySizeNewer.
func (c *deployments) bySize(sets []*model.ReplicaSet, newerFirst bool) {
	slices.SortFunc(sets, func(a, b *model.ReplicaSet) int {
		age := c.compareCreation(a, b)
		if newerFirst {
			age = -age
		}
		return cmp.Or(cmp.Compare(b.Replicas, a.Replicas), age)
	})
}

// replicasOf is how many pods the sets ask for.
func replicasOf(sets []*model.ReplicaSet) (n int32) {
	for _, s := range sets {
		n += s.Replicas
	}
	return n
}

// availableOf is how many pods of the sets are available.
func availableOf(sets []*model.ReplicaSet) (n int32) {
	for _, s := range sets {
		n += s.Status.AvailableReplicas
	}
	return n
}

// rolloutOf tells the new set from the old ones and brings its annotations, and the Deployment's revision, up to
// date. A new set that is not there is made when create says so.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go getAllReplicaSetsAndSyncRevision, getNewReplicaSet.
func (c *deployments) rolloutOf(d *model.Deployment, sets []*model.ReplicaSet, create bool) (*rollout, error) {
	r := &rollout{}
	for _, s := range sets {
		if r.new == nil && model.SameTemplate(s.Template, d.Template) {
			r.new = s
		} else {
			r.old = append(r.old, s)
		}
	}
	revision := maxRevision(r.old) + 1
	var err error
	switch {
	case r.new != nil:
		r.new, err = c.adjustNew(d, r.new, revision)
	case create:
		r.new, err = c.makeNew(d, r, revision)
	}
	return r, err
}

// adjustNew brings the annotations of a new set that is there up to date.
func (c *deployments) adjustNew(d *model.Deployment, set *model.ReplicaSet, revision int64) (*model.ReplicaSet, error) {
	changed := apiserver.Copy(set).(*model.ReplicaSet)
	if annotated := c.annotateNew(d, changed, revision, true); annotated || set.MinReadySeconds != d.MinReadySeconds {
		changed.MinReadySeconds = d.MinReadySeconds
		return c.updateSet(changed)
	}
	update := setRevision(d, changed.Annotations[model.AnnotationRevision])
	if hasDeadline(d) && model.FindCondition(d.Status.Conditions, model.DeploymentProgressing) == nil {
		c.setCondition(&d.Status, c.condition(model.DeploymentProgressing, model.ConditionTrue, reasonFound,
			fmt.Sprintf("Found new replica set %q", set.Name)))
		update = true
	}
	if update {
		if err := c.write(d); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

func (c *deployments) updateSet(set *model.ReplicaSet) (*model.ReplicaSet, error) {
	stored, err := c.loop.Update(set)
	if err != nil {
		return nil, err
	}
	return stored.(*model.ReplicaSet), nil
}

// makeNew makes the set of a Deployment's present template.
func (c *deployments) makeNew(d *model.Deployment, r *rollout, revision int64) (*model.ReplicaSet, error) {
	set := newSet(d)
	set.Replicas = newReplicas(d, replicasOf(r.old), 0)
	c.annotateNew(d, set, revision, false)
	stored, err := c.loop.Create(set)
	existed := apiserver.Is(err, apiserver.AlreadyExists)
	switch {
	case existed:
		if stored, err = c.takeOrCollide(d, set, err); err != nil {
			return nil, err
		}
	case err != nil && isTerminatingNamespace(err):
		return nil, err
	case err != nil:
		return nil, c.creationFailed(d, set, err)
	}
	set = stored.(*model.ReplicaSet)
	if !existed && set.Replicas > 0 {
		c.loop.Event(d, apiserver.Normal, "ScalingReplicaSet", "Scaled up replica set %s from 0 to %d", set.Name, set.Replicas)
	}
	update := setRevision(d, strconv.FormatInt(revision, 10))
	if !existed && hasDeadline(d) {
		c.setCondition(&d.Status, c.condition(model.DeploymentProgressing, model.ConditionTrue, reasonCreated,
			fmt.Sprintf("Created new replica set %q", set.Name)))
		update = true
	}
	if update {
		err = c.write(d)
	}
	return set, err
}

// newSet is the set of a Deployment's present template, without a size.
func newSet(d *model.Deployment) *model.ReplicaSet {
	hash := d.Template.HashName(d.Status.CollisionCount)
	template := *d.Template
	template.Labels = with(d.Template.Labels, model.LabelTemplateHash, hash)
	return &model.ReplicaSet{ObjectMeta: model.ObjectMeta{Name: setName(d.Name, hash), Namespace: d.Namespace,
		Labels: template.Labels, Owners: []model.OwnerReference{controllerRef("apps/v1", d)}},
		MinReadySeconds: d.MinReadySeconds, Template: &template,
		Selector: withRequirement(d.Selector, model.LabelTemplateHash, hash)}
}

// setName is the name of a set, cut where it would be too long.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go generateReplicaSetName.
func setName(deployment, hash string) string {
	const longest = 253
	if room := longest - 1 - len(hash); len(deployment) > room {
		deployment = deployment[:room]
	}
	return deployment + "-" + hash
}

// withRequirement returns a selector that also wants a label to have a value.
func withRequirement(s *model.Selector, key, value string) *model.Selector {
	out := append(slices.Clip(s.Requirements), model.Requirement{Key: key, Operator: model.OpIn, Values: []string{value}})
	slices.SortStableFunc(out, func(a, b model.Requirement) int { return cmp.Compare(a.Key, b.Key) })
	return &model.Selector{Requirements: out}
}

// takeOrCollide takes a set of the name that is there when it is the Deployment's own; else its name is taken, and
// the Deployment will try another.
func (c *deployments) takeOrCollide(d *model.Deployment, wanted *model.ReplicaSet, exists error) (model.Object, error) {
	set, ok := c.sets.Get(wanted.Namespace, wanted.Name)
	if !ok {
		return nil, &apiserver.StatusError{Reason: apiserver.NotFound, Message: fmt.Sprintf("replicasets.apps %q not found", wanted.Name)}
	}
	if ref := set.Controller(); ref != nil && ref.UID == d.UID && model.SameTemplate(set.Template, d.Template) {
		return set, nil
	}
	n := int32(1)
	if d.Status.CollisionCount != nil {
		n = *d.Status.CollisionCount + 1
	}
	d.Status.CollisionCount = &n
	_ = c.write(d) // the error that it exists counts
	return nil, exists
}

// creationFailed tells of a set that could not be made.
func (c *deployments) creationFailed(d *model.Deployment, set *model.ReplicaSet, err error) error {
	message := fmt.Sprintf("Failed to create new replica set %q: %v", set.Name, err)
	if hasDeadline(d) {
		c.setCondition(&d.Status, c.condition(model.DeploymentProgressing, model.ConditionFalse, reasonCreateError, message))
		_ = c.write(d) // the error of the creation counts
	}
	c.loop.Event(d, apiserver.Warning, reasonCreateError, "%s", message)
	return err
}

// cleanUp deletes the oldest of the sets that are kept only for the sake of history.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go cleanupDeployment;
// pkg/controller/deployment/util/deployment_util.go HasRevisionHistoryLimit, ReplicaSetsByRevision.
func (c *deployments) cleanUp(d *model.Deployment, old []*model.ReplicaSet) error {
	if d.RevisionHistoryLimit == nil || *d.RevisionHistoryLimit == maxInt32 {
		return nil
	}
	sets := filter(slices.Values(old), func(s *model.ReplicaSet) bool { return !s.Deleting })
	excess := len(sets) - int(*d.RevisionHistoryLimit)
	if excess <= 0 {
		return nil
	}
	slices.SortFunc(sets, func(a, b *model.ReplicaSet) int {
		ra, errA := revisionOf(a)
		rb, errB := revisionOf(b)
		if errA != nil || errB != nil || ra == rb {
			return c.compareCreation(a, b)
		}
		return cmp.Compare(ra, rb)
	})
	for _, s := range sets[:excess] {
		if s.Status.Replicas != 0 || s.Replicas != 0 || s.Generation > s.Status.ObservedGeneration {
			continue
		}
		if err := c.loop.Delete(model.KindReplicaSet, s.Namespace, s.Name, apiserver.DeleteOptions{}); ignoreNotFound(err) != nil {
			return err
		}
	}
	return nil
}
