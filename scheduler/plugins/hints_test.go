package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// hint asks a plugin about an event; "none" when it has not asked to hear of it.
func (b *bench) hint(pl framework.Plugin, e framework.ClusterEvent, p *model.Pod, old, new model.Object) string {
	b.Helper()
	for _, registered := range pl.(framework.EnqueueExtensions).EventsToRegister() {
		if !registered.Event.Matches(e) {
			continue
		}
		if registered.Hint == nil {
			return "Queue"
		}
		return registered.Hint(p, old, new).String()
	}
	return "none"
}

func aNode(change ...func(*model.Node)) *model.Node {
	n := &model.Node{}
	n.Name, n.Labels = "n", map[string]string{}
	n.Status.Allocatable = resources("cpu", 4000, "memory", 8*gi, "pods", 110)
	for _, c := range change {
		c(n)
	}
	return n
}

func TestHints(t *testing.T) {
	cordoned := func(n *model.Node) { n.Unschedulable = true }
	tainted := func(n *model.Node) { n.Taints = []model.Taint{{Key: "k", Effect: model.NoSchedule}} }
	cpu := func(milli int) func(*model.Node) {
		return func(n *model.Node) { n.Status.Allocatable = resources("cpu", milli, "memory", 8*gi, "pods", 110) }
	}
	on := func(p *model.Pod) { p.NodeName = "n" }
	port := func(p *model.Pod) { p.Spec.Containers[0].Ports = []model.ContainerPort{{HostPort: 80}} }
	taints := framework.ClusterEvent{Resource: framework.Node, Action: framework.UpdateNodeTaint}
	relabelled := framework.ClusterEvent{Resource: framework.Node, Action: framework.UpdateNodeLabel}
	grown := framework.ClusterEvent{Resource: framework.Node, Action: framework.UpdateNodeAllocatable}
	shrunk := framework.ClusterEvent{Resource: framework.AssignedPod, Action: framework.UpdatePodScaleDown}
	tolerates := framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodToleration}
	inZone := pod(nil, func(p *model.Pod) { p.Spec.NodeSelector = map[string]string{"zone": "a"} })
	big := pod(resources("cpu", 3000))
	for _, c := range []struct {
		name     string
		plugin   string
		event    framework.ClusterEvent
		pod      *model.Pod
		old, new model.Object
		want     string
	}{
		{"any new node may be the named one", NodeName, framework.EventNodeAdd, pod(nil), nil, aNode(), "Queue"},
		{"labels do not change a name", NodeName, relabelled, pod(nil), aNode(), aNode(), "none"},

		{"a new node that takes pods", NodeUnschedulable, framework.EventNodeAdd, pod(nil), nil, aNode(), "Queue"},
		{"a new node that is cordoned", NodeUnschedulable, framework.EventNodeAdd, pod(nil), nil, aNode(cordoned), "QueueSkip"},
		{"a node is uncordoned", NodeUnschedulable, taints, pod(nil), aNode(cordoned), aNode(), "Queue"},
		{"a node that was not cordoned changes its taints", NodeUnschedulable, taints, pod(nil), aNode(), aNode(tainted), "QueueSkip"},
		{"the pod learns to tolerate the cordon", NodeUnschedulable, tolerates, pod(nil), pod(nil), pod(nil, tolerating(model.Toleration{Operator: "Exists"})), "Queue"},
		{"the pod learns to tolerate something else", NodeUnschedulable, tolerates, pod(nil), pod(nil), pod(nil, tolerating(model.Toleration{Key: "k"})), "QueueSkip"},

		{"a taint goes", TaintToleration, taints, pod(nil), aNode(tainted), aNode(), "Queue"},
		{"a taint comes", TaintToleration, taints, pod(nil), aNode(), aNode(tainted), "QueueSkip"},
		{"a new node with a taint", TaintToleration, framework.EventNodeAdd, pod(nil), nil, aNode(tainted), "QueueSkip"},
		{"a new node with a tolerated taint", TaintToleration, framework.EventNodeAdd, pod(nil, tolerating(model.Toleration{Operator: "Exists"})), nil, aNode(tainted), "Queue"},
		{"the pod gets a toleration", TaintToleration, tolerates, pod(nil), pod(nil), pod(nil), "Queue"},

		{"a label comes to match", NodeAffinity, relabelled, inZone, aNode(), aNode(labels("zone", "a")), "Queue"},
		{"a label matched before", NodeAffinity, relabelled, inZone, aNode(labels("zone", "a")), aNode(labels("zone", "a", "x", "y")), "QueueSkip"},
		{"a new node does not match", NodeAffinity, framework.EventNodeAdd, inZone, nil, aNode(), "QueueSkip"},

		{"a pod goes that held the port", NodePorts, framework.EventAssignedPodDelete, pod(nil, port), pod(nil, port, on), nil, "Queue"},
		{"a pod goes that held no port", NodePorts, framework.EventAssignedPodDelete, pod(nil, port), pod(nil, on), nil, "QueueSkip"},
		{"a pod goes that had no node", NodePorts, framework.EventAssignedPodDelete, pod(nil, port), pod(nil, port), nil, "QueueSkip"},

		{"a pod goes that had a node", NodeResourcesFit, framework.EventAssignedPodDelete, big, pod(nil, on), nil, "Queue"},
		{"a pod goes that had none", NodeResourcesFit, framework.EventAssignedPodDelete, big, pod(nil), nil, "QueueSkip"},
		{"a new node that is large enough", NodeResourcesFit, framework.EventNodeAdd, big, nil, aNode(), "Queue"},
		{"a new node that is too small even empty", NodeResourcesFit, framework.EventNodeAdd, big, nil, aNode(cpu(2999)), "QueueSkip"},
		{"a node grows in what the pod requests", NodeResourcesFit, grown, big, aNode(cpu(3500)), aNode(), "Queue"},
		{"a node shrinks, but the pod would fit", NodeResourcesFit, grown, big, aNode(), aNode(cpu(3500)), "QueueSkip"},
		{"a pod shrinks in what the pod requests", NodeResourcesFit, shrunk, big, pod(resources("cpu", 500), on), pod(resources("cpu", 400), on), "Queue"},
		{"a pod shrinks in something else", NodeResourcesFit, shrunk, big, pod(resources("memory", 500), on), pod(resources("memory", 400), on), "QueueSkip"},

		{"the last gate goes", SchedulingGates, framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodSchedulingGatesEliminated}, pod(nil), pod(nil), pod(nil), "Queue"},
		{"a node comes, the gate stays", SchedulingGates, framework.EventNodeAdd, pod(nil), nil, aNode(), "none"},
	} {
		t.Run(c.plugin+"/"+c.name, func(t *testing.T) {
			b := newBench(t)
			if got := b.hint(b.plugin(c.plugin, nil), c.event, c.pod, c.old, c.new); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestRegistry holds every entry against what all of them promise.
func TestRegistry(t *testing.T) {
	b := newBench(t)
	last := ""
	for _, e := range Default().Entries() {
		if e.Name <= last {
			t.Errorf("%s comes after %s: entries are to be sorted, each name once", e.Name, last)
		}
		last = e.Name
		if e.Doc == "" {
			t.Errorf("%s has no Doc", e.Name)
		}
		if e.NewArgs != nil {
			args := e.NewArgs()
			args.SetDefaults()
			if errs := args.Validate("args"); len(errs) > 0 {
				t.Errorf("%s: the defaults are not valid: %v", e.Name, errs)
			}
		}
		if e.New == nil {
			continue
		}
		pl := b.plugin(e.Name, nil)
		if pl.Name() != e.Name {
			t.Errorf("%s calls itself %s", e.Name, pl.Name())
		}
		_, says := pl.(framework.EnqueueExtensions)
		if _, filters := pl.(framework.FilterPlugin); filters && !says {
			t.Errorf("%s rejects nodes and does not say which events may help", e.Name)
		}
	}
	mine := Entry{Name: "Mine", Doc: "x"}
	r := Default().With(mine)
	if r.Lookup("Mine") == nil || Default().Lookup("Mine") != nil || len(r.Entries()) != len(Default().Entries())+1 {
		t.Error("With is to make a larger registry and leave the old one alone")
	}
	if again := r.With(Entry{Name: "Mine", Doc: "y"}); again.Lookup("Mine").Doc != "y" || r.Lookup("Mine").Doc != "x" {
		t.Error("With is to replace an entry of the same name in the new registry only")
	}
}
