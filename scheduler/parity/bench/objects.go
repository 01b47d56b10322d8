package bench

import (
	"fmt"

	"towtank.dev/towtank/scheduler/parity/generate"
)

type object = generate.Object

// named is the head of an object with what else its metadata holds.
func named(version, kind, namespace, name string, labels object) object {
	meta := object{"name": name, "uid": kind + "/" + namespace + "/" + name, "creationTimestamp": "2026-01-01T00:00:00Z"}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	if labels != nil {
		meta["labels"] = labels
	}
	return object{"apiVersion": version, "kind": kind, "metadata": meta}
}

// node is a node with the given room.
func node(i int, cpu, memory string, labels object) object {
	o := named("v1", "Node", "", fmt.Sprintf("node-%05d", i), labels)
	room := object{"cpu": cpu, "memory": memory, "pods": "110"}
	o["spec"] = object{}
	o["status"] = object{"capacity": room, "allocatable": room}
	return o
}

// pod is a pod of one container that waits for a node.
func pod(namespace, name, cpu, memory string, labels object) object {
	o := named("v1", "Pod", namespace, name, labels)
	o["spec"] = object{"priority": 0, "preemptionPolicy": "PreemptLowerPriority", "schedulerName": "default-scheduler", "containers": []any{object{
		"name": "app", "image": "registry.example/app:1",
		"resources": object{"requests": object{"cpu": cpu, "memory": memory}},
	}}}
	return o
}

func spec(pod object) object { return pod["spec"].(object) }

// bind has the pod run on node i.
func bind(pod object, i int) object {
	spec(pod)["nodeName"] = fmt.Sprintf("node-%05d", i)
	pod["status"] = object{"phase": "Running", "startTime": "2026-01-01T00:00:00Z"}
	return pod
}

func matching(labels object) object { return object{"matchLabels": labels} }
