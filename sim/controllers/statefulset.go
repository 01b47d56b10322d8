package controllers

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var statefulSetInfo = Info{
	Name:  "statefulset-controller",
	Doc:   "Keeps the numbered pods of a StatefulSet and their claims, in order, and updates them from the highest number down.",
	Kinds: []model.Kind{model.KindStatefulSet},
	Start: startStatefulSets,
}

// statefulSetWorkers is how many sets are synced at once.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/config/v1alpha1/defaults.go ConcurrentStatefulSetSyncs.
const statefulSetWorkers = 5

// statefulSets is the controller of StatefulSets.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set.go StatefulSetController.
type statefulSets struct {
	manager     *Manager
	loop        *Loop
	sets        *Informer[*model.StatefulSet]
	pods        *Informer[*model.Pod]
	claims      *Informer[*model.PersistentVolumeClaim]
	revisions   *Informer[*model.ControllerRevision]
	consistency *Consistency
	// specs are those of numbered pods with claims, so that a pod made again shares its spec.
	specs map[numberedSpec]*model.PodSpec
}

type numberedSpec struct {
	template *model.PodTemplate
	pod      string
}

func startStatefulSets(m *Manager) {
	c := &statefulSets{manager: m, consistency: NewConsistency(), specs: map[numberedSpec]*model.PodSpec{}}
	c.loop = m.NewLoop(LoopOptions{Name: "statefulset-controller", Workers: statefulSetWorkers, Sync: c.sync})
	c.sets = InformerOf[*model.StatefulSet](m, model.KindStatefulSet)
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	c.claims = InformerOf[*model.PersistentVolumeClaim](m, model.KindPersistentVolumeClaim)
	c.revisions = InformerOf[*model.ControllerRevision](m, model.KindControllerRevision)
	c.consistency.Watches(model.KindPod, c.pods.Seen)
	c.consistency.Watches(model.KindPersistentVolumeClaim, c.claims.Seen)
	c.consistency.Watches(model.KindStatefulSet, c.sets.Seen)
	enqueue := func(s *model.StatefulSet) { c.loop.Add(apiserver.NameOf(s)) }
	c.sets.Handle(Handlers[*model.StatefulSet]{Add: enqueue, Update: func(_, s *model.StatefulSet) { enqueue(s) }, Delete: enqueue})
	c.pods.Handle(Handlers[*model.Pod]{Add: c.podAdded, Update: c.podUpdated, Delete: c.podDeleted})
}

// owner is the set that a pod's reference means, nil when it is not there.
func (c *statefulSets) owner(pod *model.Pod) *model.StatefulSet {
	ref := pod.Controller()
	if ref == nil || ref.Kind != string(model.KindStatefulSet) {
		return nil
	}
	if s, ok := c.sets.Get(pod.Namespace, ref.Name); ok && s.UID == ref.UID {
		return s
	}
	return nil
}

func (c *statefulSets) podAdded(pod *model.Pod) {
	switch s := c.owner(pod); {
	case s != nil:
		c.loop.Add(apiserver.NameOf(s))
	case pod.Controller() == nil && !pod.Deleting:
		c.tellCandidates(pod)
	}
}

// tellCandidates has the sets synced that may adopt an orphan.
func (c *statefulSets) tellCandidates(pod *model.Pod) {
	for s := range c.sets.All() {
		if s.Namespace == pod.Namespace && !s.Selector.Empty() && s.Selector.Matches(pod.Labels) {
			c.loop.Add(apiserver.NameOf(s))
		}
	}
}

func (c *statefulSets) podUpdated(old, pod *model.Pod) {
	was, is := old.Controller(), pod.Controller()
	moved := !sameReference(was, is)
	if moved && was != nil {
		c.podDeleted(old)
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
		c.loop.AddAfter(apiserver.NameOf(s), seconds(s.MinReadySeconds))
	}
}

func (c *statefulSets) podDeleted(pod *model.Pod) {
	if s := c.owner(pod); s != nil {
		c.loop.Add(apiserver.NameOf(s))
	}
}

// sync takes a set a step further.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set.go sync, syncStatefulSet.
func (c *statefulSets) sync(key apiserver.Name) error {
	if err := c.consistency.Ready(key); err != nil {
		return err
	}
	set, ok := c.sets.Get(key.Namespace, key.Name)
	if !ok {
		c.consistency.Clear(key)
		return nil
	}
	pods, err := claim(c.claimer(set), c.podsOf(set))
	if err != nil {
		return err
	}
	now := c.manager.Engine.Now()
	next, waits := c.manager.nextAvailable(pods, set.MinReadySeconds)
	status, err := c.update(set, pods)
	if err != nil {
		return err
	}
	if set.MinReadySeconds > 0 && status.ReadyReplicas != status.AvailableReplicas {
		if !waits {
			next = seconds(set.MinReadySeconds)
		}
		c.loop.AddAfter(key, now.Add(next).Sub(c.manager.Engine.Now()))
	}
	return nil
}

// podsOf are the pods that a set owns, and the orphans of its namespace.
func (c *statefulSets) podsOf(set *model.StatefulSet) []*model.Pod {
	pods := slices.Collect(c.pods.OwnedBy(set.UID))
	for p := range c.pods.Orphans(set.Namespace) {
		if !p.Deleting && set.Selector.Matches(p.Labels) {
			pods = append(pods, p)
		}
	}
	return pods
}

// claimer has a set take pods that match its selector and are named after it.
func (c *statefulSets) claimer(set *model.StatefulSet) *claimer {
	return &claimer{loop: c.loop, owner: set, ref: controllerRef("apps/v1", set),
		matches: func(o model.Object) bool {
			m := o.Meta()
			parent, _ := parentAndOrdinal(m.Name)
			return parent == set.Name && set.Selector.Matches(m.Labels)
		},
		wrote: func(o model.Object) { c.consistency.WroteAt(apiserver.NameOf(set), set.UID, o) }}
}

// parentAndOrdinal takes the name of a numbered pod apart; ordinal is negative for any other name.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go getParentNameAndOrdinal.
func parentAndOrdinal(name string) (parent string, ordinal int) {
	i := strings.LastIndexByte(name, '-')
	if i < 0 || i == len(name)-1 || strings.Trim(name[i+1:], "0123456789") != "" {
		return "", -1
	}
	n, err := strconv.ParseInt(name[i+1:], 10, 32)
	if err != nil {
		return name[:i], -1
	}
	return name[:i], int(n)
}

func ordinalOf(pod *model.Pod) int {
	_, n := parentAndOrdinal(pod.Name)
	return n
}
