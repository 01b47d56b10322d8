package controllers

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// surges says whether a second pod may be on a node while the first is replaced.
// Source: kubernetes v1.37.2 pkg/controller/daemon/util/daemonset_util.go AllowsSurge.
func (s *daemonSync) surges() bool {
	u := s.set.UpdateStrategy
	return u.Type == model.RollingUpdate && u.MaxSurge.Of(1, true) > 0
}

// limits are how many nodes may have a second pod, how many none, and how many should have one: shares are
// rounded up.
// Source: kubernetes v1.37.2 pkg/controller/daemon/update.go updatedDesiredNodeCounts.
func (s *daemonSync) limits() (surge, unavailable, desired int) {
	for _, n := range s.nodes {
		if run, _ := s.template.wants(n); run {
			desired++
		}
	}
	surge = int(s.set.UpdateStrategy.MaxSurge.Of(int32(desired), true))
	unavailable = int(s.set.UpdateStrategy.MaxUnavailable.Of(int32(desired), true))
	if desired > 0 && surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return surge, unavailable, desired
}

// roll replaces pods of an old template within the limits.
// Source: kubernetes v1.37.2 pkg/controller/daemon/update.go rollingUpdate.
func (s *daemonSync) roll() error {
	byNode, err := s.podsByNode()
	if err != nil {
		return err
	}
	surge, unavailable, desired := s.limits()
	if surge == 0 {
		return s.apply(s.replaceable(byNode, unavailable), nil)
	}
	gone, nodes := s.surging(byNode, surge, desired)
	return s.apply(gone, nodes)
}

// pairOn are the new and the old pod on a node; ok is false when there are several of either.
// Source: kubernetes v1.37.2 pkg/controller/daemon/update.go findUpdatedPodsOnNode.
func (s *daemonSync) pairOn(pods []*model.Pod) (current, old *model.Pod, ok bool) {
	for _, p := range pods {
		switch {
		case p.Deleting:
		case updated(s.set, p, s.hash):
			if current != nil {
				return nil, nil, false
			}
			current = p
		default:
			if old != nil {
				return nil, nil, false
			}
			old = p
		}
	}
	return current, old, true
}

// replaceable are the old pods that may go: those that do not serve, and others as long as no more than the
// limit are down.
func (s *daemonSync) replaceable(byNode map[string][]*model.Pod, limit int) []*model.Pod {
	down := 0
	var dead, candidates []*model.Pod
	for _, n := range s.nodes {
		pods, has := byNode[n.Name]
		if run, _ := s.template.wants(n); !has && !run {
			continue
		}
		current, old, ok := s.pairOn(pods)
		switch {
		case !ok, (current == nil) == (old == nil):
			down++
		case current != nil:
			if !s.available(current) {
				down++
			}
		case !s.available(old):
			dead = append(dead, old)
			down++
		case down < limit:
			candidates = append(candidates, old)
		}
	}
	n := min(max(0, limit-down), len(candidates))
	return append(dead, candidates[:n]...)
}

// surging are the old pods that may go, because a new one serves, and the nodes that get a new pod beside the
// old one.
func (s *daemonSync) surging(byNode map[string][]*model.Pod, limit, desired int) (gone []*model.Pod, nodes []string) {
	surge, serving := 0, 0
	var candidates []string
	var misplaced []*model.Pod
	for _, n := range s.nodes {
		current, old, ok := s.pairOn(byNode[n.Name])
		if !ok {
			surge++
			continue
		}
		if old != nil && s.available(old) || old == nil && current != nil && s.available(current) {
			serving++
		}
		run, _ := s.template.wants(n)
		switch {
		case old == nil:
		case current != nil && !s.available(current):
			surge++
		case current != nil, !run && !s.available(old):
			gone = append(gone, old)
		case !run:
			misplaced = append(misplaced, old)
		case !s.available(old):
			nodes = append(nodes, n.Name)
		case surge < limit:
			candidates = append(candidates, n.Name)
		}
	}
	if n := serving - desired; n > 0 {
		gone = append(gone, misplaced[:min(n, len(misplaced))]...)
	}
	n := min(max(0, limit-surge), len(candidates))
	return gone, append(nodes, candidates[:n]...)
}

// writeStatus counts the nodes and writes the status when it is news.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go updateDaemonSetStatus, storeDaemonSetStatus.
func (s *daemonSync) writeStatus(observed bool) error {
	byNode, err := s.podsByNode()
	if err != nil {
		return err
	}
	status := s.count(byNode)
	was := s.set.Status
	status.ObservedGeneration, status.CollisionCount, status.Conditions = was.ObservedGeneration, was.CollisionCount, was.Conditions
	same := was.DesiredNumberScheduled == status.DesiredNumberScheduled && was.CurrentNumberScheduled == status.CurrentNumberScheduled &&
		was.NumberMisscheduled == status.NumberMisscheduled && was.NumberReady == status.NumberReady &&
		was.UpdatedNumberScheduled == status.UpdatedNumberScheduled && was.NumberAvailable == status.NumberAvailable &&
		was.NumberUnavailable == status.NumberUnavailable && was.ObservedGeneration >= s.set.Generation
	if !same {
		if observed {
			status.ObservedGeneration = s.set.Generation
		}
		out := apiserver.Copy(s.set).(*model.DaemonSet)
		out.Status = status
		written, err := s.c.loop.Update(out)
		if apiserver.Is(err, apiserver.Conflict) {
			err = s.c.loop.Patch(model.KindDaemonSet, s.set.Namespace, s.set.Name, s.set.UID, func(o model.Object) (model.Object, error) {
				out := apiserver.Copy(o).(*model.DaemonSet)
				out.Status, written = status, out
				return out, nil
			})
		}
		if err != nil {
			return err
		}
		s.c.consistency.WroteAt(apiserver.NameOf(s.set), s.set.UID, written)
	}
	if s.set.MinReadySeconds > 0 && status.NumberReady != status.NumberAvailable {
		s.c.loop.AddAfter(apiserver.NameOf(s.set), seconds(s.set.MinReadySeconds))
	}
	return nil
}

func (s *daemonSync) count(byNode map[string][]*model.Pod) (st model.DaemonSetStatus) {
	for _, n := range s.nodes {
		pods := byNode[n.Name]
		run, _ := s.template.wants(n)
		switch {
		case !run && len(pods) > 0:
			st.NumberMisscheduled++
			continue
		case !run:
			continue
		}
		st.DesiredNumberScheduled++
		if len(pods) == 0 {
			continue
		}
		st.CurrentNumberScheduled++
		oldest := pods[0]
		if len(pods) > 1 {
			oldest = s.oldestFirst(pods)[0]
		}
		if ready(oldest) {
			st.NumberReady++
			if s.available(oldest) {
				st.NumberAvailable++
			}
		}
		if updated(s.set, oldest, s.hash) {
			st.UpdatedNumberScheduled++
		}
	}
	st.NumberUnavailable = st.DesiredNumberScheduled - st.NumberAvailable
	return st
}
