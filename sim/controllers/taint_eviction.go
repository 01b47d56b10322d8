package controllers

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var taintEvictionInfo = Info{
	Name:  "taint-eviction-controller",
	Doc:   "Deletes the pods of a node that do not tolerate its NoExecute taints, or no longer.",
	Start: startTaintEviction,
}

// taintEviction deletes pods from nodes with NoExecute taints. A run without such taints costs it nothing.
// Source: kubernetes v1.37.2 pkg/controller/tainteviction/taint_eviction.go Controller.
type taintEviction struct {
	manager *Manager
	actor   sim.Actor
	loop    *Loop // keys: a node (no namespace) whose taints have changed, or a pod to delete
	tainted map[string][]model.Taint
	timers  map[apiserver.Name]*evictionTimer
}

// evictionTimer is when a pod's toleration ends. Source: pkg/controller/tainteviction/timed_workers.go.
type evictionTimer struct {
	pod     apiserver.Name
	uid     string
	created sim.Time
	handle  sim.Handle
}

func startTaintEviction(m *Manager) {
	c := &taintEviction{manager: m, tainted: map[string][]model.Taint{}, timers: map[apiserver.Name]*evictionTimer{}}
	c.actor = m.register("taint-eviction", c)
	c.loop = m.NewLoop(LoopOptions{Name: "taint-eviction-controller", Workers: 8, Sync: c.sync})
	m.API.Observe(c.change)
}

// change notices nodes whose NoExecute taints change, and pods that come to a node that has some.
func (c *taintEviction) change(change apiserver.Change) {
	switch o := change.Object().(type) {
	case *model.Node:
		old, _ := change.Old.(*model.Node)
		if change.Type == apiserver.Deleted {
			delete(c.tainted, o.Name)
		} else if !sameTaints(noExecute(old), noExecute(o)) {
			c.soon(apiserver.Name{Name: o.Name})
		}
	case *model.Pod:
		if len(c.tainted) == 0 || o.NodeName == "" {
			return
		}
		old, _ := change.Old.(*model.Pod)
		switch {
		case change.Type == apiserver.Deleted:
			c.cancel(apiserver.NameOf(o), nil)
		case len(c.tainted[o.NodeName]) > 0 && (old == nil || old.NodeName == "" || old.Spec != o.Spec):
			c.process(o, c.tainted[o.NodeName])
		}
	}
}

// soon has a node looked at when the controller has seen its change.
func (c *taintEviction) soon(key apiserver.Name) { c.loop.AddAfter(key, syncDelay) }

// sync looks at a node's pods, or deletes a pod.
func (c *taintEviction) sync(key apiserver.Name) error {
	if key.Namespace != "" {
		return c.evict(key)
	}
	node, ok := c.manager.API.Nodes.Get("", key.Name)
	if !ok {
		return nil
	}
	taints := noExecute(node)
	if len(taints) == 0 {
		delete(c.tainted, node.Name)
		for _, pod := range c.manager.API.PodsOn(node.Name) {
			c.cancel(apiserver.NameOf(pod), pod)
		}
		return nil
	}
	c.tainted[node.Name] = taints
	for _, pod := range c.manager.API.PodsOn(node.Name) {
		c.process(pod, taints)
	}
	return nil
}

// process decides when a pod is to be deleted.
// Source: kubernetes v1.37.2 pkg/controller/tainteviction/taint_eviction.go processPodOnNode.
func (c *taintEviction) process(pod *model.Pod, taints []model.Taint) {
	now, name := c.manager.Engine.Now(), apiserver.NameOf(pod)
	used, all := matching(taints, pod.Spec.Tolerations)
	if !all {
		c.cancel(name, pod)
		c.add(pod, now, now)
		return
	}
	after := leastToleration(used)
	if after < 0 {
		c.cancel(name, pod)
		return
	}
	created, at := now, now.Add(after)
	if t, ok := c.timers[name]; ok {
		created = t.created
		if created.Add(after) < at {
			return
		}
		c.cancel(name, pod)
	}
	c.add(pod, created, at)
}

func (c *taintEviction) add(pod *model.Pod, created, at sim.Time) {
	t := &evictionTimer{pod: apiserver.NameOf(pod), uid: pod.UID, created: created}
	t.handle = c.manager.Engine.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: c.actor, Ref: t})
	c.timers[t.pod] = t
}

// cancel drops a pod's timer; of a pod that is still there that is told.
func (c *taintEviction) cancel(name apiserver.Name, pod *model.Pod) {
	t, ok := c.timers[name]
	if !ok {
		return
	}
	delete(c.timers, name)
	if c.manager.Engine.Cancel(t.handle) && pod != nil {
		c.loop.Event(pod, apiserver.Normal, "TaintManagerEviction", "Cancelling deletion of Pod %s", pod.Key())
	}
}

// Handle is the end of a pod's toleration.
func (c *taintEviction) Handle(_ sim.Time, ev sim.Event) { c.loop.Add(ev.Ref.(*evictionTimer).pod) }

// evict deletes a pod, and says in its status why.
// Source: kubernetes v1.37.2 pkg/controller/tainteviction/taint_eviction.go deletePodHandler, addConditionAndDeletePod.
func (c *taintEviction) evict(key apiserver.Name) error {
	t, ok := c.timers[key]
	pod, there := c.manager.API.Pods.Get(key.Namespace, key.Name)
	if !ok || !there || pod.UID != t.uid {
		return nil
	}
	c.loop.Event(pod, apiserver.Normal, "TaintManagerEviction", "Marking for deletion Pod %s", pod.Key())
	err := c.loop.Patch(model.KindPod, key.Namespace, key.Name, t.uid, func(o model.Object) (model.Object, error) {
		return disrupted(o.(*model.Pod), "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", c.manager.Engine.Now()), nil
	})
	if err == nil {
		err = c.loop.Delete(model.KindPod, key.Namespace, key.Name, apiserver.DeleteOptions{UID: t.uid})
	}
	if apiserver.Is(err, apiserver.NotFound) || apiserver.Is(err, apiserver.Conflict) {
		return nil // another pod by now, or none
	}
	return err
}

// disrupted is a pod that is told to go, and why; nil when it says so already.
func disrupted(pod *model.Pod, reason, message string, now sim.Time) model.Object {
	condition := model.PodCondition{Type: model.DisruptionTarget, Status: model.ConditionTrue, Reason: reason, Message: message, LastTransition: now}
	if was := pod.Status.Condition(model.DisruptionTarget); was != nil && was.Status == condition.Status &&
		was.Reason == reason && was.Message == message {
		return nil
	}
	out := apiserver.Copy(pod).(*model.Pod)
	out.Status.Conditions = pod.Status.WithCondition(condition)
	return out
}

// noExecute are the taints of a node that evict.
func noExecute(node *model.Node) []model.Taint {
	if node == nil {
		return nil
	}
	var out []model.Taint
	for _, t := range node.Taints {
		if t.Effect == model.NoExecute {
			out = append(out, t)
		}
	}
	return out
}

func sameTaints(a, b []model.Taint) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// matching returns for each taint the first toleration that covers it, and whether all are covered.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/helper/helpers.go GetMatchingTolerations.
func matching(taints []model.Taint, tolerations []model.Toleration) (used []model.Toleration, all bool) {
	for i := range taints {
		found := false
		for j := range tolerations {
			if tolerations[j].Tolerates(&taints[i]) {
				used, found = append(used, tolerations[j]), true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	return used, true
}

// leastToleration is how long a pod may stay that tolerates all taints; negative for ever.
// Source: kubernetes v1.37.2 pkg/controller/tainteviction/taint_eviction.go getMinTolerationTime.
func leastToleration(used []model.Toleration) time.Duration {
	least := int64(-1)
	if len(used) == 0 {
		return 0
	}
	for _, t := range used {
		switch {
		case t.Seconds == nil:
		case *t.Seconds <= 0:
			return 0
		case least < 0 || *t.Seconds < least:
			least = *t.Seconds
		}
	}
	return time.Duration(least) * time.Second
}
