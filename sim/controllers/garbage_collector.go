package controllers

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var garbageCollectorInfo = Info{
	Name: "garbage-collector-controller",
	Doc:  "Deletes what objects owned that are gone or going, or takes it from its owner, as the deletion asked for.",
	Kinds: []model.Kind{model.KindDeployment, model.KindReplicaSet, model.KindReplicationController, model.KindStatefulSet,
		model.KindDaemonSet, model.KindJob, model.KindCronJob, model.KindService},
	Start: startGarbageCollector,
}

// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/config/v1alpha1/defaults.go ConcurrentGCSyncs;
// cmd/kube-controller-manager/app/core.go newGarbageCollectorController (two requests for each deletion).
const (
	gcWorkers = 20
	gcQPS     = 2
)

// garbageCollector follows who owns whom, and acts when an owner goes.
//
// Differs from upstream: an owner that was never there is taken to exist, so that pods of a cluster can be
// run without what made them; and owners that own each other in a circle are not freed from it.
// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/garbagecollector.go.
type garbageCollector struct {
	manager *Manager
	loop    *Loop // keys are UIDs
	lag     *sim.Stream
	graph   ownership
}

func startGarbageCollector(m *Manager) {
	c := &garbageCollector{manager: m, graph: newOwnership(), lag: m.Engine.Stream("controllers/garbage-collector/watch")}
	c.loop = m.NewLoop(LoopOptions{Name: "garbage-collector-controller", Workers: gcWorkers, QPS: gcQPS, Sync: c.sync})
	for _, r := range apiserver.Resources() {
		for _, o := range m.API.Collection(r.Kind).Objects() {
			if owners := o.Meta().Owners; len(owners) > 0 {
				c.graph.link(c.graph.of(o), owners)
			}
			if waits(o.Meta()) {
				c.added(o)
			}
		}
	}
	m.API.Observe(c.observe)
}

// waits says whether an object is deleted in a way that the collector has to see to.
func waits(m *model.ObjectMeta) bool {
	return m.Deleting && (slices.Contains(m.Finalizers, model.FinalizerForeground) || slices.Contains(m.Finalizers, model.FinalizerOrphan))
}

func (c *garbageCollector) observe(change apiserver.Change) {
	switch change.Type {
	case apiserver.Added:
		m := change.New.Meta()
		if len(m.Owners) > 0 || waits(m) {
			c.added(change.New)
		}
	case apiserver.Modified:
		c.changed(change.Old, change.New)
	case apiserver.Deleted:
		c.deleted(change.Old)
	}
}

func (c *garbageCollector) added(o model.Object) {
	n := c.graph.of(o)
	c.graph.link(n, o.Meta().Owners)
	for i := range n.owners {
		if c.graph.buried(n.owners[i].UID) {
			c.enqueue(n)
		}
	}
	if waits(o.Meta()) {
		c.begin(o, n)
	}
}

// changed follows owners that change and deletions that begin.
// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/graph_builder.go processGraphChanges, processTransitions.
func (c *garbageCollector) changed(old, o model.Object) {
	was, is := old.Meta(), o.Meta()
	if !slices.Equal(was.Owners, is.Owners) {
		n := c.graph.of(o)
		c.graph.unlink(n)
		c.graph.link(n, is.Owners)
		for i := range was.Owners {
			c.look(n, &was.Owners[i])
		}
	}
	if waits(is) && (!was.Deleting || !slices.Equal(was.Finalizers, is.Finalizers)) {
		c.begin(o, c.graph.of(o))
	}
}

// begin starts the deletion of what an object owns, or takes it from its owner.
func (c *garbageCollector) begin(o model.Object, n *owning) {
	if !slices.Contains(o.Meta().Finalizers, model.FinalizerOrphan) {
		for _, d := range n.ownedBy() {
			c.enqueue(d)
		}
	}
	c.enqueue(n)
}

// deleted has what an object owned looked at, and its owners that wait for it.
func (c *garbageCollector) deleted(o model.Object) {
	uid := o.Meta().UID
	n, ok := c.graph.nodes[uid]
	if o.Kind() != model.KindPod || ok && len(n.dependents) > 0 {
		c.graph.bury(uid)
	}
	if !ok {
		return
	}
	for _, d := range n.ownedBy() {
		c.enqueue(d)
	}
	owners := n.owners
	c.graph.remove(n)
	for i := range owners {
		c.look(n, &owners[i])
	}
}

// look has an owner of n looked at that is deleted in the foreground.
func (c *garbageCollector) look(n *owning, ref *model.OwnerReference) {
	owner := owning{kind: model.Kind(ref.Kind), name: ownerName(n, ref), uid: ref.UID}
	if o := c.find(&owner); o != nil && o.Meta().Deleting && slices.Contains(o.Meta().Finalizers, model.FinalizerForeground) {
		c.enqueue(c.graph.of(o))
	}
}

// enqueue has an object looked at once the collector's watch has told of what has happened.
func (c *garbageCollector) enqueue(n *owning) {
	c.loop.AddAfter(apiserver.Name{Name: n.uid}, sim.SampleDuration(c.manager.options.WatchLatency, c.lag))
}

// find returns the object of a node as it stands, nil when it is gone.
func (c *garbageCollector) find(n *owning) model.Object {
	store := c.manager.API.Collection(n.kind)
	if store == nil {
		return nil
	}
	if o := store.Find(n.name.Namespace, n.name.Name); o != nil && o.Meta().UID == n.uid {
		return o
	}
	return nil
}

// sync looks at one object.
// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem.
func (c *garbageCollector) sync(key apiserver.Name) error {
	n, ok := c.graph.nodes[key.Name]
	if !ok {
		return nil
	}
	now := c.find(n)
	if now == nil {
		return nil
	}
	if m := now.Meta(); m.Deleting {
		switch {
		case slices.Contains(m.Finalizers, model.FinalizerOrphan):
			return c.orphan(n)
		case !slices.Contains(m.Finalizers, model.FinalizerForeground):
			return nil
		}
	}
	latest, err := c.loop.Get(n.kind, n.name.Namespace, n.name.Name)
	if err != nil || latest.Meta().UID != n.uid {
		return ignoreNotFound(err)
	}
	if m := latest.Meta(); m.Deleting && slices.Contains(m.Finalizers, model.FinalizerForeground) {
		return c.empty(n)
	}
	return c.judge(n, latest)
}

// empty lets an object go that is deleted in the foreground once nothing blocks it.
// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/garbagecollector.go processDeletingDependentsItem.
func (c *garbageCollector) empty(n *owning) error {
	blocking := n.blocking()
	if len(blocking) == 0 {
		return c.release(n, model.FinalizerForeground)
	}
	for _, d := range blocking {
		if o := c.find(d); o != nil && !(o.Meta().Deleting && slices.Contains(o.Meta().Finalizers, model.FinalizerForeground)) {
			c.loop.Add(apiserver.Name{Name: d.uid})
		}
	}
	return nil
}

// orphan takes what an object owns from it, then lets it go.
// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/garbagecollector.go attemptToOrphanWorker, orphanDependents.
func (c *garbageCollector) orphan(n *owning) error {
	dependents := n.ownedBy()
	errs := c.loop.Parallel(len(dependents), func(i int) error {
		return ignoreNotFound(c.disown(dependents[i], []string{n.uid}))
	})
	if len(errs) > 0 {
		return errs[0]
	}
	return c.release(n, model.FinalizerOrphan)
}

// disown takes owners from an object at once.
func (c *garbageCollector) disown(n *owning, uids []string) error {
	return c.manager.patch(n.kind, n.name.Namespace, n.name.Name, n.uid, func(o model.Object) (model.Object, error) {
		changed := apiserver.Copy(o)
		m := changed.Meta()
		m.Owners = slices.DeleteFunc(slices.Clone(m.Owners), func(r model.OwnerReference) bool { return slices.Contains(uids, r.UID) })
		return changed, nil
	})
}

// release takes a finalizer from an object.
func (c *garbageCollector) release(n *owning, finalizer string) error {
	return ignoreNotFound(c.loop.Patch(n.kind, n.name.Namespace, n.name.Name, n.uid, func(o model.Object) (model.Object, error) {
		if !slices.Contains(o.Meta().Finalizers, finalizer) {
			return nil, nil
		}
		changed := apiserver.Copy(o)
		m := changed.Meta()
		m.Finalizers = slices.DeleteFunc(slices.Clone(m.Finalizers), func(f string) bool { return f == finalizer })
		return changed, nil
	}))
}

// judge decides by its owners what becomes of an object.
func (c *garbageCollector) judge(n *owning, latest model.Object) error {
	solid := 0
	var dangling, waiting []string
	for _, ref := range latest.Meta().Owners {
		state, err := c.ownerState(n, &ref)
		if err != nil {
			return err
		}
		switch state {
		case ownerGone:
			dangling = append(dangling, ref.UID)
		case ownerWaits:
			waiting = append(waiting, ref.UID)
		default:
			solid++
		}
	}
	switch {
	case len(dangling)+len(waiting) == 0:
		return nil
	case solid > 0:
		return ignoreNotFound(c.loop.Do(func() error { return c.disown(n, append(dangling, waiting...)) }))
	case len(waiting) > 0 && len(n.dependents) > 0:
		return c.collect(n, latest, apiserver.Foreground)
	}
	return c.collect(n, latest, howTo(latest.Meta()))
}

// howTo is how an object without owners is deleted: as a finalizer that it has says, otherwise in the background.
func howTo(m *model.ObjectMeta) apiserver.Propagation {
	switch {
	case slices.Contains(m.Finalizers, model.FinalizerOrphan):
		return apiserver.Orphan
	case slices.Contains(m.Finalizers, model.FinalizerForeground):
		return apiserver.Foreground
	}
	return apiserver.Background
}

func (c *garbageCollector) collect(n *owning, latest model.Object, how apiserver.Propagation) error {
	return ignoreNotFound(c.loop.Delete(n.kind, n.name.Namespace, n.name.Name,
		apiserver.DeleteOptions{UID: n.uid, ResourceVersion: latest.Meta().ResourceVersion, Propagation: how}))
}

type ownerState int

const (
	ownerSolid ownerState = iota
	ownerGone
	ownerWaits // for its dependents to be gone
)

// ownerState asks what has become of an owner.
// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/garbagecollector.go isDangling, classifyReferences.
func (c *garbageCollector) ownerState(n *owning, ref *model.OwnerReference) (ownerState, error) {
	if c.graph.buried(ref.UID) {
		return ownerGone, nil
	}
	if c.manager.API.Collection(model.Kind(ref.Kind)) == nil {
		return ownerSolid, nil
	}
	name := ownerName(n, ref)
	owner, err := c.loop.Get(model.Kind(ref.Kind), name.Namespace, name.Name)
	switch {
	case apiserver.Is(err, apiserver.NotFound):
		if c.graph.buried(ref.UID) {
			return ownerGone, nil
		}
		return ownerSolid, nil // it was never there
	case err != nil:
		return ownerSolid, err
	case owner.Meta().UID != ref.UID:
		return ownerGone, nil
	}
	if m := owner.Meta(); m.Deleting && slices.Contains(m.Finalizers, model.FinalizerForeground) {
		return ownerWaits, nil
	}
	return ownerSolid, nil
}
