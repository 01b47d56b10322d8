package generate

// spread has pods that want to be even over zones or nodes, strictly or by liking, and
// defaults of that kind for pods that belong to something.
var spread = Feature{Name: "spread",
	Cluster: func(g *generator) { g.owners() },
	Pod: func(g *generator, p Object) {
		if !g.chance(0.55) {
			return
		}
		for range 1 + g.IntN(2) {
			add(at(p, "spec"), "topologySpreadConstraints", g.constraint(p))
		}
	},
	Config: func(g *generator, profile Object) {
		if !g.chance(0.3) {
			return
		}
		a := args(g, profile, "PodTopologySpread")
		a["defaultingType"] = pick(g, "List", "List", "System")
		if a["defaultingType"] == "List" {
			for _, key := range some(g, 0, 2, topologies...) {
				add(a, "defaultConstraints", Object{"maxSkew": 1 + g.IntN(3), "topologyKey": key, "whenUnsatisfiable": pick(g, "ScheduleAnyway", "DoNotSchedule")})
			}
		}
	},
}

var topologies = []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname", "rack"}

func (g *generator) topology() string {
	return pick(g, topologies[0], topologies[0], topologies[1], topologies[1], topologies[2])
}

// owners are what the system's default constraints look for.
func (g *generator) owners() {
	if g.chance(0.5) {
		s := head("v1", "Service", "web", pick(g, "default", "default", "team-a"))
		at(s, "spec")["selector"] = Object{"app": "web"}
		at(s, "spec")["ports"] = []any{Object{"port": 80}}
		g.rest = append(g.rest, s)
	}
	if g.chance(0.3) {
		kind := pick(g, "ReplicaSet", "StatefulSet")
		o := head("apps/v1", kind, "db", "default")
		at(o, "spec")["selector"] = Object{"matchLabels": Object{"app": "db"}}
		at(o, "spec", "template", "metadata")["labels"] = Object{"app": "db"}
		g.rest = append(g.rest, o)
	}
}

func (g *generator) constraint(p Object) Object {
	c := Object{"maxSkew": pick(g, 1, 1, 2, 5), "topologyKey": g.topology(), "whenUnsatisfiable": pick(g, "ScheduleAnyway", "DoNotSchedule")}
	if g.chance(0.9) {
		c["labelSelector"] = g.selector(p)
	}
	if c["whenUnsatisfiable"] == "DoNotSchedule" && g.chance(0.3) {
		c["minDomains"] = 1 + g.IntN(4)
	}
	if g.chance(0.3) {
		c["nodeAffinityPolicy"] = pick(g, "Honor", "Ignore")
	}
	if g.chance(0.3) {
		c["nodeTaintsPolicy"] = pick(g, "Honor", "Ignore")
	}
	if _, ok := c["labelSelector"]; ok && g.chance(0.25) {
		c["matchLabelKeys"] = list(some(g, 1, 1, "rev", "missing"))
	}
	return c
}

// selector chooses pods, most often those like the pod itself.
func (g *generator) selector(p Object) Object {
	s := Object{}
	switch {
	case g.chance(0.5):
		s["matchLabels"] = Object{"app": labelsOf(p)["app"]}
	case g.chance(0.6):
		s["matchLabels"] = Object{"app": g.app()}
	case g.chance(0.7):
		s["matchExpressions"] = []any{pick(g,
			Object{"key": "app", "operator": "In", "values": list(some(g, 1, 2, "web", "db", "cache"))},
			Object{"key": "app", "operator": "NotIn", "values": list(some(g, 1, 2, "web", "db", "cache"))},
			Object{"key": "rev", "operator": "Exists"},
			Object{"key": "tier", "operator": "DoesNotExist"})}
	}
	return s
}
