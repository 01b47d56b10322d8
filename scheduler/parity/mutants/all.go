package mutants

import (
	"slices"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// All are the mistakes, at least one for each plugin that decides anything in a cycle. DefaultBinder
// only names who binds; DynamicResources refuses pods with claims, of which no case has any;
// PrioritySort has its say in the queue.
func All() []Mutant {
	return []Mutant{
		{plugins.SchedulingGates, "lets gated pods through", "basic", ungated, nil},
		{plugins.NodeName, "takes no name for a name", "basic", strict, nil},
		{plugins.NodeUnschedulable, "lets preemption cure cordons", "basic,preemption", recoded, nil},
		{plugins.NodeUnschedulable, "does not see cordons", "basic", passes, nil},
		{plugins.TaintToleration, "does not see NoExecute", "basic", unlit, nil},
		{plugins.TaintToleration, "counts a taint too many", "basic", rounded, nil},
		{plugins.NodeAffinity, "forgets the nodes named", "basic", unsubset, nil},
		{plugins.NodeAffinity, "prefers what is not preferred", "basic", reversed, nil},
		{plugins.NodePorts, "does not see ports in use", "basic", passes, nil},
		{plugins.NodePorts, "keeps its verdict for all pods", "basic", staleVerdict, nil},
		{plugins.NodeResourcesFit, "lets preemption cure nodes that are too small", "basic,preemption", recoded, nil},
		{plugins.NodeResourcesFit, "rounds up", "basic", rounded, nil},
		{plugins.NodeResourcesFit, "keeps its score for all pods", "basic", stale, nil},
		{plugins.NodeResourcesFit, "keeps its verdict for all pods", "basic", staleVerdict, nil},
		{plugins.NodeResourcesBalancedAllocation, "rounds up", "basic", rounded, nil},
		{plugins.NodeResourcesBalancedAllocation, "keeps its score for all pods", "basic", stale, nil},
		{plugins.ImageLocality, "rounds up", "basic", rounded, nil},
		{plugins.PodTopologySpread, "does not see skew", "basic,spread", passes, nil},
		{plugins.PodTopologySpread, "counts a pod too many", "basic,spread", rounded, nil},
		{plugins.PodTopologySpread, "prefers what is crowded", "basic,spread", reversed, nil},
		{plugins.PodTopologySpread, "does not count victims out", "resources,priorities,preemption,spread", frozen, nil},
		{plugins.InterPodAffinity, "does not see neighbours", "basic,podaffinity", passes, nil},
		{plugins.InterPodAffinity, "forgets the default hardPodAffinityWeight", "basic,podaffinity", nil, weightless},
		{plugins.InterPodAffinity, "does not count victims out", "resources,priorities,preemption,podaffinity", frozen, nil},
		{plugins.NodeDeclaredFeatures, "does not see what is not declared", "resources,declared,resize", passes, nil},
		{plugins.DefaultPreemption, "takes the last of equal nodes", "resources,priorities,preemption", uneager, nil},
		{plugins.DefaultPreemption, "evicts in the wrong order", "resources,priorities,preemption", disordered, nil},
		{plugins.DefaultPreemption, "does not count violated budgets", "resources,priorities,preemption", lawless, nil},
		{plugins.VolumeRestrictions, "does not see exclusive use", "resources,volumes", passes, nil},
		{plugins.NodeVolumeLimits, "does not count volumes", "resources,volumes", passes, nil},
		{plugins.VolumeBinding, "does not see volumes out of reach", "resources,volumes", passes, nil},
		{plugins.VolumeBinding, "rounds up", "resources,volumes", rounded, nil},
		{plugins.VolumeZone, "does not see zones", "resources,volumes", passes, nil},
	}
}

// weightless takes a weight that is not given for 0.
func weightless(args framework.Args) {
	if a := args.(*plugins.InterPodAffinityArgs); *a.HardPodAffinityWeight == 1 {
		*a.HardPodAffinityWeight = 0
	}
}

// Plugins names the plugins that have mutants, each once.
func Plugins() []string {
	var names []string
	for _, m := range All() {
		if !slices.Contains(names, m.Plugin) {
			names = append(names, m.Plugin)
		}
	}
	return names
}

// Wrapped has the plugin wrapped, and right.
func Wrapped(plugin string) *plugins.Registry {
	m := Mutant{Plugin: plugin, change: func() *change { return &change{} }}
	return m.Registry()
}
