package controllers

import (
	"iter"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var disruptionInfo = Info{
	Name:  "disruption-controller",
	Doc:   "Counts for each PodDisruptionBudget how many pods are healthy and how many more may be disrupted.",
	Kinds: []model.Kind{model.KindPodDisruptionBudget},
	Start: startDisruption,
}

// deletionTimeout is how long a pod whose eviction was let through counts as disrupted while it is not
// being deleted, and staleDisruption how long one may say that it is to go without going.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go DeletionTimeout, stalePodDisruptionTimeout.
const (
	deletionTimeout = 2 * time.Minute
	staleDisruption = 2 * time.Minute
)

// disruptions keeps the status of PodDisruptionBudgets.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go DisruptionController.
type disruptions struct {
	manager *Manager
	loop    *Loop
	stale   *Loop // keys are pods
	budgets *Informer[*model.PodDisruptionBudget]
	pods    *Informer[*model.Pod]
	// matched are the pods of each budget.
	matched map[apiserver.Name]map[apiserver.Name]*model.Pod
	labels  *podLabels
	// selectors finds the budgets of pods, in the order of their coming.
	selectors model.SelectorIndex[apiserver.Name]

	replicationControllers *Informer[*model.ReplicationController]
	replicaSets            *Informer[*model.ReplicaSet]
	deployments            *Informer[*model.Deployment]
	statefulSets           *Informer[*model.StatefulSet]
}

func startDisruption(m *Manager) {
	c := &disruptions{manager: m, labels: podLabelsOf(m), matched: map[apiserver.Name]map[apiserver.Name]*model.Pod{}}
	c.loop = m.NewLoop(LoopOptions{Name: "disruption-controller", Component: "controllermanager", Workers: 1, Sync: c.sync})
	c.stale = m.NewLoop(LoopOptions{Name: "disruption-controller/stale", Component: "controllermanager", Workers: 1, Sync: c.syncStale})
	c.replicationControllers = InformerOf[*model.ReplicationController](m, model.KindReplicationController)
	c.replicaSets = InformerOf[*model.ReplicaSet](m, model.KindReplicaSet)
	c.deployments = InformerOf[*model.Deployment](m, model.KindDeployment)
	c.statefulSets = InformerOf[*model.StatefulSet](m, model.KindStatefulSet)
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	c.budgets = InformerOf[*model.PodDisruptionBudget](m, model.KindPodDisruptionBudget)
	c.budgets.Handle(Handlers[*model.PodDisruptionBudget]{Add: c.budgetAdded, Update: c.budgetUpdated, Delete: c.budgetGone})
	c.pods.Handle(Handlers[*model.Pod]{Add: func(pod *model.Pod) { c.podChanged(pod, pod) }, Update: c.podChanged, Delete: c.podGone})
}

func (c *disruptions) budgetAdded(b *model.PodDisruptionBudget) {
	key := apiserver.NameOf(b)
	required := b.Selector.Required()
	c.selectors.Set(key, b.Namespace, required)
	c.matched[key] = map[apiserver.Name]*model.Pod{}
	for pod := range c.labels.mayMatch(b.Namespace, required) {
		if selects(b, pod) {
			c.matched[key][apiserver.NameOf(pod)] = pod
		}
	}
	c.loop.Add(key)
}

func (c *disruptions) budgetUpdated(old, b *model.PodDisruptionBudget) {
	if old.Selector != b.Selector {
		c.budgetAdded(b)
	}
	c.loop.Add(apiserver.NameOf(b))
}

func (c *disruptions) budgetGone(b *model.PodDisruptionBudget) {
	key := apiserver.NameOf(b)
	delete(c.matched, key)
	c.selectors.Remove(key)
}

// about yields the budgets that may be about a pod, or about it as it was.
func (c *disruptions) about(old, pod *model.Pod) iter.Seq2[apiserver.Name, *model.PodDisruptionBudget] {
	return func(yield func(apiserver.Name, *model.PodDisruptionBudget) bool) {
		for _, key := range c.selectors.Find(pod.Namespace, pod.Labels, old.Labels) {
			if b, ok := c.budgets.Get(key.Namespace, key.Name); ok && !yield(key, b) {
				return
			}
		}
	}
}

// selects says whether a budget is about a pod; an empty selector is about all of its namespace.
func selects(b *model.PodDisruptionBudget, pod *model.Pod) bool {
	return b.Namespace == pod.Namespace && b.Selector != nil && b.Selector.Matches(pod.Labels)
}

// podChanged has the budget of a pod looked at.
func (c *disruptions) podChanged(old, pod *model.Pod) {
	name := apiserver.NameOf(pod)
	var first *model.PodDisruptionBudget
	several := false
	for key, b := range c.about(old, pod) {
		if !selects(b, pod) {
			delete(c.matched[key], name)
			continue
		}
		c.matched[key][name] = pod
		several = first != nil
		if first == nil {
			first = b
		}
	}
	if first != nil {
		c.tellSeveral(pod, first, several)
		c.loop.Add(apiserver.NameOf(first))
	}
	if wait, is := c.staleIn(pod); is {
		c.stale.AddAfter(name, wait)
	}
}

func (c *disruptions) podGone(pod *model.Pod) {
	name, done := apiserver.NameOf(pod), false
	for key, b := range c.about(pod, pod) {
		delete(c.matched[key], name)
		if !done && selects(b, pod) {
			c.loop.Add(key)
			done = true
		}
	}
}

// tellSeveral says that only one of a pod's budgets is looked at.
func (c *disruptions) tellSeveral(pod *model.Pod, chosen *model.PodDisruptionBudget, several bool) {
	if several {
		c.loop.Event(pod, apiserver.Warning, "MultiplePodDisruptionBudgets",
			"Pod %q/%q matches multiple PodDisruptionBudgets.  Chose %q arbitrarily.", pod.Namespace, pod.Name, chosen.Name)
	}
}

// staleIn is how long a pod may go on saying that it is to go; false for one that does not say so.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go nonTerminatingPodHasStaleDisruptionCondition.
func (c *disruptions) staleIn(pod *model.Pod) (time.Duration, bool) {
	condition := pod.Status.Condition(model.DisruptionTarget)
	if pod.Deleting || condition == nil || condition.Status != model.ConditionTrue ||
		condition.Reason == "TerminationByKubelet" || pod.Terminal() {
		return 0, false
	}
	now := c.manager.Engine.Now()
	return max(0, staleDisruption-now.Sub(c.manager.Second(condition.LastTransition))), true
}

// syncStale takes a condition back that has come to nothing.
func (c *disruptions) syncStale(key apiserver.Name) error {
	pod, ok := c.pods.Get(key.Namespace, key.Name)
	if !ok {
		return nil
	}
	wait, is := c.staleIn(pod)
	switch {
	case !is:
		return nil
	case wait > 0:
		c.stale.AddAfter(key, wait)
		return nil
	}
	out := apiserver.Copy(pod).(*model.Pod)
	out.Status.Conditions = pod.Status.WithCondition(model.PodCondition{Type: model.DisruptionTarget,
		Status: model.ConditionFalse, LastTransition: c.manager.Engine.Now()})
	_, err := c.stale.Update(out)
	return err
}

// sync counts for one budget.
// Source: kubernetes v1.37.2 pkg/controller/disruption/disruption.go sync, trySync.
func (c *disruptions) sync(key apiserver.Name) error {
	budget, ok := c.budgets.Get(key.Namespace, key.Name)
	if !ok {
		return nil
	}
	pods := c.matched[key]
	if len(pods) == 0 {
		c.loop.Event(budget, apiserver.Normal, "NoPods", "No matching pods found")
	}
	expected, desired, err := c.expect(budget, pods)
	if err != nil {
		c.loop.Event(budget, apiserver.Warning, "CalculateExpectedPodCountFailed", "Failed to calculate the number of expected pods: %v", err)
		return c.failSafe(budget, err)
	}
	status, recheck := c.count(budget, pods)
	status.DesiredHealthy, status.ExpectedPods = desired, expected
	err = c.write(budget, status)
	if err == nil && recheck > 0 {
		c.loop.AddAfter(key, recheck)
	}
	return err
}

// count is a status with the pods that are disrupted and the number of the healthy ones, and how long
// until one of the disrupted ones should be looked at again; 0: never.
func (c *disruptions) count(b *model.PodDisruptionBudget, pods map[apiserver.Name]*model.Pod) (model.DisruptionBudgetStatus, time.Duration) {
	now := c.manager.Engine.Now()
	status := model.DisruptionBudgetStatus{ObservedGeneration: b.Generation, Conditions: b.Status.Conditions}
	recheck := time.Duration(0)
	for i, name := range b.Status.DisruptedPods {
		pod, ok := pods[apiserver.Name{Namespace: b.Namespace, Name: name}]
		if !ok || pod.Deleting || i >= len(b.Status.DisruptedAt) {
			continue
		}
		until := c.manager.Second(b.Status.DisruptedAt[i]).Add(deletionTimeout)
		if until < now {
			c.loop.Event(pod, apiserver.Warning, "NotDeleted", "Pod was expected by PDB %s/%s to be deleted but it wasn't", b.Namespace, b.Namespace)
			continue
		}
		status.DisruptedPods = append(status.DisruptedPods, name)
		status.DisruptedAt = append(status.DisruptedAt, b.Status.DisruptedAt[i])
		if wait := max(until.Sub(now), 1); recheck == 0 || wait < recheck {
			recheck = wait
		}
	}
	for name, pod := range pods { // counting does not depend on the order
		if !pod.Deleting && ready(pod) && !slices.Contains(status.DisruptedPods, name.Name) {
			status.CurrentHealthy++
		}
	}
	return status, recheck
}
