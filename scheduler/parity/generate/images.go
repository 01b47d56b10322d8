package generate

import "slices"

var imagePool = []string{"registry.example/app:1", "registry.example/side:1", "nginx", "docker.io/library/nginx:latest", "registry.example/db",
	"registry.example/db:latest", "registry.example:5000/ml", "registry.example/ml@sha256:0000000000000000000000000000000000000000000000000000000000000000"}

// images gives nodes images of sizes about the two thresholds, and pods images to want.
var images = Feature{Name: "images",
	Node: func(g *generator, n Object) {
		for _, name := range some(g, 0, 5, imagePool...) {
			if g.chance(0.5) && name == "nginx" {
				name = "nginx:latest"
			}
			names := []any{name}
			if g.chance(0.2) {
				names = append(names, "registry.example/alias:1")
			}
			add(at(n, "status"), "images", Object{"names": names, "sizeBytes": pick(g, 0, 23*mib, 24*mib, 60*mib, 140*mib, 500*mib, 1000*mib, 1001*mib, 2500*mib)})
		}
	},
	Pod: func(g *generator, p Object) {
		for _, c := range containersOf(p) {
			c["image"] = pick(g, append(slices.Clone(imagePool), "registry.example/alias:1", "registry.example/absent:2")...)
		}
		if g.chance(0.05) {
			add(at(p, "spec"), "volumes", Object{"name": "model", "image": Object{"reference": pick(g, imagePool...)}})
		}
	},
}

const mib = 1024 * 1024
