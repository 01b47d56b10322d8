package generate

// nodeAffinity labels nodes and has pods choose by label, by name, strictly or by liking.
var nodeAffinity = Feature{Name: "nodeaffinity",
	Node: func(g *generator, n Object) {
		l := labelsOf(n)
		if g.chance(0.8) {
			l["disk"] = pick(g, "ssd", "hdd", "nvme")
		}
		if g.chance(0.8) {
			l["gen"] = pick(g, "3", "7", "10", "007", "old", "9223372036854775807")
		}
		if g.chance(0.4) {
			l["pool"] = pick(g, "gold", "silver", "")
		}
	},
	Pod: func(g *generator, p Object) {
		if g.chance(0.2) {
			at(p, "spec")["nodeSelector"] = Object{pick(g, "disk", "pool"): pick(g, "ssd", "hdd", "gold", "")}
		}
		if g.chance(0.3) {
			at(p, "spec", "affinity", "nodeAffinity", required)["nodeSelectorTerms"] = g.terms()
		}
		if g.chance(0.4) {
			for range 1 + g.IntN(3) {
				add(at(p, "spec", "affinity", "nodeAffinity"), preferred, Object{"weight": pick(g, 1, 1, 10, 50, 100), "preference": g.preference()})
			}
		}
	},
	Config: func(g *generator, profile Object) {
		if !g.chance(0.1) {
			return
		}
		added := at(args(g, profile, "NodeAffinity"), "addedAffinity")
		if g.chance(0.7) {
			at(added, required)["nodeSelectorTerms"] = g.terms()
		}
		if g.chance(0.5) {
			add(added, preferred, Object{"weight": pick(g, 1, 20), "preference": Object{"matchExpressions": []any{g.expression()}}})
		}
	},
}

const (
	required  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferred = "preferredDuringSchedulingIgnoredDuringExecution"
)

func (g *generator) terms() []any {
	var out []any
	for range 1 + g.IntN(2) {
		out = append(out, g.term())
	}
	return out
}

// term is a node selector term: expressions, the node's name, both, or nothing at all.
func (g *generator) term() Object {
	t := Object{}
	if g.chance(0.75) {
		for range 1 + g.IntN(2) {
			add(t, "matchExpressions", g.expression())
		}
	}
	if g.chance(0.25) {
		t["matchFields"] = []any{Object{"key": "metadata.name", "operator": pick(g, "In", "In", "In", "NotIn"), "values": list(some(g, 1, 1, g.nodeNames()...))}}
		if g.chance(0.1) {
			add(t, "matchFields", Object{"key": "metadata.name", "operator": "In", "values": list(some(g, 1, 1, g.nodeNames()...))})
		}
	}
	return t
}

func (g *generator) preference() Object {
	if g.chance(0.1) {
		return Object{}
	}
	return g.term()
}

func (g *generator) expression() Object {
	key := pick(g, "disk", "gen", "pool", "topology.kubernetes.io/zone", "kubernetes.io/hostname", "nothing")
	switch op := pick(g, "In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"); op {
	case "Exists", "DoesNotExist":
		return Object{"key": key, "operator": op}
	case "Gt", "Lt":
		return Object{"key": pick(g, "gen", "gen", "disk"), "operator": op, "values": []any{pick(g, "5", "7", "3", "0")}}
	default:
		values := map[string][]string{
			"disk": {"ssd", "hdd", "nvme"}, "gen": {"3", "7", "10"}, "pool": {"gold", "silver", ""},
			"topology.kubernetes.io/zone": {"za", "zb", "zc"}, "kubernetes.io/hostname": {"n0", "n1", "n2"}, "nothing": {"x"},
		}[key]
		return Object{"key": key, "operator": op, "values": list(some(g, 1, min(2, len(values)), values...))}
	}
}
