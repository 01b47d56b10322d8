package generate

import "fmt"

// initContainers has pods with containers that end before, or stay beside, the main ones.
var initContainers = Feature{Name: "init", Pod: func(g *generator, p Object) {
	if !g.chance(0.4) {
		return
	}
	for i := range 1 + g.IntN(3) {
		c := Object{"name": fmt.Sprintf("i%d", i), "image": pick(g, imagePool...)}
		if g.chance(0.8) {
			request(g, c)
		}
		if g.chance(0.5) {
			c["restartPolicy"] = "Always"
		}
		if g.has("ports") && g.chance(0.2) {
			add(c, "ports", g.port(at(p, "spec")["hostNetwork"] == true))
		}
		add(at(p, "spec"), "initContainers", c)
	}
}}

// overhead has pods that need something beyond their containers.
var overhead = Feature{Name: "overhead", Pod: func(g *generator, p Object) {
	if !g.chance(0.3) {
		return
	}
	o := Object{"cpu": pick(g, "100m", "250m", "1")}
	if g.chance(0.6) {
		o["memory"] = pick(g, "64Mi", "200Mi", "1Gi")
	}
	if g.chance(0.1) {
		o["example.com/foo"] = "1"
	}
	at(p, "spec")["overhead"] = o
}}

// podResources has pods that ask as a whole, above or beside what their containers ask.
var podResources = Feature{Name: "podresources", Pod: func(g *generator, p Object) {
	if !g.chance(0.35) {
		return
	}
	s := g.machine()
	whole := at(p, "spec", "resources")
	for _, r := range some(g, 1, 2, "cpu", "memory") {
		amount := pick(g, milli(s.cpu), milli(s.cpu/2), "8")
		if r == "memory" {
			amount = pick(g, mebi(s.memory), mebi(s.memory/2), "40Gi")
		}
		at(whole, pick(g, "requests", "requests", "limits"))[r] = amount
	}
	if g.chance(0.1) {
		at(whole, "requests")["hugepages-2Mi"] = "4Mi"
		at(whole, "limits")["hugepages-2Mi"] = "4Mi"
	}
}}
