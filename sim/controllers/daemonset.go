package controllers

import (
	"maps"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var daemonSetInfo = Info{
	Name:  "daemonset-controller",
	Doc:   "Keeps one pod of a DaemonSet on every node that should have one, and replaces them when the template changes.",
	Kinds: []model.Kind{model.KindDaemonSet},
	Start: startDaemonSets,
}

// daemonSetWorkers is how many sets are synced at once, daemonBurst how many pods one sync makes or deletes.
// Source: kubernetes v1.37.2 pkg/controller/daemon/config/v1alpha1/defaults.go ConcurrentDaemonSetSyncs;
// pkg/controller/daemon/daemon_controller.go BurstReplicas.
const (
	daemonSetWorkers = 2
	daemonBurst      = 250
)

// daemonSets is the controller of DaemonSets.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go DaemonSetsController.
type daemonSets struct {
	manager     *Manager
	loop        *Loop
	sets        *Informer[*model.DaemonSet]
	pods        *Informer[*model.Pod]
	nodes       *Informer[*model.Node]
	revisions   *Informer[*model.ControllerRevision]
	expects     *Expectations
	consistency *Consistency
	templates   map[*model.PodTemplate]*daemonTemplate
	backoffs    map[daemonBackoffKey]*daemonBackoff
}

func startDaemonSets(m *Manager) {
	c := &daemonSets{manager: m, expects: m.NewExpectations(), consistency: NewConsistency(),
		templates: map[*model.PodTemplate]*daemonTemplate{}, backoffs: map[daemonBackoffKey]*daemonBackoff{}}
	c.loop = m.NewLoop(LoopOptions{Name: "daemonset-controller", Workers: daemonSetWorkers, Sync: c.sync})
	c.sets = InformerOf[*model.DaemonSet](m, model.KindDaemonSet)
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	c.nodes = InformerOf[*model.Node](m, model.KindNode)
	c.revisions = InformerOf[*model.ControllerRevision](m, model.KindControllerRevision)
	c.consistency.Watches(model.KindPod, c.pods.Seen)
	c.consistency.Watches(model.KindDaemonSet, c.sets.Seen)
	enqueue := func(s *model.DaemonSet) { c.loop.Add(apiserver.NameOf(s)) }
	c.sets.Handle(Handlers[*model.DaemonSet]{Add: enqueue, Update: func(_, s *model.DaemonSet) { enqueue(s) }, Delete: c.setDeleted})
	c.pods.Handle(Handlers[*model.Pod]{Add: c.podAdded, Update: c.podUpdated, Delete: c.podDeleted})
	c.nodes.Handle(Handlers[*model.Node]{Add: c.nodeChanged, Update: func(old, n *model.Node) {
		if !maps.Equal(old.Labels, n.Labels) || !slices.Equal(old.Taints, n.Taints) {
			c.nodeChanged(n)
		}
	}})
}

func (c *daemonSets) setDeleted(s *model.DaemonSet) {
	key := apiserver.NameOf(s)
	c.expects.Forget(key)
	c.consistency.Clear(key)
	delete(c.templates, s.Template)
	c.loop.Add(key)
}

// nodeChanged has the sets synced for which the node means something else than before.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go syncNodeUpdate.
func (c *daemonSets) nodeChanged(n *model.Node) {
	for s := range c.sets.All() {
		run, keep := c.template(s).wants(n)
		has := c.hasPodOn(s, n.Name)
		if run && !has || !keep && has || has && s.Status.NumberMisscheduled > 0 {
			c.loop.Add(apiserver.NameOf(s))
		}
	}
}

func (c *daemonSets) hasPodOn(s *model.DaemonSet, node string) bool {
	for _, p := range c.manager.API.PodsOn(node) {
		if ref := p.Controller(); ref != nil && ref.UID == s.UID {
			return true
		}
	}
	return false
}

// owner is the set that a pod's reference means, nil when it is not there.
func (c *daemonSets) owner(pod *model.Pod) *model.DaemonSet {
	ref := pod.Controller()
	if ref == nil || ref.Kind != string(model.KindDaemonSet) {
		return nil
	}
	if s, ok := c.sets.Get(pod.Namespace, ref.Name); ok && s.UID == ref.UID {
		return s
	}
	return nil
}

func (c *daemonSets) podAdded(pod *model.Pod) {
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
func (c *daemonSets) tellCandidates(pod *model.Pod) {
	for s := range c.sets.All() {
		if s.Namespace == pod.Namespace && !s.Selector.Empty() && s.Selector.Matches(pod.Labels) {
			c.loop.Add(apiserver.NameOf(s))
		}
	}
}

func (c *daemonSets) podUpdated(old, pod *model.Pod) {
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
	if is == nil {
		if moved || !maps.Equal(old.Labels, pod.Labels) {
			c.tellCandidates(pod)
		}
		return
	}
	s := c.owner(pod)
	if s == nil {
		return
	}
	c.loop.Add(apiserver.NameOf(s))
	if !ready(old) && ready(pod) && s.MinReadySeconds > 0 {
		c.loop.AddAfter(apiserver.NameOf(s), seconds(s.MinReadySeconds+1))
	}
}

func (c *daemonSets) podDeleted(pod *model.Pod) {
	if s := c.owner(pod); s != nil {
		c.expects.DeletionObserved(apiserver.NameOf(s), pod.UID)
		c.loop.Add(apiserver.NameOf(s))
	}
}

// daemonBackoff is how long a failed pod of a node is left alone.
type daemonBackoff struct {
	delay time.Duration
	last  sim.Time
}

type daemonBackoffKey struct {
	uid        string
	generation int64
	node       string
}

// The back-off of failed pods.
// Source: kubernetes v1.37.2 cmd/kube-controller-manager/app/apps.go newDaemonSetController;
// client-go util/flowcontrol/backoff.go.
const (
	daemonBackoffFirst = time.Second
	daemonBackoffMost  = 15 * time.Minute
)

// failedAgain says how long a failed pod of a node must still wait; 0 when it may be replaced now, which
// counts as one more failure.
func (c *daemonSets) failedAgain(s *model.DaemonSet, node string) time.Duration {
	key := daemonBackoffKey{s.UID, s.Status.ObservedGeneration, node}
	now := c.manager.Engine.Now()
	b, ok := c.backoffs[key]
	expired := ok && now.Sub(b.last) > 2*daemonBackoffMost
	switch {
	case ok && !expired && now.Sub(b.last) < b.delay:
		return b.delay
	case !ok || expired:
		c.backoffs[key] = &daemonBackoff{daemonBackoffFirst, now}
	default:
		b.delay, b.last = min(2*b.delay, daemonBackoffMost), now
	}
	return 0
}
