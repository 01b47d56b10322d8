package generate

// preempting has pods of all importance, budgets that guard some, nominations and pods that
// are on their way out, so that making room is worth a try.
var preempting = Feature{Name: "preemption", Always: true,
	Cluster: func(g *generator) {
		for i := range g.IntN(4) {
			b := head("policy/v1", "PodDisruptionBudget", []string{"first", "second", "third"}[i], pick(g, "default", "default", "team-a"))
			at(b, "spec")["maxUnavailable"] = 1
			at(b, "spec")["selector"] = pick(g, Object{"matchLabels": Object{"app": g.app()}}, Object{"matchLabels": Object{"app": g.app()}}, Object{})
			at(b, "status")["disruptionsAllowed"] = pick(g, 0, 0, 1, 2)
			for _, k := range []string{"currentHealthy", "desiredHealthy", "expectedPods"} {
				at(b, "status")[k] = 3
			}
			if g.chance(0.1) {
				at(b, "status")["disruptedPods"] = Object{"old1": "2026-01-02T00:00:00Z"}
			}
			g.rest = append(g.rest, b)
		}
	},
	Pod: func(g *generator, p Object) {
		spec, status := at(p, "spec"), at(p, "status")
		if _, named := spec["priorityClassName"]; !named && g.chance(0.8) {
			spec["priority"] = pick(g, 0, 1, 1, 1, 10, 10, 100, -5)
			if g.bound == nil {
				spec["priority"] = pick(g, 1, 10, 100, 100, 1000)
			}
		}
		if g.chance(0.1) {
			spec["preemptionPolicy"] = pick(g, "Never", "PreemptLowerPriority")
		}
		switch {
		case g.bound != nil:
			running(g, p)
		case g.chance(0.1):
			status["nominatedNodeName"] = pick(g, g.nodeNames()...)
		case g.chance(0.02):
			at(p, "metadata")["deletionTimestamp"] = "2026-01-05T00:00:00Z"
		}
		if len(status) == 0 {
			delete(p, "status")
		}
	},
	Config: func(g *generator, profile Object) {
		if g.chance(0.08) {
			g.configured = true
			add(at(profile, "plugins", "postFilter"), "disabled", Object{"name": pick(g, "*", "DefaultPreemption")})
		}
	},
}

// running says since when a bound pod runs, and whether it is going, by whose doing.
func running(g *generator, p Object) {
	if g.chance(0.8) {
		at(p, "status")["startTime"] = pick(g, "2026-01-02T01:00:00Z", "2026-01-02T02:00:00Z", "2026-01-02T02:00:00Z", "2026-01-03T00:00:00Z")
	}
	if g.chance(0.05) {
		at(p, "metadata")["deletionTimestamp"] = "2026-01-05T00:00:00Z"
		if g.chance(0.6) {
			add(at(p, "status"), "conditions", Object{"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"})
		}
	}
}
