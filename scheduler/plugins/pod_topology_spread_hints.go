package plugins

import (
	"maps"
	"reflect"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// EventsToRegister is pods on nodes that come, go or change labels, the pod's own labels and
// tolerations, and nodes that come, go or change labels or taints.
// Source: kubernetes v1.37.2 podtopologyspread/plugin.go EventsToRegister.
func (pl *podTopologySpread) EventsToRegister() []framework.EventWithHint {
	event := func(resource framework.EventResource, action framework.ActionType, hint framework.HintFn) framework.EventWithHint {
		return framework.EventWithHint{Event: framework.ClusterEvent{Resource: resource, Action: action}, Hint: hint}
	}
	return []framework.EventWithHint{
		event(framework.AssignedPod, framework.Add|framework.UpdatePodLabel|framework.Delete, pl.afterPod),
		event(framework.TargetPod, framework.UpdatePodToleration|framework.UpdatePodLabel, pl.afterTarget),
		event(framework.Node, framework.Add|framework.Delete|framework.UpdateNodeLabel|framework.UpdateNodeTaint, pl.afterNode),
	}
}

// afterPod queues the pod when one that its constraints count came, went, or began or ceased to be
// counted.
func (pl *podTopologySpread) afterPod(pod *model.Pod, old, new model.Object) framework.Hint {
	was, is := podOf(old), podOf(new)
	if was != nil && !concernsSpread(was, pod) || is != nil && !concernsSpread(is, pod) {
		return framework.QueueSkip
	}
	constraints, err := pl.constraints(pod, model.DoNotSchedule)
	switch {
	case err != nil:
		return framework.Queue
	case was != nil && is != nil:
		return afterLabels(was, is, constraints)
	case is == nil:
		is = was
	}
	counted := func(c spreadConstraint) bool { return c.selector.Matches(is.Labels) }
	return queueIf(slices.ContainsFunc(constraints, counted))
}

// concernsSpread says whether a pod has, or is to have, a node, and is in the namespace of the waiting one.
func concernsSpread(other, pod *model.Pod) bool {
	return (other.NodeName != "" || other.Status.NominatedNodeName != "") && other.Namespace == pod.Namespace
}

// afterTarget queues the pod when a new toleration may open nodes to it, or its labels count otherwise.
func (pl *podTopologySpread) afterTarget(pod *model.Pod, old, new model.Object) framework.Hint {
	was, is := podOf(old), podOf(new)
	constraints, err := pl.constraints(pod, model.DoNotSchedule)
	if err != nil {
		return framework.Queue
	}
	honors := func(c spreadConstraint) bool { return c.honorTaints }
	if slices.ContainsFunc(constraints, honors) && !sameTolerations(was.Spec, is.Spec) {
		return framework.Queue
	}
	return afterLabels(was, is, constraints)
}

func sameTolerations(a, b *model.PodSpec) bool {
	return a == b || len(a.Tolerations) == len(b.Tolerations) &&
		(len(a.Tolerations) == 0 || reflect.DeepEqual(a.Tolerations, b.Tolerations))
}

// afterLabels queues when new labels make some constraint count a pod that it did not, or the reverse.
func afterLabels(was, is *model.Pod, constraints []spreadConstraint) framework.Hint {
	if maps.Equal(was.Labels, is.Labels) {
		return framework.QueueSkip
	}
	differs := func(c spreadConstraint) bool { return c.selector.Matches(was.Labels) != c.selector.Matches(is.Labels) }
	return queueIf(slices.ContainsFunc(constraints, differs))
}

// afterNode queues the pod when a node with all topology keys came or went, got or lost one, changed
// domain, or changed its taints.
func (pl *podTopologySpread) afterNode(pod *model.Pod, old, new model.Object) framework.Hint {
	was, is := nodeOf(old), nodeOf(new)
	constraints, err := pl.constraints(pod, model.DoNotSchedule)
	if err != nil {
		return framework.Queue
	}
	before := was != nil && hasTopologyKeys(was.Labels, constraints)
	after := is != nil && hasTopologyKeys(is.Labels, constraints)
	if was == nil || is == nil || before != after {
		return queueIf(before || after)
	}
	moved := func(c spreadConstraint) bool { return was.Labels[c.topologyKey] != is.Labels[c.topologyKey] }
	return queueIf(after && (slices.ContainsFunc(constraints, moved) || !slices.Equal(was.Taints, is.Taints)))
}

// podOf is the pod that an event is about, nil for none.
func podOf(o model.Object) *model.Pod {
	pod, _ := o.(*model.Pod)
	return pod
}

func queueIf(may bool) framework.Hint {
	if may {
		return framework.Queue
	}
	return framework.QueueSkip
}
