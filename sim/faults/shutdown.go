package faults

import "towtank.dev/towtank/sim/verbs"

var shutdownInfo = verbs.Info{
	Name: "shutdown",
	Doc: "Nodes are shut down: their kubelets stop the pods in the time that kubelet.shutdownGracePeriod gives them, critical ones last, " +
		"and the nodes go off. Without such a time they go off at once.",
	Example: "shutdown: {node: node-3, for: 10m}",
	New:     func() verbs.Verb { return &NodeFault{How: shutdown} },
}

var shutdown = How{verbs.Machines.Shutdown, verbs.Machines.Boot}
