package generate

import "fmt"

// claims makes the claims pods may name, in each namespace they live in, and the volumes
// that are bound to them or free. No two volumes have the same size: which of equal ones
// upstream binds depends on the order of a map.
func (g *generator) claims() {
	size := 1
	for i := range 7 {
		for _, ns := range some(g, 2, 3, "default", "team-a", "team-b") {
			g.rest = append(g.rest, g.claim(ns, fmt.Sprintf("c%d", i), &size))
		}
	}
	g.owned(&size)
	for i := range g.IntN(4) {
		size++
		v := g.persistentVolume(fmt.Sprintf("free%d", i), pick(g, "wait", "local", "local"), size)
		v["status"] = Object{"phase": "Available"}
		g.rest = append(g.rest, v)
	}
}

// owned makes most of the claims that generic ephemeral volumes stand for, owned by their
// pod but for a few.
func (g *generator) owned(size *int) {
	for _, p := range g.pods {
		for _, v := range listOf(at(p, "spec"), "volumes") {
			if v["ephemeral"] == nil || g.chance(0.3) {
				continue
			}
			namespace, _ := at(p, "metadata")["namespace"].(string)
			c := g.claim(namespace, fmt.Sprintf("%s-%s", nameOf(p), v["name"]), size)
			if g.chance(0.9) {
				at(c, "metadata")["ownerReferences"] = []any{Object{"apiVersion": "v1", "kind": "Pod", "name": nameOf(p), "uid": namespace + "/" + nameOf(p), "controller": true}}
			}
			g.rest = append(g.rest, c)
		}
	}
}

// claim is one claim with, if it is bound, its volume.
func (g *generator) claim(namespace, name string, size *int) Object {
	*size++
	class := pick(g, classNames...)
	c := head("v1", "PersistentVolumeClaim", name, namespace)
	spec := at(c, "spec")
	spec["accessModes"] = []any{pick(g, "ReadWriteOnce", "ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod")}
	spec["storageClassName"] = class
	spec["resources"] = Object{"requests": Object{"storage": fmt.Sprintf("%dGi", pick(g, 1, 3, *size))}}
	c["status"] = Object{"phase": "Pending"}
	switch {
	case g.chance(0.5):
		volume := "pv-" + name
		if namespace != "default" {
			volume += "-" + namespace
		}
		g.bindClaim(c, volume, class, *size)
	case g.chance(0.1):
		delete(spec, "storageClassName")
	case g.chance(0.1):
		spec["storageClassName"] = "no-such-class"
	case g.chance(0.1) && len(g.nodes) > 0:
		at(c, "metadata")["annotations"] = Object{"volume.kubernetes.io/selected-node": pick(g, g.nodes...).name}
	}
	return c
}

// bindClaim binds a claim to a volume, which in rare cases is gone.
func (g *generator) bindClaim(c Object, volume, class string, size int) {
	at(c, "spec")["volumeName"] = volume
	if g.chance(0.95) {
		at(c, "metadata")["annotations"] = Object{"pv.kubernetes.io/bind-completed": "yes"}
		c["status"] = Object{"phase": "Bound"}
	}
	if g.chance(0.05) {
		return
	}
	v := g.persistentVolume(volume, class, size)
	at(v, "spec")["claimRef"] = Object{"kind": "PersistentVolumeClaim", "namespace": at(c, "metadata")["namespace"], "name": nameOf(c),
		"uid": fmt.Sprintf("%s/%s", at(c, "metadata")["namespace"], nameOf(c))}
	v["status"] = Object{"phase": "Bound"}
	g.rest = append(g.rest, v)
}

// persistentVolume is a disk somewhere: by label, by node affinity, of a driver or local.
func (g *generator) persistentVolume(name, class string, size int) Object {
	v := head("v1", "PersistentVolume", name, "")
	v["spec"] = Object{"capacity": Object{"storage": fmt.Sprintf("%dGi", size)}, "accessModes": []any{"ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"},
		"storageClassName": class, "persistentVolumeReclaimPolicy": "Delete"}
	spec := at(v, "spec")
	if g.chance(0.35) {
		labels := at(v, "metadata", "labels")
		labels[pick(g, topologies[0], topologies[0], "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/region")] = pick(g, "za", "zb", "za__zb", "ra")
	}
	switch {
	case g.chance(0.6):
		spec["csi"] = Object{"driver": pick(g, "csi.example.com", "cap.example.com"), "volumeHandle": name}
	case g.chance(0.2):
		spec["awsElasticBlockStore"] = Object{"volumeID": "vol-" + name}
	default:
		spec["local"] = Object{"path": "/mnt/" + name}
	}
	if _, local := spec["local"]; local || g.chance(0.3) {
		key, values := topologies[0], some(g, 1, 2, "za", "zb", "zc")
		if g.chance(0.4) {
			key, values = topologies[1], some(g, 1, 2, g.nodeNames()...)
		}
		at(spec, "nodeAffinity", "required")["nodeSelectorTerms"] = []any{Object{"matchExpressions": []any{Object{"key": key, "operator": "In", "values": list(values)}}}}
	}
	return v
}
