package generate

import "fmt"

// volumes has claims bound and unbound, classes that wait and that do not, disks with zones
// and owners, drivers with limits, and pods that use all this.
var volumes = Feature{Name: "volumes",
	Cluster: func(g *generator) { g.classes() },
	Node: func(g *generator, n Object) {
		if g.chance(0.8) {
			g.csiNode(nameOf(n))
		}
	},
	Pod: func(g *generator, p Object) {
		for i := range g.IntN(3) {
			if g.chance(0.7) {
				add(at(p, "spec"), "volumes", g.volume(p, fmt.Sprintf("v%d", i)))
			}
		}
	},
	Config: func(g *generator, profile Object) {
		if g.chance(0.06) {
			g.configured = true
			add(at(profile, "plugins", "multiPoint"), "disabled", Object{"name": pick(g, "VolumeBinding", "VolumeZone", "VolumeRestrictions")})
		}
	},
	Finish: func(g *generator) {
		g.claims()
		g.nameless()
	},
}

var classNames = []string{"wait", "now", "local", "topo", "capacity"}

// classes are one class of each kind there is.
func (g *generator) classes() {
	for _, n := range classNames {
		c := head("storage.k8s.io/v1", "StorageClass", n, "")
		c["provisioner"], c["volumeBindingMode"] = "csi.example.com", "WaitForFirstConsumer"
		switch n {
		case "now":
			c["volumeBindingMode"] = "Immediate"
		case "local":
			c["provisioner"] = "kubernetes.io/no-provisioner"
		case "topo":
			c["allowedTopologies"] = []any{Object{"matchLabelExpressions": []any{Object{"key": topologies[0], "values": []any{"za"}}}}}
		case "capacity":
			c["provisioner"] = "cap.example.com"
		}
		g.rest = append(g.rest, c)
	}
	g.drivers()
}

// drivers says which driver tells its capacity and which must be on the node.
func (g *generator) drivers() {
	d := head("storage.k8s.io/v1", "CSIDriver", "cap.example.com", "")
	at(d, "spec")["storageCapacity"] = true
	g.rest = append(g.rest, d)
	for i, zone := range some(g, 0, 2, "za", "zb", "zc") {
		c := head("storage.k8s.io/v1", "CSIStorageCapacity", fmt.Sprintf("room%d", i), "default")
		c["storageClassName"], c["capacity"] = "capacity", pick(g, "1Gi", "10Gi", "100Gi")
		c["nodeTopology"] = Object{"matchLabels": Object{topologies[0]: zone}}
		g.rest = append(g.rest, c)
	}
	if g.chance(0.25) {
		d := head("storage.k8s.io/v1", "CSIDriver", "csi.example.com", "")
		at(d, "spec")["preventPodSchedulingIfMissing"] = g.chance(0.7)
		g.rest = append(g.rest, d)
	}
}

// csiNode is what a node says of the drivers on it.
func (g *generator) csiNode(name string) {
	n := head("storage.k8s.io/v1", "CSINode", name, "")
	at(n, "spec")["drivers"] = []any{}
	for _, d := range some(g, 0, 2, "csi.example.com", "cap.example.com", "ebs.csi.aws.com") {
		driver := Object{"name": d, "nodeID": name, "topologyKeys": []any{topologies[0]}}
		if g.chance(0.7) {
			driver["allocatable"] = Object{"count": pick(g, 0, 1, 1, 2)}
		}
		add(at(n, "spec"), "drivers", driver)
	}
	g.rest = append(g.rest, n)
	if g.chance(0.1) {
		a := head("storage.k8s.io/v1", "VolumeAttachment", "attached-"+name, "")
		a["spec"] = Object{"attacher": "csi.example.com", "nodeName": name, "source": Object{"persistentVolumeName": "pv-c0"}}
		a["status"] = Object{"attached": true}
		g.rest = append(g.rest, a)
	}
}

// volume is one volume of a pod: a claim most often, sometimes one that is not there.
func (g *generator) volume(p Object, name string) Object {
	v := Object{"name": name}
	switch {
	case g.chance(0.85):
		v["persistentVolumeClaim"] = Object{"claimName": pick(g, "c0", "c1", "c2", "c3", "c4", "c5", "c6")}
		if g.chance(0.03) {
			v["persistentVolumeClaim"] = Object{"claimName": "missing"}
		}
	case g.chance(0.5):
		v["gcePersistentDisk"] = Object{"pdName": pick(g, "pd0", "pd1"), "readOnly": g.chance(0.5)}
	case g.chance(0.4):
		v["iscsi"] = Object{"targetPortal": "10.0.0.9", "iqn": pick(g, "iqn.a", "iqn.b"), "lun": 0, "readOnly": g.chance(0.5)}
	case g.chance(0.5):
		v["rbd"] = Object{"monitors": list(some(g, 1, 2, "m1", "m2", "m3")), "image": pick(g, "img0", "img1"), "readOnly": g.chance(0.5)}
	default:
		v["ephemeral"] = Object{"volumeClaimTemplate": Object{"spec": Object{"accessModes": []any{"ReadWriteOnce"}, "storageClassName": "wait",
			"resources": Object{"requests": Object{"storage": "1Gi"}}}}}
	}
	return v
}

// nameless has pods use claims without a name, in profiles where no plugin that looks for claims by name
// comes before the one that says so.
func (g *generator) nameless() {
	if !g.chance(0.08) {
		return
	}
	g.configured = true
	for _, profile := range g.profiles {
		m := at(profile, "plugins", "multiPoint")
		for _, n := range []string{"VolumeBinding", "VolumeRestrictions"} {
			if !disables(m, n) {
				add(m, "disabled", Object{"name": n})
			}
		}
	}
	for _, p := range g.pods {
		for _, v := range listOf(at(p, "spec"), "volumes") {
			if v["persistentVolumeClaim"] != nil && g.chance(0.2) {
				v["persistentVolumeClaim"] = Object{"claimName": ""}
			}
		}
	}
}

// disables says whether a set of plugins disables one already.
func disables(set Object, plugin string) bool {
	for _, o := range listOf(set, "disabled") {
		if o["name"] == plugin {
			return true
		}
	}
	return false
}
