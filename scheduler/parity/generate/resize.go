package generate

// resize has bound pods in the middle of being resized: what is allotted and what is in
// force differ from what is wanted, and the node may have said that it cannot be.
var resize = Feature{Name: "resize", Pod: func(g *generator, p Object) {
	if g.bound == nil || !g.chance(0.5) {
		return
	}
	s := g.machine()
	all := containersOf(p)
	for _, c := range listOf(at(p, "spec"), "initContainers") {
		if c["restartPolicy"] == "Always" {
			resized(g, p, c, "initContainerStatuses", s)
		}
	}
	for _, c := range all {
		resized(g, p, c, "containerStatuses", s)
	}
	if g.chance(0.4) {
		add(at(p, "status"), "conditions", Object{"type": "PodResizePending", "status": "True", "reason": pick(g, "Infeasible", "Infeasible", "Deferred")})
	}
	if whole, ok := at(p, "spec")["resources"].(Object); ok && whole["requests"] != nil && g.chance(0.5) {
		at(p, "status")["allocatedResources"] = Object{"cpu": pick(g, "100m", milli(s.cpu/2))}
		at(p, "status", "resources")["requests"] = Object{"cpu": pick(g, "250m", milli(s.cpu/4))}
	}
}}

func resized(g *generator, p, c Object, field string, s shape) {
	if g.chance(0.2) {
		return
	}
	st := Object{"name": c["name"], "image": c["image"], "imageID": "", "ready": true, "restartCount": 0}
	if g.chance(0.8) {
		st["allocatedResources"] = Object{"cpu": pick(g, "100m", milli(s.cpu/4), milli(s.cpu/2)), "memory": pick(g, "64Mi", mebi(s.memory/4))}
	}
	if g.chance(0.8) {
		at(st, "resources")["requests"] = Object{"cpu": pick(g, "50m", "250m", milli(s.cpu/2)), "memory": pick(g, "100Mi", mebi(s.memory/2))}
	}
	add(at(p, "status"), field, st)
}
