package generate

import "strconv"

// profiles has more than one scheduler, and pods that name another one or none there is.
var profiles = Feature{Name: "profiles",
	Cluster: func(g *generator) {
		g.configured = true
		for i := range g.IntN(3) {
			g.profiles = append(g.profiles, Object{"schedulerName": "other" + strconv.Itoa(i)})
		}
	},
	Pod: func(g *generator, p Object) {
		if g.chance(0.4) {
			at(p, "spec")["schedulerName"] = pick(g, g.profiles...)["schedulerName"]
		}
		if g.chance(0.04) {
			at(p, "spec")["schedulerName"] = "nobody"
		}
	},
}

var (
	filterPlugins = []string{"NodeUnschedulable", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit", "PodTopologySpread", "InterPodAffinity"}
	scorePlugins  = []string{"TaintToleration", "NodeAffinity", "NodeResourcesFit", "PodTopologySpread", "InterPodAffinity", "NodeResourcesBalancedAllocation", "ImageLocality"}
)

// plugins takes plugins out of profiles, at a point or at all, puts them back with other
// weights and so into another order.
var plugins = Feature{Name: "plugins", Config: func(g *generator, profile Object) {
	if g.chance(0.35) {
		g.configured = true
		reweigh(g, at(profile, "plugins", "score"))
	}
	if g.chance(0.2) {
		g.configured = true
		for _, n := range some(g, 1, 2, filterPlugins...) {
			add(at(profile, "plugins", "filter"), "disabled", Object{"name": n})
		}
	}
	if g.chance(0.15) {
		g.configured = true
		n := pick(g, "ImageLocality", "NodeResourcesBalancedAllocation", "TaintToleration", "NodeUnschedulable", "NodePorts", "SchedulingGates")
		m := at(profile, "plugins", "multiPoint")
		add(m, "disabled", Object{"name": n})
		if g.chance(0.5) {
			add(m, "enabled", Object{"name": n, "weight": 1 + g.IntN(9)})
		}
	}
}}

func reweigh(g *generator, score Object) {
	if g.chance(0.25) {
		add(score, "disabled", Object{"name": "*"})
		for _, n := range some(g, 0, 4, scorePlugins...) {
			add(score, "enabled", Object{"name": n, "weight": 1 + g.IntN(4)})
		}
		return
	}
	for _, n := range some(g, 1, 3, scorePlugins...) {
		add(score, "disabled", Object{"name": n})
		if g.chance(0.6) {
			add(score, "enabled", Object{"name": n, "weight": pick(g, 1, 2, 7, 100)})
		}
	}
}

// percentage has the scheduler look at a part of the nodes only, which it does from a
// hundred nodes on.
var percentage = Feature{Name: "percentage", Config: func(g *generator, profile Object) {
	if g.chance(0.5) {
		g.configured = true
		g.config["percentageOfNodesToScore"] = pick(g, 0, 0, 1, 50, 80, 100)
	}
	if g.chance(0.3) {
		g.configured = true
		profile["percentageOfNodesToScore"] = pick(g, 0, 1, 70, 90, 100)
	}
}}
