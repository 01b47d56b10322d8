package generate

// ports has containers take ports of the node, by any address and protocol.
var ports = Feature{Name: "ports", Pod: func(g *generator, p Object) {
	if g.chance(0.1) {
		at(p, "spec")["hostNetwork"] = true
	}
	network, _ := at(p, "spec")["hostNetwork"].(bool)
	if !network && !g.chance(0.4) {
		return
	}
	for _, c := range containersOf(p) {
		for range 1 + g.IntN(2) {
			add(c, "ports", g.port(network))
		}
	}
}}

func (g *generator) port(network bool) Object {
	number := pick(g, 80, 80, 443, 9090)
	t := Object{"containerPort": number}
	if !network {
		t["hostPort"] = number
		if g.chance(0.1) {
			delete(t, "hostPort")
		}
	}
	if g.chance(0.3) {
		t["hostIP"] = pick(g, "10.0.0.1", "10.0.0.2", "0.0.0.0", "127.0.0.1")
	}
	if g.chance(0.3) {
		t["protocol"] = pick(g, "TCP", "UDP", "SCTP")
	}
	return t
}
