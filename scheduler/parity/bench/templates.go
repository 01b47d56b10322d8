package bench

import "fmt"

// apps is how many applications pods belong to, in turn.
const apps = 20

// template makes the i-th pod of a stream.
type template func(name string, i int) object

func labelsOf(i int) object { return object{"app": fmt.Sprintf("app-%02d", i%apps)} }

// plain asks for room only.
func plain(name string, i int) object { return pod("default", name, "100m", "500M", labelsOf(i)) }

// spread keeps zones level and prefers level nodes.
func spread(name string, i int) object {
	p := plain(name, i)
	selector := matching(labelsOf(i))
	spec(p)["topologySpreadConstraints"] = []any{
		object{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector},
		object{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector},
	}
	return p
}

// antiAffinity keeps an application's pods on nodes of their own and prefers zones of their own.
func antiAffinity(name string, i int) object {
	p := plain(name, i)
	selector := matching(labelsOf(i))
	spec(p)["affinity"] = object{"podAntiAffinity": object{
		"requiredDuringSchedulingIgnoredDuringExecution": []any{
			object{"topologyKey": "kubernetes.io/hostname", "labelSelector": selector}},
		"preferredDuringSchedulingIgnoredDuringExecution": []any{object{"weight": 10, "podAffinityTerm": object{
			"topologyKey": "topology.kubernetes.io/zone", "labelSelector": selector}}},
	}}
	return p
}

// selecting names a zone and prefers nodes of one kind.
func selecting(name string, i int) object {
	p := plain(name, i)
	spec(p)["nodeSelector"] = object{"topology.kubernetes.io/zone": fmt.Sprintf("zone-%d", i%3)}
	spec(p)["affinity"] = object{"nodeAffinity": object{"preferredDuringSchedulingIgnoredDuringExecution": []any{
		object{"weight": 10, "preference": object{"matchExpressions": []any{
			object{"key": "disk", "operator": "In", "values": []any{"ssd"}}}}}}}}
	return p
}

// together prefers zones where its application is.
func together(name string, i int) object {
	p := plain(name, i)
	spec(p)["affinity"] = object{"podAffinity": object{"preferredDuringSchedulingIgnoredDuringExecution": []any{
		object{"weight": 10, "podAffinityTerm": object{
			"topologyKey": "topology.kubernetes.io/zone", "labelSelector": matching(labelsOf(i))}}}}}
	return p
}

// mixed is 40 % plain, 20 % spread, 20 % anti-affinity, 10 % selecting, 10 % together. The kind goes
// by the hundreds of i, so that every application has pods of every kind.
func mixed(name string, i int) object {
	kinds := [...]template{plain, spread, antiAffinity, plain, selecting, plain, spread, antiAffinity, plain, together}
	return kinds[(i+i/apps)%len(kinds)](name, i)
}

// allDifferent is plain, with requests and a label that no other pod has.
func allDifferent(name string, i int) object {
	labels := labelsOf(i)
	labels["pod"] = name
	return pod("default", name, fmt.Sprintf("%dm", 50+i%100), fmt.Sprintf("%d", 400_000_000+i*1000), labels)
}
