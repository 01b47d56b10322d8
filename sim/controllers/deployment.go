package controllers

import (
	"fmt"
	"maps"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var deploymentInfo = Info{
	Name:  "deployment-controller",
	Doc:   "Makes the ReplicaSets of Deployments and rolls from one to the next.",
	Kinds: []model.Kind{model.KindDeployment},
	Start: startDeployments,
}

// The workers of the controller, and how often a Deployment is tried again.
// Source: kubernetes v1.37.2 pkg/controller/deployment/config/v1alpha1/defaults.go ConcurrentDeploymentSyncs;
// pkg/controller/deployment/deployment_controller.go maxRetries.
const (
	deploymentWorkers = 5
	deploymentRetries = 15
)

// deployments is the controller of Deployments.
// Source: kubernetes v1.37.2 pkg/controller/deployment/deployment_controller.go DeploymentController.
type deployments struct {
	manager     *Manager
	loop        *Loop
	deployments *Informer[*model.Deployment]
	sets        *Informer[*model.ReplicaSet]
	pods        *Informer[*model.Pod]
}

func startDeployments(m *Manager) {
	c := &deployments{manager: m}
	c.loop = m.NewLoop(LoopOptions{Name: "deployment-controller", Workers: deploymentWorkers, Retries: deploymentRetries, Sync: c.sync})
	c.deployments = InformerOf[*model.Deployment](m, model.KindDeployment)
	c.sets = InformerOf[*model.ReplicaSet](m, model.KindReplicaSet)
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	enqueue := func(d *model.Deployment) { c.loop.Add(apiserver.NameOf(d)) }
	c.deployments.Handle(Handlers[*model.Deployment]{Add: enqueue,
		Update: func(_, d *model.Deployment) { enqueue(d) }, Delete: enqueue})
	c.sets.Handle(Handlers[*model.ReplicaSet]{Add: c.setAdded, Update: c.setUpdated, Delete: c.setDeleted})
	c.pods.Handle(Handlers[*model.Pod]{Delete: c.podDeleted})
}

// owner is the Deployment that a reference means, nil when it is not there.
func (c *deployments) owner(namespace string, ref *model.OwnerReference) *model.Deployment {
	if ref == nil || ref.Kind != string(model.KindDeployment) {
		return nil
	}
	if d, ok := c.deployments.Get(namespace, ref.Name); ok && d.UID == ref.UID {
		return d
	}
	return nil
}

// tellOwner has the Deployment synced that a reference means.
func (c *deployments) tellOwner(namespace string, ref *model.OwnerReference) {
	if d := c.owner(namespace, ref); d != nil {
		c.loop.Add(apiserver.NameOf(d))
	}
}

// setAdded has the Deployment of a new set synced, or those that may adopt it.
func (c *deployments) setAdded(s *model.ReplicaSet) {
	switch ref := s.Controller(); {
	case ref != nil:
		c.tellOwner(s.Namespace, ref)
	case !s.Deleting:
		c.tellCandidates(s)
	}
}

// tellCandidates has the Deployments synced that may adopt an orphan.
func (c *deployments) tellCandidates(s *model.ReplicaSet) {
	for d := range c.deployments.All() {
		if d.Namespace == s.Namespace && !d.Selector.Empty() && d.Selector.Matches(s.Labels) {
			c.loop.Add(apiserver.NameOf(d))
		}
	}
}

// setUpdated has the Deployment of a set synced, also the one it had before.
func (c *deployments) setUpdated(old, s *model.ReplicaSet) {
	was, is := old.Controller(), s.Controller()
	moved := !sameReference(was, is)
	if moved {
		c.tellOwner(old.Namespace, was)
	}
	switch {
	case is != nil:
		c.tellOwner(s.Namespace, is)
	case moved || !maps.Equal(old.Labels, s.Labels):
		c.tellCandidates(s)
	}
}

func (c *deployments) setDeleted(s *model.ReplicaSet) { c.tellOwner(s.Namespace, s.Controller()) }

// podDeleted has a Deployment synced that waits for its old pods to be gone.
func (c *deployments) podDeleted(pod *model.Pod) {
	ref := pod.Controller()
	if ref == nil || ref.Kind != string(model.KindReplicaSet) {
		return
	}
	s, ok := c.sets.Get(pod.Namespace, ref.Name)
	if !ok || s.UID != ref.UID {
		return
	}
	if d := c.owner(s.Namespace, s.Controller()); d != nil && d.Strategy.Type == model.Recreate {
		c.loop.Add(apiserver.NameOf(d))
	}
}

// sync takes a Deployment one step further.
// Source: kubernetes v1.37.2 pkg/controller/deployment/deployment_controller.go syncDeployment.
func (c *deployments) sync(key apiserver.Name) error {
	known, ok := c.deployments.Get(key.Namespace, key.Name)
	if !ok {
		return nil
	}
	d := apiserver.Copy(known).(*model.Deployment)
	if d.Selector.Empty() {
		return c.refuseEverything(d)
	}
	sets, err := c.setsOf(d)
	if err != nil {
		return ignoreTerminatingNamespace(err)
	}
	return ignoreTerminatingNamespace(c.step(d, sets))
}

// ignoreTerminatingNamespace has what fails because its namespace is going not be tried again.
// Source: kubernetes v1.37.2 pkg/controller/deployment/deployment_controller.go handleErr.
func ignoreTerminatingNamespace(err error) error {
	if err != nil && isTerminatingNamespace(err) {
		return nil
	}
	return err
}

// refuseEverything leaves a Deployment alone that selects all pods, and says so.
func (c *deployments) refuseEverything(d *model.Deployment) error {
	c.loop.Event(d, apiserver.Warning, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.")
	if d.Status.ObservedGeneration < d.Generation {
		d.Status.ObservedGeneration = d.Generation
		_ = c.write(d) // as upstream, whatever comes of it
	}
	return nil
}

// setsOf returns the sets that belong to a Deployment, in the order of their creation.
// Source: kubernetes v1.37.2 pkg/controller/deployment/deployment_controller.go getReplicaSetsForDeployment.
func (c *deployments) setsOf(d *model.Deployment) ([]*model.ReplicaSet, error) {
	all := filter(c.sets.OwnedBy(d.UID), func(*model.ReplicaSet) bool { return true })
	all = append(all, filter(c.sets.Orphans(d.Namespace), func(s *model.ReplicaSet) bool { return d.Selector.Matches(s.Labels) })...)
	sets, err := claim(&claimer{loop: c.loop, owner: d, ref: controllerRef("apps/v1", d),
		matches: func(o model.Object) bool { return d.Selector.Matches(o.Meta().Labels) }}, all)
	c.byCreation(sets)
	return sets, err
}

// step does what comes next for a Deployment.
func (c *deployments) step(d *model.Deployment, sets []*model.ReplicaSet) error {
	if d.Deleting {
		return c.syncStatusOnly(d, sets)
	}
	if err := c.checkPaused(d); err != nil {
		return err
	}
	if d.Paused {
		return c.syncScale(d, sets)
	}
	if revision, ok := rollbackTo(d); ok {
		return c.rollback(d, sets, revision)
	}
	scaling, err := c.isScaling(d, sets)
	if err != nil {
		return err
	}
	if scaling {
		return c.syncScale(d, sets)
	}
	switch d.Strategy.Type {
	case model.Recreate:
		return c.rolloutRecreate(d, sets)
	case model.RollingUpdate:
		return c.rolloutRolling(d, sets)
	}
	return fmt.Errorf("unexpected deployment strategy type: %s", d.Strategy.Type)
}

// write writes a Deployment as it stands. What was read keeps its version, so that a second write in one
// sync meets a conflict and has the Deployment synced again, as upstream.
func (c *deployments) write(d *model.Deployment) error {
	_, err := c.loop.Update(apiserver.Copy(d))
	return err
}

// syncStatusOnly keeps the status of a Deployment that is being deleted.
func (c *deployments) syncStatusOnly(d *model.Deployment, sets []*model.ReplicaSet) error {
	r, err := c.rolloutOf(d, sets, false)
	if err != nil {
		return err
	}
	return c.syncStatus(d, r)
}

// syncScale scales the sets of a Deployment that is paused or whose size has changed.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go sync.
func (c *deployments) syncScale(d *model.Deployment, sets []*model.ReplicaSet) error {
	r, err := c.rolloutOf(d, sets, false)
	if err != nil {
		return err
	}
	if err := c.scale(d, r); err != nil {
		return err
	}
	if _, back := rollbackTo(d); d.Paused && !back {
		if err := c.cleanUp(d, r.old); err != nil {
			return err
		}
	}
	return c.syncStatus(d, r)
}

// isScaling says whether a Deployment has been scaled since its sets were.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go isScalingEvent.
func (c *deployments) isScaling(d *model.Deployment, sets []*model.ReplicaSet) (bool, error) {
	r, err := c.rolloutOf(d, sets, false)
	if err != nil {
		return false, err
	}
	for _, s := range activeSets(r.all()) {
		if desired, ok := replicasAnnotation(s, model.AnnotationDesired); ok && desired != d.Replicas {
			return true, nil
		}
	}
	return false, nil
}
