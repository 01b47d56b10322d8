package controllers

import (
	"maps"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var replicaSetInfo = Info{
	Name:  "replicaset-controller",
	Doc:   "Keeps as many pods of a ReplicaSet as it asks for.",
	Kinds: []model.Kind{model.KindReplicaSet},
	Start: func(m *Manager) { startReplicas(m, replicaSets(m)) },
}

// replicas is the controller of ReplicaSets, and of ReplicationControllers, which it sees as ReplicaSets.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set.go ReplicaSetController.
type replicas struct {
	manager     *Manager
	loop        *Loop
	sets        setSource
	pods        *Informer[*model.Pod]
	expects     *Expectations
	consistency *Consistency // nil: none
}

// setSource is where a controller of replicas finds its sets.
type setSource struct {
	kind       model.Kind
	apiVersion string
	name       string // of the controller
	component  string // of its events
	// get returns a set by name, all those of a namespace, and siblings those that have the same controller.
	get      func(namespace, name string) (*model.ReplicaSet, bool)
	all      func(namespace string) []*model.ReplicaSet
	siblings func(set *model.ReplicaSet) []*model.ReplicaSet
	// watch has functions told of changes.
	watch func(h Handlers[*model.ReplicaSet])
	// view is an object of the kind as a ReplicaSet, and object what a set stands for, with a status.
	view   func(o model.Object) *model.ReplicaSet
	object func(set *model.ReplicaSet, status model.ReplicaSetStatus) model.Object
	// countsTerminating: the status tells how many pods are terminating.
	countsTerminating bool
	// seen is how far the informer has come; nil: writes are not waited for.
	seen func() uint64
}

// replicaSetWorkers is how many sets are synced at once.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/config/v1alpha1/defaults.go ConcurrentRSSyncs;
// pkg/controller/replication/config/v1alpha1/defaults.go ConcurrentRCSyncs.
const replicaSetWorkers = 5

// replicaSets is the source of ReplicaSets.
func replicaSets(m *Manager) setSource {
	sets := InformerOf[*model.ReplicaSet](m, model.KindReplicaSet)
	return setSource{
		kind: model.KindReplicaSet, apiVersion: "apps/v1", name: "replicaset-controller", component: "replicaset-controller",
		get: sets.Get,
		all: func(namespace string) []*model.ReplicaSet {
			return filter(sets.All(), func(s *model.ReplicaSet) bool { return s.Namespace == namespace })
		},
		siblings: func(set *model.ReplicaSet) []*model.ReplicaSet {
			ref := set.Controller()
			if ref == nil {
				return nil
			}
			return slices.Collect(sets.OwnedBy(ref.UID))
		},
		watch: sets.Handle,
		view:  func(o model.Object) *model.ReplicaSet { return o.(*model.ReplicaSet) },
		object: func(set *model.ReplicaSet, status model.ReplicaSetStatus) model.Object {
			changed := *set
			changed.Status = status
			return &changed
		},
		countsTerminating: true,
		seen:              sets.Seen,
	}
}

func startReplicas(m *Manager, sets setSource) {
	c := &replicas{manager: m, sets: sets, expects: m.NewExpectations()}
	c.loop = m.NewLoop(LoopOptions{Name: sets.name, Component: sets.component, Workers: replicaSetWorkers, Sync: c.sync})
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	if sets.seen != nil {
		c.consistency = NewConsistency()
		c.consistency.Watches(model.KindPod, c.pods.Seen)
		c.consistency.Watches(sets.kind, sets.seen)
	}
	sets.watch(Handlers[*model.ReplicaSet]{
		Add:    func(s *model.ReplicaSet) { c.loop.Add(apiserver.NameOf(s)) },
		Update: func(_, s *model.ReplicaSet) { c.loop.Add(apiserver.NameOf(s)) },
		Delete: c.setDeleted,
	})
	c.pods.Handle(Handlers[*model.Pod]{Add: c.podAdded, Update: c.podUpdated, Delete: c.podDeleted})
}

func (c *replicas) setDeleted(s *model.ReplicaSet) {
	key := apiserver.NameOf(s)
	if c.consistency != nil {
		c.consistency.Clear(key)
	}
	c.expects.Forget(key)
	c.loop.Add(key)
}

// owner is the set that a pod's reference means, nil when it is not there.
func (c *replicas) owner(pod *model.Pod) *model.ReplicaSet {
	ref := pod.Controller()
	if ref == nil || ref.Kind != string(c.sets.kind) {
		return nil
	}
	if s, ok := c.sets.get(pod.Namespace, ref.Name); ok && s.UID == ref.UID {
		return s
	}
	return nil
}

// podAdded has the set of a new pod synced, or those that may adopt it.
func (c *replicas) podAdded(pod *model.Pod) {
	switch s := c.owner(pod); {
	case pod.Deleting:
		c.podDeleted(pod)
	case s != nil:
		c.expects.CreationObserved(apiserver.NameOf(s))
		c.loop.Add(apiserver.NameOf(s))
	case pod.Controller() == nil:
		c.tellCandidates(pod)
	}
}

// tellCandidates has the sets synced that may adopt an orphan.
func (c *replicas) tellCandidates(pod *model.Pod) {
	for _, s := range c.sets.all(pod.Namespace) {
		if !s.Selector.Empty() && s.Selector.Matches(pod.Labels) {
			c.loop.Add(apiserver.NameOf(s))
		}
	}
}

// podUpdated has the set of a pod synced, also the one it had before.
func (c *replicas) podUpdated(old, pod *model.Pod) {
	if pod.Deleting {
		c.podDeleted(pod)
		return
	}
	was, is := old.Controller(), pod.Controller()
	moved := !sameReference(was, is)
	if moved && was != nil {
		if s := c.owner(old); s != nil {
			c.loop.Add(apiserver.NameOf(s))
		}
	}
	switch {
	case is != nil:
		c.ownedPodUpdated(old, pod)
	case moved || !maps.Equal(old.Labels, pod.Labels):
		c.tellCandidates(pod)
	}
}

func (c *replicas) ownedPodUpdated(old, pod *model.Pod) {
	s := c.owner(pod)
	if s == nil {
		return
	}
	c.loop.Add(apiserver.NameOf(s))
	if !ready(old) && ready(pod) && s.MinReadySeconds > 0 {
		c.loop.AddAfter(apiserver.NameOf(s), seconds(s.MinReadySeconds))
	}
}

// sameReference says whether two references of a controller are equal.
func sameReference(a, b *model.OwnerReference) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// podDeleted has the set of a pod synced that is going or gone.
func (c *replicas) podDeleted(pod *model.Pod) {
	if s := c.owner(pod); s != nil {
		c.expects.DeletionObserved(apiserver.NameOf(s), pod.UID)
		c.loop.Add(apiserver.NameOf(s))
	}
}
