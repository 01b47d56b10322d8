package bench

import "fmt"

// disturb says that one pod in so many is a large one, in streams that have them.
const disturb = 100

// perf are workloads of scheduler_perf at 5,000 nodes, whose initial pods are bound before the start.
// Source: kubernetes v1.37.2 test/integration/scheduler_perf.
func perf() []*Workload {
	row := func(name string, make func(b *builder)) *Workload {
		return &Workload{Name: name, Nodes: 5000, make: make}
	}
	preempting := row("PreemptionAsync", preemptionAsync)
	preempting.Preempts, preempting.Note = true, "1 preemptor in 100 pods, victims leave at once"
	unschedulable := row("Unschedulable", unschedulable)
	unschedulable.Note = "1 unschedulable in 100 pods"
	services := row("DefaultTopologySpreading", defaultTopologySpreading)
	services.Note = "5000 pods instead of 50000"
	anti := row("SchedulingRequiredPodAntiAffinityWithNSSelector", antiAffinityWithNSSelector)
	anti.Nodes, anti.Note = 6000, "as scheduler_perf's"
	return []*Workload{
		row("SchedulingPodAffinity", podAffinity),
		row("SchedulingPreferredPodAntiAffinity", preferredPodAntiAffinity),
		row("TopologySpreading", topologySpreading),
		services,
		anti,
		preempting,
		unschedulable,
		row("SchedulingCSIPVs", csiPVs),
	}
}

// perfNodes are nodes of 4 CPUs in zones of the given names, none for no zones.
func (b *builder) perfNodes(zones ...string) {
	for i := range b.nodes {
		labels := object{"kubernetes.io/hostname": fmt.Sprintf("node-%05d", i)}
		if len(zones) > 0 {
			labels["topology.kubernetes.io/zone"] = zones[i%len(zones)]
		}
		b.add(node(i, "4", "32Gi", labels))
	}
}

func (b *builder) namespaces(labels object, names ...string) {
	for _, n := range names {
		b.add(named("v1", "Namespace", "", n, labels))
	}
}

func perfPod(namespace, name string, labels object) object {
	return pod(namespace, name, "100m", "500Mi", labels)
}

// pods adds one bound pod per node and the stream, each made by the function.
func (b *builder) pods(make func(name string, stream bool) object) {
	for i := range b.nodes {
		b.add(bind(make(fmt.Sprintf("bound-%05d", i), false), i))
	}
	for i := range b.stream {
		b.add(make(fmt.Sprintf("pod-%05d", i), true))
	}
}

func schedNamespace(stream bool) string {
	if stream {
		return "sched-1"
	}
	return "sched-0"
}

func podAffinity(b *builder) {
	b.perfNodes("zone1")
	b.namespaces(nil, "sched-0", "sched-1")
	b.pods(func(name string, stream bool) object {
		p := perfPod(schedNamespace(stream), name, object{"color": "blue"})
		spec(p)["affinity"] = object{"podAffinity": object{"requiredDuringSchedulingIgnoredDuringExecution": []any{object{
			"labelSelector": matching(object{"color": "blue"}), "topologyKey": "topology.kubernetes.io/zone",
			"namespaces": []any{"sched-1", "sched-0"}}}}}
		return p
	})
}

func preferredPodAntiAffinity(b *builder) {
	b.perfNodes()
	b.namespaces(nil, "sched-0", "sched-1")
	b.pods(func(name string, stream bool) object {
		p := perfPod(schedNamespace(stream), name, object{"color": "yellow"})
		spec(p)["affinity"] = object{"podAntiAffinity": object{"preferredDuringSchedulingIgnoredDuringExecution": []any{object{
			"weight": 1, "podAffinityTerm": object{
				"labelSelector": matching(object{"color": "yellow"}), "topologyKey": "kubernetes.io/hostname",
				"namespaces": []any{"sched-1", "sched-0"}}}}}}
		return p
	})
}

func topologySpreading(b *builder) {
	b.perfNodes("moon-1", "moon-2", "moon-3")
	b.pods(func(name string, stream bool) object {
		if !stream {
			return perfPod("default", name, nil)
		}
		p := perfPod("default", name, object{"color": "blue"})
		spec(p)["topologySpreadConstraints"] = []any{object{"maxSkew": 5, "topologyKey": "topology.kubernetes.io/zone",
			"whenUnsatisfiable": "DoNotSchedule", "labelSelector": matching(object{"color": "blue"})}}
		return p
	})
}

func defaultTopologySpreading(b *builder) {
	b.perfNodes("moon-1", "moon-2", "moon-3")
	b.namespaces(nil, "service-ns")
	service := named("v1", "Service", "service-ns", "service", nil)
	service["spec"] = object{"selector": object{"app": "scheduler-perf"}, "ports": []any{object{"protocol": "TCP", "port": 80, "targetPort": 8000}}}
	b.add(service)
	b.pods(func(name string, stream bool) object {
		if !stream {
			return perfPod("default", name, nil)
		}
		p := perfPod("service-ns", name, object{"app": "scheduler-perf"})
		delete(spec(p)["containers"].([]any)[0].(object), "resources")
		return p
	})
}

// antiAffinityWithNSSelector has 4,000 pods on its nodes.
func antiAffinityWithNSSelector(b *builder) {
	b.perfNodes()
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("init-ns-%d", i))
	}
	b.namespaces(object{"team": "devops"}, append(names, "measure-ns-0")...)
	make := func(namespace, name string) object {
		p := perfPod(namespace, name, object{"color": "green"})
		spec(p)["affinity"] = object{"podAntiAffinity": object{"requiredDuringSchedulingIgnoredDuringExecution": []any{object{
			"labelSelector": matching(object{"color": "green"}), "topologyKey": "kubernetes.io/hostname",
			"namespaceSelector": matching(object{"team": "devops"})}}}}
		return p
	}
	for i := range 4000 {
		b.add(bind(make(names[i%len(names)], fmt.Sprintf("bound-%05d", i)), i))
	}
	for i := range 2000 {
		b.add(make("measure-ns-0", fmt.Sprintf("pod-%05d", i)))
	}
}

// preemptionAsync has four pods of 900m on every node and, among small pods, some that need 3 CPUs.
func preemptionAsync(b *builder) {
	b.perfNodes()
	for i := range 4 * b.nodes {
		b.add(bind(pod("default", fmt.Sprintf("bound-%05d", i), "900m", "500Mi", nil), i%b.nodes))
	}
	b.disturbed("3000m")
}

func unschedulable(b *builder) {
	b.perfNodes()
	for i := range 100 {
		b.add(bind(perfPod("default", fmt.Sprintf("bound-%05d", i), nil), i))
	}
	b.disturbed("9")
}

// disturbed is a stream of small pods with an important large one now and then.
func (b *builder) disturbed(cpu string) {
	for i := range b.stream {
		name := fmt.Sprintf("pod-%05d", i)
		if i%disturb != disturb/2 {
			b.add(perfPod("default", name, nil))
			continue
		}
		p := pod("default", name, cpu, "500Mi", nil)
		spec(p)["priority"] = 10
		b.add(p)
	}
}

// csiPVs gives every pod a bound volume of a driver that can attach 39 to a node.
func csiPVs(b *builder) {
	b.perfNodes()
	for i := range b.nodes {
		n := named("storage.k8s.io/v1", "CSINode", "", fmt.Sprintf("node-%05d", i), nil)
		n["spec"] = object{"drivers": []any{object{"name": "ebs.csi.aws.com", "nodeID": fmt.Sprint(i), "allocatable": object{"count": 39}}}}
		b.add(n)
	}
	b.pods(func(name string, _ bool) object {
		modes, size := []any{"ReadOnlyMany"}, object{"storage": "1Gi"}
		pv := named("v1", "PersistentVolume", "", "pv-"+name, nil)
		pv["spec"] = object{"accessModes": modes, "capacity": size, "persistentVolumeReclaimPolicy": "Retain",
			"csi":      object{"driver": "ebs.csi.aws.com", "volumeHandle": "vol-" + name},
			"claimRef": object{"namespace": "default", "name": "pvc-" + name, "uid": "PersistentVolumeClaim/default/pvc-" + name}}
		pv["status"] = object{"phase": "Bound"}
		pvc := named("v1", "PersistentVolumeClaim", "default", "pvc-"+name, nil)
		pvc["metadata"].(object)["annotations"] = object{"pv.kubernetes.io/bind-completed": "true"}
		pvc["spec"] = object{"accessModes": modes, "resources": object{"requests": size}, "volumeName": "pv-" + name, "storageClassName": ""}
		pvc["status"] = object{"phase": "Bound"}
		b.add(pv, pvc)
		p := perfPod("default", name, nil)
		spec(p)["volumes"] = []any{object{"name": "data", "persistentVolumeClaim": object{"claimName": "pvc-" + name}}}
		return p
	})
}
