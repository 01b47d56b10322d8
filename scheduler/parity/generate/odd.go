package generate

// odd has things that are rare: selectors that cannot be read, empty ones, and plugins that
// filter without having looked at the pod first, which fails the cycle.
var odd = Feature{Name: "odd", Config: forget, Pod: func(g *generator, p Object) {
	if g.bound != nil || !g.chance(0.08) {
		return
	}
	bad := Object{"key": "app", "operator": pick(g, "Like", "In"), "values": []any{"not a label!"}}
	switch g.IntN(4) {
	case 0:
		at(p, "spec")["topologySpreadConstraints"] = []any{Object{"maxSkew": 1, "topologyKey": topologies[0], "whenUnsatisfiable": "DoNotSchedule",
			"labelSelector": Object{"matchExpressions": []any{bad}}}}
	case 1:
		add(at(p, "spec", "affinity", "podAffinity"), required, Object{"topologyKey": topologies[0], "labelSelector": Object{"matchExpressions": []any{bad}}})
	case 2:
		at(p, "spec", "affinity", "nodeAffinity", required)["nodeSelectorTerms"] = []any{Object{"matchExpressions": []any{Object{"key": "gen", "operator": "Gt", "values": []any{"many"}}}}}
	default:
		at(p, "spec", "affinity", "nodeAffinity", required)["nodeSelectorTerms"] = []any{Object{}}
	}
}}

func forget(g *generator, profile Object) {
	if g.chance(0.1) {
		g.configured = true
		add(at(profile, "plugins", "preFilter"), "disabled", Object{"name": pick(g, filterPlugins...)})
	}
}
