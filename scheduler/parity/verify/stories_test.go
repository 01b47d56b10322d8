package verify_test

import (
	"fmt"
	"math/rand/v2"

	"gopkg.in/yaml.v3"
)

type object = map[string]any

// story makes a random scenario of a small cluster in which everything happens that can change what a
// scheduler sees: nodes come, go, change; pods end, are deleted, evicted, cannot be bound.
type story struct {
	*rand.Rand
	nodes    int
	timeline []object
}

// storyOf is the scenario of a seed as YAML.
func storyOf(seed uint64) []byte {
	s := &story{Rand: rand.New(rand.NewPCG(seed, 0))}
	if s.nodes = 3 + s.IntN(6); seed%20 == 5 {
		s.nodes = 120 // more than are looked at
	}
	doc := object{
		"apiVersion": "towtank.dev/v1alpha1", "kind": "Scenario", "seed": seed, "duration": "30m",
		"cluster": object{
			"nodes": []object{{"count": s.nodes, "zones": []string{"a", "b", "c"}[:1+s.IntN(3)],
				"template": object{"status": object{"allocatable": object{"cpu": 4, "memory": "8Gi", "pods": 4 + s.IntN(8)}}}}},
			"objects":      s.objects(),
			"watchLatency": s.pick("0s", "0s", "5ms", "400ms"),
		},
		"scheduler": object{"decisionLatency": s.pick("0s", "1ms", "50ms"), "bindLatency": s.pick("0s", "10ms", "700ms"), "tieBreak": s.pick("upstream", "random", "name")},
		"behaviours": []object{
			{"match": object{"labels": object{"app": "batch"}}, "run": object{"exponential": object{"mean": "3m"}}, "stop": "20s"},
			{"stop": s.pick("0s", "25s", "ignore")}, // pods linger while they are deleted
		},
	}
	for i := range 14 {
		s.create(i)
	}
	for range 16 {
		s.disturb()
	}
	doc["timeline"] = s.timeline
	text, err := yaml.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return text
}

func (s *story) pick(of ...string) string { return of[s.IntN(len(of))] }

func (s *story) at(what object) {
	what["at"] = fmt.Sprintf("%ds", s.IntN(1500))
	s.timeline = append(s.timeline, what)
}

func (s *story) node() string { return fmt.Sprintf("node-%d", s.IntN(s.nodes)) }

func (s *story) objects() []object {
	out := []object{
		{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": object{"name": "urgent"}, "value": 1000},
		{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": object{"name": "polite"}, "value": 1000, "preemptionPolicy": "Never"},
		{"apiVersion": "v1", "kind": "Service", "metadata": object{"name": "web"}, "spec": object{"selector": object{"app": "web"}, "ports": []object{{"port": 80}}}},
		{"apiVersion": "v1", "kind": "Service", "metadata": object{"name": "front"}, "spec": object{"selector": object{"app": s.pick("web", "db"), "tier": "front"}, "ports": []object{{"port": 80}}}},
		{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": object{"name": "web"},
			"spec": object{"minAvailable": 1, "selector": object{"matchLabels": object{"app": "web"}}}, "status": object{"disruptionsAllowed": s.IntN(2), "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 2}},
		{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": object{"name": "local"}, "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"},
		{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": object{"name": "made"}, "provisioner": "disk.example", "volumeBindingMode": "WaitForFirstConsumer"},
	}
	for i := range 4 {
		out = append(out, object{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": object{"name": fmt.Sprintf("pv-%d", i)},
			"spec": object{"capacity": object{"storage": s.pick("1Gi", "2Gi")}, "accessModes": []string{"ReadWriteOnce"}, "storageClassName": "local",
				"local": object{"path": "/d"}, "persistentVolumeReclaimPolicy": "Retain",
				"nodeAffinity": object{"required": object{"nodeSelectorTerms": []object{{"matchExpressions": []object{
					{"key": "kubernetes.io/hostname", "operator": "In", "values": []string{s.node(), s.node()}}}}}}}}})
		out = append(out, object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": object{"name": fmt.Sprintf("claim-%d", i)},
			"spec": object{"accessModes": []string{"ReadWriteOnce"}, "storageClassName": s.pick("local", "local", "made"), "resources": object{"requests": object{"storage": "1Gi"}}}})
	}
	return out
}

// create has pods of one kind come.
func (s *story) create(i int) {
	app := s.pick("web", "batch", "db")
	spec := object{"containers": []object{{"name": "c", "image": s.pick("a:1", "b:2"), "resources": object{"requests": object{"cpu": s.pick("100m", "500m", "1", "2", "3900m"), "memory": s.pick("64Mi", "1Gi", "3Gi")}}}}}
	if app == "batch" {
		spec["restartPolicy"] = "Never"
	}
	selector := object{"matchLabels": object{"app": app}}
	s.maybe(spec, "priorityClassName", s.pick("urgent", "urgent", "polite"))
	s.maybe(spec, "tolerations", []object{{"operator": "Exists"}})
	s.maybe(spec, "nodeSelector", object{"disk": "ssd"})
	s.maybe(spec, "topologySpreadConstraints", []object{{"maxSkew": 1 + s.IntN(2), "topologyKey": s.pick("topology.kubernetes.io/zone", "kubernetes.io/hostname"),
		"whenUnsatisfiable": s.pick("DoNotSchedule", "ScheduleAnyway"), "labelSelector": selector}})
	term := object{"topologyKey": s.pick("topology.kubernetes.io/zone", "kubernetes.io/hostname"), "labelSelector": object{"matchLabels": object{"app": s.pick("web", "db", app)}}}
	soft := object{"preferredDuringSchedulingIgnoredDuringExecution": []object{{"weight": 10, "podAffinityTerm": term}}}
	hard := object{"requiredDuringSchedulingIgnoredDuringExecution": []object{term}}
	s.maybe(spec, "affinity", object{s.pick("podAffinity", "podAntiAffinity"): []object{soft, hard}[s.IntN(2)]})
	count := 1 + s.IntN(7)
	if s.IntN(6) == 0 {
		spec["volumes"] = []object{{"name": "v", "persistentVolumeClaim": object{"claimName": fmt.Sprintf("claim-%d", s.IntN(4))}}}
		count = 1
	}
	s.at(object{"create": object{"count": count, "every": s.pick("0s", "1s", "20s"), "template": object{"apiVersion": "v1", "kind": "Pod",
		"metadata": object{"generateName": fmt.Sprintf("%s-%d-", app, i), "labels": object{"app": app, "tier": s.pick("front", "back")}}, "spec": spec}}})
}

// maybe sets a field in one case of three.
func (s *story) maybe(in object, field string, value any) {
	if s.IntN(3) == 0 {
		in[field] = value
	}
}

// disturb has something happen to the cluster.
func (s *story) disturb() {
	pods := object{"labels": object{"app": s.pick("web", "batch", "db")}, "namespace": "default"}
	switch s.IntN(10) {
	case 0:
		s.at(object{"delete": object{"pods": pods, "ignoreNotFound": true}})
	case 1:
		s.at(object{"label": object{"node": s.node(), "set": object{"topology.kubernetes.io/zone": s.pick("a", "b", "z")}, "overwrite": true}})
	case 2:
		s.at(object{"label": object{"nodes": object{}, "set": object{"disk": s.pick("ssd", "hdd")}, "overwrite": true}})
	case 3:
		s.at(object{"cordon": object{"node": s.node()}})
	case 4:
		s.at(object{"taint": object{"node": s.node(), "taints": []string{"spot=yes:" + s.pick("NoSchedule", "PreferNoSchedule")}}})
	case 5:
		s.at(object{"deny-binding": object{"pods": pods, "message": "not now"}})
		s.at(object{"allow-binding": object{"pods": pods}})
	case 6:
		s.at(object{"label": object{"pods": pods, "set": object{"app": s.pick("web", "db")}, "overwrite": true}})
	case 7:
		s.at(object{"patch": object{"node": s.node(), "patch": object{"status": object{"allocatable": object{"cpu": s.pick("2", "6")}}}}})
	case 9:
		s.at(object{"patch": object{"service": s.pick("web", "front"), "patch": object{"spec": object{"selector": object{"app": s.pick("web", "db", "batch")}}}}})
	case 8:
		s.at(object{"uncordon": object{"nodes": object{}}})
	}
}
