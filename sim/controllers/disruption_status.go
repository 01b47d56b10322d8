package controllers

import (
	"fmt"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// expect is how many pods a budget is about, and how many of them must be healthy.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go getExpectedPodCount.
func (c *disruptions) expect(b *model.PodDisruptionBudget, pods map[apiserver.Name]*model.Pod) (expected, desired int32, err error) {
	switch {
	case b.MaxUnavailable != nil:
		if expected, err = c.scale(b, pods); err != nil {
			return 0, 0, err
		}
		return expected, max(0, expected-b.MaxUnavailable.Of(expected, true)), nil
	case b.MinAvailable == nil:
		return 0, 0, nil
	case !b.MinAvailable.Percent:
		return int32(len(pods)), b.MinAvailable.Value, nil
	}
	if expected, err = c.scale(b, pods); err != nil {
		return 0, 0, err
	}
	return expected, b.MinAvailable.Of(expected, true), nil
}

// scale adds up the replicas that the controllers of the pods want.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go getExpectedScale.
func (c *disruptions) scale(b *model.PodDisruptionBudget, pods map[apiserver.Name]*model.Pod) (int32, error) {
	scales := map[string]int32{}
	unmanaged := 0
	lost := "" // the first by name of those whose controller is not known, whatever the order
	for name, pod := range pods {
		ref := pod.Controller()
		if ref == nil {
			unmanaged++
			continue
		}
		uid, replicas, ok := c.controllerOf(pod.Namespace, ref)
		switch {
		case ok:
			scales[uid] = replicas
		case lost == "" || name.Name < lost:
			lost = name.Name
		}
	}
	if lost != "" {
		return 0, fmt.Errorf("found no controllers for pod %q", lost)
	}
	if unmanaged > 0 {
		c.loop.Event(b, apiserver.Warning, "UnmanagedPods", "Pods selected by this PodDisruptionBudget (selector: %s) were found "+
			"to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. "+
			"To account for these pods please set \".spec.minAvailable\" "+
			"field of the PDB to an integer value.", selectorText(b.Selector))
	}
	total := int32(0)
	for _, n := range scales {
		total += n
	}
	return total, nil
}

// controllerOf finds what decides how many pods there are: a Deployment in the place of its ReplicaSet.
func (c *disruptions) controllerOf(namespace string, ref *model.OwnerReference) (uid string, replicas int32, ok bool) {
	switch model.Kind(ref.Kind) {
	case model.KindReplicationController:
		if o, there := c.replicationControllers.Get(namespace, ref.Name); there && o.UID == ref.UID {
			return o.UID, o.Replicas, true
		}
	case model.KindStatefulSet:
		if o, there := c.statefulSets.Get(namespace, ref.Name); there && o.UID == ref.UID {
			return o.UID, o.Replicas, true
		}
	case model.KindReplicaSet:
		set, there := c.replicaSets.Get(namespace, ref.Name)
		if !there || set.UID != ref.UID {
			return "", 0, false
		}
		owner := set.Controller()
		if owner == nil || model.Kind(owner.Kind) != model.KindDeployment {
			return set.UID, set.Replicas, true
		}
		if o, there := c.deployments.Get(namespace, owner.Name); there && o.UID == owner.UID {
			return o.UID, o.Replicas, true
		}
	}
	return "", 0, false
}

// selectorText is a selector as Go prints it in events; what it looks like matters to nobody.
func selectorText(s *model.Selector) string {
	if s == nil {
		return "nil"
	}
	return fmt.Sprint(s.Requirements)
}

// The condition of a budget and its reasons.
// Source: kubernetes v1.37.2 api policy/v1/types.go DisruptionAllowedCondition.
const (
	disruptionAllowed = "DisruptionAllowed"
	sufficientPods    = "SufficientPods"
	insufficientPods  = "InsufficientPods"
	syncFailed        = "SyncFailed"
)

// write stores what was counted when it is news.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go updatePdbStatus.
func (c *disruptions) write(b *model.PodDisruptionBudget, status model.DisruptionBudgetStatus) error {
	if status.ExpectedPods > 0 {
		status.DisruptionsAllowed = max(0, status.CurrentHealthy-status.DesiredHealthy)
	}
	want := model.Condition{Type: disruptionAllowed, Status: model.ConditionFalse, Reason: insufficientPods,
		ObservedGeneration: status.ObservedGeneration}
	if status.DisruptionsAllowed > 0 {
		want.Status, want.Reason = model.ConditionTrue, sufficientPods
	}
	was := model.FindCondition(b.Status.Conditions, disruptionAllowed)
	old := b.Status
	if old.CurrentHealthy == status.CurrentHealthy && old.DesiredHealthy == status.DesiredHealthy &&
		old.ExpectedPods == status.ExpectedPods && old.DisruptionsAllowed == status.DisruptionsAllowed &&
		slices.Equal(old.DisruptedPods, status.DisruptedPods) && old.ObservedGeneration == b.Generation &&
		was != nil && was.Status == want.Status && was.Reason == want.Reason {
		return nil
	}
	status.Conditions = c.withCondition(b, want)
	out := apiserver.Copy(b).(*model.PodDisruptionBudget)
	out.Status = status
	_, err := c.loop.Update(out)
	return err
}

// withCondition is the budget's conditions with one set; its time changes with its status alone.
// Source: kubernetes v1.37.2 apimachinery pkg/api/meta/conditions.go SetStatusCondition.
func (c *disruptions) withCondition(b *model.PodDisruptionBudget, want model.Condition) []model.Condition {
	want.LastTransition = c.manager.Engine.Now()
	out := slices.Clone(b.Status.Conditions)
	for i := range out {
		if out[i].Type == want.Type {
			if out[i].Status == want.Status {
				want.LastTransition = out[i].LastTransition
			}
			out[i] = want
			return out
		}
	}
	return append(out, want)
}

// failSafe allows no disruption where counting has failed. A budget that says so already is asked to be written
// all the same, and the API server writes nothing, so that nobody hears of it.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go failSafe; apiserver
// pkg/storage/etcd3/store.go GuaranteedUpdate (an update that changes nothing).
func (c *disruptions) failSafe(b *model.PodDisruptionBudget, failed error) error {
	out := apiserver.Copy(b).(*model.PodDisruptionBudget)
	out.Status.DisruptionsAllowed = 0
	out.Status.Conditions = c.withCondition(b, model.Condition{Type: disruptionAllowed, Status: model.ConditionFalse,
		Reason: syncFailed, Message: failed.Error(), ObservedGeneration: b.Status.ObservedGeneration})
	if b.Status.DisruptionsAllowed == 0 && slices.Equal(out.Status.Conditions, b.Status.Conditions) {
		return c.loop.Do(func() error { return nil })
	}
	_, err := c.loop.Update(out)
	return err
}
