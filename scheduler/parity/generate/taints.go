package generate

// taints puts taints on nodes and tolerations, fitting or nearly so, on pods.
var taints = Feature{Name: "taints",
	Node: func(g *generator, n Object) {
		for range g.IntN(3) {
			t := Object{"key": pick(g, "dedicated", "flaky", "spot"), "effect": pick(g, "NoSchedule", "PreferNoSchedule", "PreferNoSchedule", "NoExecute")}
			if g.chance(0.6) {
				t["value"] = pick(g, "ml", "web", "")
			}
			add(at(n, "spec"), "taints", t)
		}
	},
	Pod: func(g *generator, p Object) {
		for range g.IntN(4) {
			add(at(p, "spec"), "tolerations", toleration(g))
		}
	},
}

func toleration(g *generator) Object {
	t := Object{}
	if g.chance(0.9) {
		t["key"] = pick(g, "dedicated", "flaky", "spot", "other")
	}
	if _, keyed := t["key"]; !keyed || g.chance(0.4) {
		t["operator"] = "Exists"
	} else {
		if g.chance(0.5) {
			t["operator"] = "Equal"
		}
		if g.chance(0.8) {
			t["value"] = pick(g, "ml", "web", "")
		}
	}
	if g.chance(0.6) {
		t["effect"] = pick(g, "NoSchedule", "PreferNoSchedule", "NoExecute")
		if t["effect"] == "NoExecute" && g.chance(0.5) {
			t["tolerationSeconds"] = pick(g, 0, 60, -1)
		}
	}
	return t
}

const unschedulableTaint = "node.kubernetes.io/unschedulable"

// unschedulable cordons nodes, with or without the taint that the node controller adds.
var unschedulable = Feature{Name: "unschedulable",
	Node: func(g *generator, n Object) {
		if !g.chance(0.25) {
			return
		}
		at(n, "spec")["unschedulable"] = true
		if g.chance(0.5) {
			add(at(n, "spec"), "taints", Object{"key": unschedulableTaint, "effect": "NoSchedule"})
		}
	},
	Pod: func(g *generator, p Object) {
		if g.chance(0.2) {
			add(at(p, "spec"), "tolerations", pick(g,
				Object{"key": unschedulableTaint, "operator": "Exists"},
				Object{"key": unschedulableTaint, "operator": "Exists", "effect": "NoSchedule"},
				Object{"key": unschedulableTaint, "operator": "Exists", "effect": "NoExecute"},
				Object{"operator": "Exists"}))
		}
	},
}
