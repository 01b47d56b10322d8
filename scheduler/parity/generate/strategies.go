package generate

// strategies has NodeResourcesFit score in each of its ways, and look away from resources.
var strategies = Feature{Name: "strategies", Config: func(g *generator, profile Object) {
	if g.chance(0.7) {
		fit := args(g, profile, "NodeResourcesFit")
		strategy := at(fit, "scoringStrategy")
		strategy["type"] = pick(g, "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio", "RequestedToCapacityRatio")
		for _, r := range some(g, 1, 4, "cpu", "memory", "nvidia.com/gpu", "example.com/foo", "ephemeral-storage", "hugepages-2Mi") {
			add(strategy, "resources", Object{"name": r, "weight": pick(g, 1, 1, 2, 5, 100)})
		}
		if strategy["type"] == "RequestedToCapacityRatio" {
			at(strategy, "requestedToCapacityRatio")["shape"] = g.curve()
		}
		if g.chance(0.2) {
			fit["ignoredResources"] = list(some(g, 1, 2, "nvidia.com/gpu", "example.com/none"))
		}
		if g.chance(0.15) {
			fit["ignoredResourceGroups"] = list(some(g, 1, 1, "example.com", "nvidia.com"))
		}
	}
	if g.chance(0.4) {
		balanced := args(g, profile, "NodeResourcesBalancedAllocation")
		for _, r := range some(g, 1, 4, "cpu", "memory", "nvidia.com/gpu", "ephemeral-storage") {
			add(balanced, "resources", Object{"name": r, "weight": 1})
		}
	}
}}

// curve is a function of the utilisation in up to five points, rising, falling or neither.
func (g *generator) curve() []any {
	var out []any
	for _, u := range some(g, 1, 5, 0, 10, 33, 40, 50, 75, 99, 100) {
		out = append(out, Object{"utilization": u, "score": g.IntN(11)})
	}
	return out
}
