package generate

// podAffinity has pods that want to be by, or away from, other pods.
var podAffinity = Feature{Name: "podaffinity",
	Cluster: func(g *generator) {
		for _, ns := range some(g, 0, 3, "default", "team-a", "team-b", "team-c") {
			n := head("v1", "Namespace", ns, "")
			at(n, "metadata")["labels"] = Object{"env": pick(g, "prod", "test"), "kubernetes.io/metadata.name": ns}
			g.rest = append(g.rest, n)
		}
	},
	Node: func(g *generator, n Object) {
		if g.chance(0.7) {
			labelsOf(n)["rack"] = pick(g, "r1", "r2")
		}
		if g.chance(0.05) {
			delete(labelsOf(n), "kubernetes.io/hostname")
		}
	},
	Pod: func(g *generator, p Object) {
		for _, kind := range []string{"podAffinity", "podAntiAffinity"} {
			if g.chance(0.25) {
				for range 1 + g.IntN(2) {
					add(at(p, "spec", "affinity", kind), required, g.affinityTerm(p))
				}
			}
			if g.chance(0.25) {
				for range 1 + g.IntN(2) {
					add(at(p, "spec", "affinity", kind), preferred, Object{"weight": pick(g, 1, 10, 50, 100), "podAffinityTerm": g.affinityTerm(p)})
				}
			}
		}
	},
	Config: func(g *generator, profile Object) {
		if g.chance(0.25) {
			a := args(g, profile, "InterPodAffinity")
			a["hardPodAffinityWeight"] = pick(g, 0, 1, 10, 100)
			if g.chance(0.4) {
				a["ignorePreferredTermsOfExistingPods"] = true
			}
		}
	},
}

func (g *generator) affinityTerm(p Object) Object {
	t := Object{"topologyKey": g.topology()}
	if g.chance(0.95) {
		t["labelSelector"] = g.selector(p)
	}
	if g.chance(0.25) {
		t["namespaces"] = list(some(g, 1, 2, "default", "team-a", "team-b", "nobody"))
	}
	if g.chance(0.2) {
		t["namespaceSelector"] = pick(g, Object{}, Object{"matchLabels": Object{"env": "prod"}}, Object{"matchLabels": Object{"kubernetes.io/metadata.name": "team-a"}})
	}
	if _, ok := t["labelSelector"]; ok && g.chance(0.2) {
		t[pick(g, "matchLabelKeys", "mismatchLabelKeys")] = list(some(g, 1, 1, "rev", "missing"))
	}
	return t
}
