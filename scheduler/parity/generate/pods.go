package generate

// gates keeps some pods from being tried at all.
var gates = Feature{Name: "gates", Pod: func(g *generator, p Object) {
	if g.bound == nil && g.chance(0.2) {
		for _, n := range some(g, 1, 2, "example.com/quota", "example.com/wait") {
			add(at(p, "spec"), "schedulingGates", Object{"name": n})
		}
	}
}}

// priorities declares classes and has pods name them, or give a number of their own.
var priorities = Feature{Name: "priorities",
	Cluster: func(g *generator) {
		g.queue = g.chance(0.5)
		for i, n := range []string{"low", "mid", "high"} {
			c := head("scheduling.k8s.io/v1", "PriorityClass", n, "")
			c["value"] = []int{-10, 100, 1000}[i]
			if n == "mid" && g.chance(0.3) {
				c["globalDefault"] = true
			}
			if n == "high" && g.chance(0.3) {
				c["preemptionPolicy"] = "Never"
			}
			g.rest = append(g.rest, c)
		}
	},
	Pod: func(g *generator, p Object) {
		switch {
		case g.chance(0.5):
			at(p, "spec")["priorityClassName"] = pick(g, "low", "mid", "high", "high")
		case g.chance(0.3):
			at(p, "spec")["priority"] = pick(g, 0, 5, 5, 50, -2147483648, 1000000000)
		case g.chance(0.05):
			at(p, "spec")["priorityClassName"] = pick(g, "system-node-critical", "system-cluster-critical")
		}
	},
}
