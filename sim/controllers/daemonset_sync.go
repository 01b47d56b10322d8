package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// daemonSync is one sync of a set.
type daemonSync struct {
	c        *daemonSets
	set      *model.DaemonSet
	template *daemonTemplate
	nodes    []*model.Node
	hash     string
}

// sync takes a set a step further.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go syncDaemonSet.
func (c *daemonSets) sync(key apiserver.Name) error {
	if err := c.consistency.Ready(key); err != nil {
		return err
	}
	set, ok := c.sets.Get(key.Namespace, key.Name)
	if !ok {
		c.expects.Forget(key)
		c.consistency.Clear(key)
		return nil
	}
	if set.Selector.Empty() {
		c.loop.Event(set, apiserver.Warning, "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.")
		return nil
	}
	if set.Deleting {
		return nil
	}
	s := &daemonSync{c: c, set: set, template: c.template(set), nodes: slices.Collect(c.nodes.All())}
	current, old, err := s.history()
	if err != nil {
		return err
	}
	s.hash = current.Labels[model.LabelRevisionHash]
	if !c.expects.Satisfied(key) {
		return s.writeStatus(false)
	}
	err = s.update(old)
	if statusErr := s.writeStatus(true); err == nil {
		err = statusErr
	}
	return err
}

// update makes and deletes pods, replaces old ones, and forgets old revisions.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go updateDaemonSet.
func (s *daemonSync) update(old []*model.ControllerRevision) error {
	if err := s.manage(); err != nil {
		return err
	}
	if s.c.expects.Satisfied(apiserver.NameOf(s.set)) && s.set.UpdateStrategy.Type == model.RollingUpdate {
		if err := s.roll(); err != nil {
			return err
		}
	}
	return s.cleanup(old)
}

// podsByNode are the pods of a set by the node that they are on or meant for.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go getNodesToDaemonPods.
func (s *daemonSync) podsByNode() (map[string][]*model.Pod, error) {
	owned := slices.Collect(s.c.pods.OwnedBy(s.set.UID))
	for p := range s.c.pods.Orphans(s.set.Namespace) {
		if !p.Deleting && s.set.Selector.Matches(p.Labels) {
			owned = append(owned, p)
		}
	}
	cl := &claimer{loop: s.c.loop, owner: s.set, ref: controllerRef("apps/v1", s.set),
		matches: func(o model.Object) bool { return s.set.Selector.Matches(o.Meta().Labels) },
		wrote:   func(o model.Object) { s.c.consistency.WroteAt(apiserver.NameOf(s.set), s.set.UID, o) }}
	claimed, err := claim(cl, owned)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]*model.Pod, len(claimed))
	for _, p := range claimed {
		if p.Terminal() && p.Deleting {
			continue
		}
		if node, ok := targetOf(p); ok {
			out[node] = append(out[node], p)
		}
	}
	return out, nil
}

// oldestFirst puts pods that have a node first, then by age.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go podByCreationTimestampAndPhase.
func (s *daemonSync) oldestFirst(pods []*model.Pod) []*model.Pod {
	pods = slices.Clone(pods)
	second := s.c.manager.Second
	slices.SortFunc(pods, func(a, b *model.Pod) int {
		if (a.NodeName == "") != (b.NodeName == "") {
			if a.NodeName != "" {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(second(a.Created), second(b.Created)), cmp.Compare(a.Name, b.Name))
	})
	return pods
}

func (s *daemonSync) available(p *model.Pod) bool {
	return s.c.manager.available(p, s.set.MinReadySeconds)
}

// manage makes the pods that nodes lack and deletes those that do not belong.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go manage.
func (s *daemonSync) manage() error {
	byNode, err := s.podsByNode()
	if err != nil {
		return err
	}
	var lacking []string
	var surplus []*model.Pod
	there := make(map[string]bool, len(s.nodes))
	for _, n := range s.nodes {
		there[n.Name] = true
		lacks, extra := s.onNode(n, byNode[n.Name])
		if lacks {
			lacking = append(lacking, n.Name)
		}
		surplus = append(surplus, extra...)
	}
	for _, node := range sortedNames(byNode) {
		for _, p := range byNode[node] {
			if !there[node] && p.NodeName == "" {
				surplus = append(surplus, p)
			}
		}
	}
	return s.apply(surplus, lacking)
}

// onNode says whether a node lacks a pod and which of its pods are to go.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go podsShouldBeOnNode.
func (s *daemonSync) onNode(n *model.Node, pods []*model.Pod) (lacks bool, surplus []*model.Pod) {
	run, keep := s.template.wants(n)
	switch {
	case run && len(pods) == 0:
		return true, nil
	case !keep:
		return false, filter(slices.Values(pods), func(p *model.Pod) bool { return !p.Deleting })
	}
	var running []*model.Pod
	for _, p := range pods {
		switch {
		case p.Deleting:
		case p.Status.Phase == model.PodFailed:
			if wait := s.c.failedAgain(s.set, n.Name); wait > 0 {
				s.c.loop.AddAfter(apiserver.NameOf(s.set), wait)
				continue
			}
			s.c.loop.Event(s.set, apiserver.Warning, "FailedDaemonPod", "Found failed daemon pod %s/%s on node %s, will try to kill it", p.Namespace, p.Name, n.Name)
			surplus = append(surplus, p)
		case p.Status.Phase == model.PodSucceeded:
			s.c.loop.Event(s.set, apiserver.Normal, "SucceededDaemonPod", "Found succeeded daemon pod %s/%s on node %s, will try to delete it", p.Namespace, p.Name, n.Name)
			surplus = append(surplus, p)
		default:
			running = append(running, p)
		}
	}
	running = s.oldestFirst(running)
	switch {
	case !s.surges() && len(running) > 1:
		return false, append(surplus, running[1:]...)
	case s.surges() && len(running) == 0:
		return run && len(pods) > 0, surplus
	case s.surges() && len(running) > 1:
		return false, append(surplus, s.surged(running)...)
	}
	return false, surplus
}

// surged are those of several pods on a node that are to go: all but the oldest one of either template, and
// of these the old one when it is not ready or the new one is available.
func (s *daemonSync) surged(running []*model.Pod) (surplus []*model.Pod) {
	var newest, old *model.Pod
	for _, p := range running {
		current := p.Labels[model.LabelRevisionHash] == s.hash
		switch {
		case current && newest == nil:
			newest = p
		case !current && old == nil:
			old = p
		default:
			surplus = append(surplus, p)
		}
	}
	if newest != nil && old != nil && (!ready(old) || s.available(newest)) {
		surplus = append(surplus, old)
	}
	return surplus
}
