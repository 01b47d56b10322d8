package generate

const (
	restartAll  = "RestartAllContainersOnContainerExits"
	hostUsers   = "UserNamespacesHostNetworkSupport"
	bindOptions = "VolumeBindMountOptions"
)

// declared has nodes that say what they can do, and pods that need it.
var declared = Feature{Name: "declared",
	Node: func(g *generator, n Object) {
		if names := some(g, 0, 3, restartAll, hostUsers, bindOptions, "Other"); len(names) > 0 {
			at(n, "status")["declaredFeatures"] = list(names)
		}
	},
	Pod: func(g *generator, p Object) {
		switch {
		case g.chance(0.2):
			c := pick(g, containersOf(p)...)
			c["restartPolicy"] = "Never"
			c["restartPolicyRules"] = []any{Object{"action": pick(g, "RestartAllContainers", "Restart"), "exitCodes": Object{"operator": "In", "values": []any{42}}}}
		case g.chance(0.15):
			at(p, "spec")["hostNetwork"] = true
			at(p, "spec")["hostUsers"] = g.chance(0.3)
		}
	},
}
