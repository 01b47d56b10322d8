package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// TestHintsOfPluginsThatLookFurther asks the plugins that look beyond one node, or at what it declares.
func TestHintsOfPluginsThatLookFurther(t *testing.T) {
	on := func(p *model.Pod) { p.NodeName = "n" }
	leaving := framework.EventAssignedPodDelete
	coming := framework.EventAssignedPodAdd
	labels := framework.ClusterEvent{Resource: framework.AssignedPod, Action: framework.UpdatePodLabel}
	own := framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodLabel}
	tolerations := framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.UpdatePodToleration}
	relabelled := framework.ClusterEvent{Resource: framework.Node, Action: framework.UpdateNodeLabel}
	declared := framework.ClusterEvent{Resource: framework.Node, Action: framework.UpdateNodeDeclaredFeature}
	z := func(name string) *model.Node { return aNode(zone(name)) }
	can := aNode(func(n *model.Node) { n.Status.DeclaredFeatures = []string{"X"} })
	spread := pod(nil, app("a"), spreading(hardZone()))
	taints := pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.HonorTaints = true })))
	tolerant := func(p *model.Pod) { p.Spec.Tolerations = []model.Toleration{{Operator: "Exists"}} }
	wants, shuns := pod(nil, near(zoneTerm("a"))), pod(nil, far(zoneTerm("a")))
	broken := pod(nil, near(zoneTerm("a", func(t *model.PodAffinityTerm) { t.Invalid = "bad" })))
	for _, c := range []struct {
		name     string
		plugin   string
		event    framework.ClusterEvent
		pod      *model.Pod
		old, new model.Object
		want     string
	}{
		{"a counted pod comes", PodTopologySpread, coming, spread, nil, pod(nil, app("a"), on), "Queue"},
		{"another one comes", PodTopologySpread, coming, spread, nil, pod(nil, app("b"), on), "QueueSkip"},
		{"a counted pod goes", PodTopologySpread, leaving, spread, pod(nil, app("a"), on), nil, "Queue"},
		{"one of another namespace goes", PodTopologySpread, leaving, spread, pod(nil, app("a"), on, func(p *model.Pod) { p.Namespace = "other" }), nil, "QueueSkip"},
		{"one begins to be counted", PodTopologySpread, labels, spread, pod(nil, app("b"), on), pod(nil, app("a"), on), "Queue"},
		{"a label that nobody counts by", PodTopologySpread, labels, spread, pod(nil, app("b"), on), pod(nil, app("c"), on), "QueueSkip"},
		{"the pod itself is not counted any more", PodTopologySpread, own, spread, pod(nil, app("a")), pod(nil, app("b")), "Queue"},
		{"a toleration where taints count", PodTopologySpread, tolerations, taints, pod(nil, app("a")), pod(nil, app("a"), tolerant), "Queue"},
		{"a toleration where they do not", PodTopologySpread, tolerations, spread, pod(nil, app("a")), pod(nil, app("a"), tolerant), "QueueSkip"},
		{"a node with the key comes", PodTopologySpread, framework.EventNodeAdd, spread, nil, z("a"), "Queue"},
		{"a node without it comes", PodTopologySpread, framework.EventNodeAdd, spread, nil, aNode(), "QueueSkip"},
		{"a node with the key goes", PodTopologySpread, framework.EventNodeDelete, spread, z("a"), nil, "Queue"},
		{"a node loses the key", PodTopologySpread, relabelled, spread, z("a"), aNode(), "Queue"},
		{"a node changes domain", PodTopologySpread, relabelled, spread, z("a"), z("b"), "Queue"},
		{"a node changes another label", PodTopologySpread, relabelled, spread, z("a"), z("a"), "QueueSkip"},

		{"a wanted pod comes", InterPodAffinity, coming, wants, nil, pod(nil, app("a"), on), "Queue"},
		{"one that is not wanted", InterPodAffinity, coming, wants, nil, pod(nil, app("b"), on), "QueueSkip"},
		{"a shunned pod comes", InterPodAffinity, coming, shuns, nil, pod(nil, app("a"), on), "QueueSkip"},
		{"a shunned pod goes", InterPodAffinity, leaving, shuns, pod(nil, app("a"), on), nil, "Queue"},
		{"one that shuns it goes", InterPodAffinity, leaving, pod(nil, app("a")), pod(nil, far(zoneTerm("a")), on), nil, "Queue"},
		{"one that matters to nobody goes", InterPodAffinity, leaving, shuns, pod(nil, app("b"), on), nil, "QueueSkip"},
		{"one becomes wanted", InterPodAffinity, labels, wants, pod(nil, app("b"), on), pod(nil, app("a"), on), "Queue"},
		{"one is shunned no more", InterPodAffinity, labels, shuns, pod(nil, app("a"), on), pod(nil, app("b"), on), "Queue"},
		{"one becomes shunned", InterPodAffinity, labels, shuns, pod(nil, app("b"), on), pod(nil, app("a"), on), "QueueSkip"},
		{"its own labels change", InterPodAffinity, own, wants, pod(nil), pod(nil, app("a")), "Queue"},
		{"terms that cannot be parsed", InterPodAffinity, coming, broken, nil, pod(nil, app("b"), on), "Queue"},
		{"affinity and a node with the key", InterPodAffinity, framework.EventNodeAdd, wants, nil, z("a"), "Queue"},
		{"affinity and a node without", InterPodAffinity, framework.EventNodeAdd, wants, nil, aNode(), "QueueSkip"},
		{"anti-affinity and any node", InterPodAffinity, framework.EventNodeAdd, shuns, nil, aNode(), "Queue"},
		{"affinity and a node that gets the key", InterPodAffinity, relabelled, wants, aNode(), z("a"), "Queue"},
		{"affinity and a node that loses it", InterPodAffinity, relabelled, wants, z("a"), aNode(), "QueueSkip"},
		{"anti-affinity and a node that gets the key", InterPodAffinity, relabelled, shuns, aNode(), z("a"), "QueueSkip"},
		{"anti-affinity and a node that loses it", InterPodAffinity, relabelled, shuns, z("a"), aNode(), "Queue"},
		{"a node that moves", InterPodAffinity, relabelled, shuns, z("a"), z("b"), "Queue"},

		{"a node declares more", NodeDeclaredFeatures, declared, pod(nil), aNode(), can, "Queue"},
		{"a node declares the same", NodeDeclaredFeatures, declared, pod(nil), can, can, "QueueSkip"},
		{"the pod needs the same", NodeDeclaredFeatures, own, pod(nil), pod(nil), pod(nil, app("a")), "QueueSkip"},
		{"the pod needs less", NodeDeclaredFeatures, own, pod(nil), pod(nil, func(p *model.Pod) { p.Spec.Containers[0].BindMountOptions = true }), pod(nil), "Queue"},

		{"a victim goes", DefaultPreemption, leaving, pod(nil), pod(nil, on), nil, "QueueSkip"},
	} {
		t.Run(c.plugin+": "+c.name, func(t *testing.T) {
			b := withObjects(t)
			if got := b.hint(b.plugin(c.plugin, nil), c.event, c.pod, c.old, c.new); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
