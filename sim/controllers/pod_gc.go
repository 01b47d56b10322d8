package controllers

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var podGCInfo = Info{
	Name:  "pod-garbage-collector-controller",
	Doc:   "Removes pods whose node is gone, and pods that wait for their end on a node marked as out of service.",
	Start: startPodGC,
}

// Pod garbage collection looks every gcPeriod; a node must have been missing for quarantine before its
// pods go.
// Source: kubernetes v1.37.2 pkg/controller/podgc/gc_controller.go gcCheckPeriod, quarantineTime.
const (
	gcPeriod   = 20 * time.Second
	quarantine = 40 * time.Second
)

// podGC removes pods that nobody else will. What has ended in too great a number is removed by the world,
// which bounds its memory by it.
// Source: kubernetes v1.37.2 pkg/controller/podgc/gc_controller.go.
type podGC struct {
	manager *Manager
	actor   sim.Actor
	loop    *Loop // keys are pods
	phase   time.Duration
	next    sim.Handle
	// missing are nodes that are gone, with the first round that found them so.
	missing map[string]sim.Time
	// outOfService are nodes whose terminating pods are removed.
	outOfService map[string]bool
	unscheduled  bool // a pod without a node waits for its end
}

func startPodGC(m *Manager) {
	c := &podGC{manager: m, missing: map[string]sim.Time{}, outOfService: map[string]bool{}}
	c.actor = m.register("pod-gc", c)
	c.phase = time.Duration(m.Engine.Stream("controllers/pod-gc/phase").Float64() * float64(gcPeriod))
	c.loop = m.NewLoop(LoopOptions{Name: "pod-garbage-collector-controller", Workers: 1, Sync: c.sync})
	m.API.Observe(c.change)
}

// change notices nodes that go or are marked, and pods that end without ever having had a node.
func (c *podGC) change(change apiserver.Change) {
	switch o := change.Object().(type) {
	case *model.Node:
		if change.Type == apiserver.Deleted {
			c.missing[o.Name] = sim.Never
			c.wake()
			return
		}
		delete(c.missing, o.Name)
		delete(c.outOfService, o.Name)
		if readyStatus(o) != model.ConditionTrue && hasTaintKey(o, model.TaintOutOfService) {
			c.outOfService[o.Name] = true
			c.wake()
		}
	case *model.Pod:
		c.bound(change.Old, o)
		if change.Type != apiserver.Modified || !o.Deleting {
			return
		}
		if c.outOfService[o.NodeName] {
			c.wake()
		}
		if o.NodeName == "" {
			c.unscheduled = true
			c.wake()
		}
	}
}

// bound notices a pod on a node that is not there.
func (c *podGC) bound(old model.Object, pod *model.Pod) {
	if was, ok := old.(*model.Pod); pod.NodeName == "" || ok && was.NodeName != "" || c.manager.API.Loading() {
		return
	}
	if _, there := c.manager.API.Nodes.Get("", pod.NodeName); !there {
		c.missing[pod.NodeName] = sim.Never
		c.wake()
	}
}

func hasTaintKey(node *model.Node, key string) bool {
	for _, t := range node.Taints {
		if t.Key == key {
			return true
		}
	}
	return false
}

// wake schedules the next round.
func (c *podGC) wake() {
	e := c.manager.Engine
	if _, ok := e.When(c.next); ok {
		return
	}
	origin := sim.At(c.phase)
	at := e.Now().TruncateFrom(origin, gcPeriod).Add(gcPeriod)
	c.next = e.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: c.actor})
}

// Handle is a round.
// Source: kubernetes v1.37.2 pkg/controller/podgc/gc_controller.go gc.
func (c *podGC) Handle(now sim.Time, _ sim.Event) {
	again := false
	for _, node := range sortedNames(c.outOfService) {
		for _, pod := range c.manager.API.PodsOn(node) {
			if pod.Deleting {
				c.loop.Add(apiserver.NameOf(pod))
			}
		}
	}
	for _, node := range sortedNames(c.missing) {
		since := c.missing[node]
		switch {
		case len(c.manager.API.PodsOn(node)) == 0:
			delete(c.missing, node)
		case since == sim.Never:
			c.missing[node], again = now, true
		case now >= since.Add(quarantine):
			for _, pod := range c.manager.API.PodsOn(node) {
				c.loop.Add(apiserver.NameOf(pod))
			}
			c.missing[node], again = sim.Never, true
		default:
			again = true
		}
	}
	if c.unscheduled {
		c.unscheduled = false
		for pod := range c.manager.API.Pods.All() {
			if pod.Deleting && pod.NodeName == "" {
				c.loop.Add(apiserver.NameOf(pod))
			}
		}
	}
	if again {
		c.wake()
	}
}

// sync calls a pod failed that has not ended, and removes it.
// Source: kubernetes v1.37.2 pkg/controller/podgc/gc_controller.go markFailedAndDeletePodWithCondition.
func (c *podGC) sync(key apiserver.Name) error {
	err := c.loop.Patch(model.KindPod, key.Namespace, key.Name, "", func(o model.Object) (model.Object, error) {
		pod := o.(*model.Pod)
		if pod.Terminal() {
			return nil, nil
		}
		out := apiserver.Copy(pod).(*model.Pod)
		if _, there := c.manager.API.Nodes.Get("", pod.NodeName); pod.NodeName != "" && !there {
			if told := disrupted(pod, "DeletionByPodGC", "PodGC: node no longer exists", c.manager.Engine.Now()); told != nil {
				out = told.(*model.Pod)
			}
		}
		out.Status.Phase = model.PodFailed
		return out, nil
	})
	if err == nil {
		none := int64(0)
		err = c.loop.Delete(model.KindPod, key.Namespace, key.Name, apiserver.DeleteOptions{GraceSeconds: &none})
	}
	if apiserver.Is(err, apiserver.NotFound) {
		return nil
	}
	return err
}
