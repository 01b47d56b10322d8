package controllers

import (
	"time"

	"towtank.dev/towtank/model"
)

// Info describes a controller.
type Info struct {
	// Name is its name in kube-controller-manager.
	Name string
	// Doc is one sentence on what it does here.
	Doc string
	// Kinds are those with the first object of which it starts; empty: it starts with the cluster.
	Kinds []model.Kind
	// Start has it look after a cluster from now on.
	Start func(m *Manager)
}

// Registry returns all controllers in the order in which they are started.
func Registry() []Info {
	return []Info{
		nodeLifecycleInfo,
		taintEvictionInfo,
		podGCInfo,
		disruptionInfo,
		statefulSetInfo,
		daemonSetInfo,
		jobInfo,
		ttlAfterFinishedInfo,
		cronJobInfo,
		endpointSliceInfo,
		horizontalPodAutoscalerInfo,
		volumeBinderInfo,
		volumeProvisionerInfo,
		deploymentInfo,
		replicaSetInfo,
		replicationControllerInfo,
		garbageCollectorInfo,
		namespaceInfo,
	}
}

// syncDelay is the time from a write to a controller's answer to it: a delivery, a decision and a
// request, 3 to 8 ms in a small cluster at rest. It also lies between two writes of one controller that
// follow each other.
const syncDelay = 5 * time.Millisecond
