package controllers

import (
	"errors"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// sync looks at one node in a pass of the monitor; the last one ends the pass.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth.
func (c *nodeLifecycle) sync(key apiserver.Name) error {
	err := c.monitor(key.Name)
	delete(c.looking, key.Name)
	if len(c.looking) == 0 {
		c.evictor.disruption()
	}
	return err
}

func (c *nodeLifecycle) monitor(name string) error {
	node, ok := c.manager.API.Nodes.Get("", name)
	if !ok {
		return nil
	}
	observed := readyStatus(node)
	node, err := c.tryUpdateHealth(node)
	if err != nil || node == nil {
		return err
	}
	c.evictor.process(node)
	current := readyStatus(node)
	if observed == model.ConditionTrue && current != model.ConditionTrue {
		c.loop.Event(node, apiserver.Normal, "NodeNotReady", "Node %s status is now: NodeNotReady", name)
		return c.markPodsNotReady(name)
	}
	return nil
}

// healthConditions are the conditions that only a kubelet can vouch for.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth.
var healthConditions = []string{"Ready", "MemoryPressure", "DiskPressure", "PIDPressure"}

// tryUpdateHealth calls the conditions of a node Unknown whose kubelet has been silent for too long, and
// returns the node as it stands then; nil when it is gone.
// Source: kubernetes v1.37.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth.
func (c *nodeLifecycle) tryUpdateHealth(node *model.Node) (*model.Node, error) {
	now := c.manager.Engine.Now()
	s, silent := c.silences[node.Name]
	if !silent || c.expiry(s) > now || readyStatus(node) == model.ConditionUnknown {
		return node, nil
	}
	var written *model.Node
	err := c.loop.Patch(model.KindNode, "", node.Name, node.UID, func(o model.Object) (model.Object, error) {
		written = unknownHealth(o.(*model.Node), c.manager)
		return written, nil
	})
	if apiserver.Is(err, apiserver.NotFound) {
		return nil, nil
	}
	return written, err
}

// unknownHealth is a node of which nothing is known any more.
func unknownHealth(node *model.Node, m *Manager) *model.Node {
	out := apiserver.Copy(node).(*model.Node)
	out.Status.Conditions = slices.Clone(node.Status.Conditions)
	now := m.Engine.Now()
	for _, kind := range healthConditions {
		i := slices.IndexFunc(out.Status.Conditions, func(c model.NodeCondition) bool { return c.Type == kind })
		if i < 0 {
			out.Status.Conditions = append(out.Status.Conditions, model.NodeCondition{Type: kind, LastHeartbeat: node.Created})
			i = len(out.Status.Conditions) - 1
		}
		if condition := &out.Status.Conditions[i]; condition.Status != model.ConditionUnknown {
			condition.Status, condition.Reason = model.ConditionUnknown, "NodeStatusUnknown"
			condition.Message, condition.LastTransition = "Kubelet stopped posting node status.", now
		}
	}
	return out
}

// markPodsNotReady takes the pods of a node that is not ready out of their services, one after another.
// Source: kubernetes v1.37.2 pkg/controller/util/node/controller_utils.go MarkPodsNotReady.
func (c *nodeLifecycle) markPodsNotReady(node string) error {
	var failed error
	for _, pod := range slices.Clone(c.manager.API.PodsOn(node)) {
		if ready := pod.Status.Condition(model.PodReady); ready == nil || ready.Status == model.ConditionFalse {
			continue
		}
		err := c.loop.Patch(model.KindPod, pod.Namespace, pod.Name, pod.UID, c.notReady)
		switch {
		case apiserver.Is(err, apiserver.NotFound):
		case err != nil:
			failed = errors.Join(failed, err)
		default:
			c.loop.Event(pod, apiserver.Warning, "NodeNotReady", "Node is not ready")
		}
	}
	return failed
}

func (c *nodeLifecycle) notReady(o model.Object) (model.Object, error) {
	pod := o.(*model.Pod)
	ready := pod.Status.Condition(model.PodReady)
	if ready == nil || ready.Status == model.ConditionFalse {
		return nil, nil
	}
	changed := *ready
	changed.Status, changed.LastTransition = model.ConditionFalse, c.manager.Engine.Now()
	out := apiserver.Copy(pod).(*model.Pod)
	out.Status.Conditions = pod.Status.WithCondition(changed)
	return out, nil
}

// readyStatus is the status of a node's condition Ready; a node that says nothing of it counts as ready,
// as one of which a scenario tells no more than its size.
func readyStatus(node *model.Node) string {
	if ready := node.Status.Condition("Ready"); ready != nil {
		return ready.Status
	}
	return model.ConditionTrue
}

// hasNotReadyTaint says whether a node's pods are being evicted because it is not ready.
func hasNotReadyTaint(node *model.Node) bool {
	return hasTaint(node, model.TaintNotReady) || hasTaint(node, model.TaintUnreachable)
}

func hasTaint(node *model.Node, key string) bool {
	return slices.ContainsFunc(node.Taints, func(t model.Taint) bool { return t.Key == key && t.Effect == model.NoExecute })
}
