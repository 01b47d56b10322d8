package apiserver

import "towtank.dev/towtank/model"

// Resource says how the API calls a kind.
type Resource struct {
	Kind       model.Kind
	Plural     string // "pods"; also the name of its watch stream
	Singular   string // "pod": the key of a target in a scenario
	Group      string // "" for the core group
	Namespaced bool
}

// Resources returns what the server stores, in a fixed order; it is not to be changed.
func Resources() []Resource { return resources }

var resources = []Resource{
	{model.KindNamespace, "namespaces", "namespace", "", false},
	{model.KindPriorityClass, "priorityclasses", "priorityclass", "scheduling.k8s.io", false},
	{model.KindNode, "nodes", "node", "", false},
	{model.KindPod, "pods", "pod", "", true},
	{model.KindService, "services", "service", "", true},
	{model.KindReplicationController, "replicationcontrollers", "replicationcontroller", "", true},
	{model.KindReplicaSet, "replicasets", "replicaset", "apps", true},
	{model.KindStatefulSet, "statefulsets", "statefulset", "apps", true},
	{model.KindPodDisruptionBudget, "poddisruptionbudgets", "poddisruptionbudget", "policy", true},
	{model.KindStorageClass, "storageclasses", "storageclass", "storage.k8s.io", false},
	{model.KindPersistentVolume, "persistentvolumes", "persistentvolume", "", false},
	{model.KindPersistentVolumeClaim, "persistentvolumeclaims", "persistentvolumeclaim", "", true},
	{model.KindCSINode, "csinodes", "csinode", "storage.k8s.io", false},
	{model.KindCSIDriver, "csidrivers", "csidriver", "storage.k8s.io", false},
	{model.KindCSIStorageCapacity, "csistoragecapacities", "csistoragecapacity", "storage.k8s.io", true},
	{model.KindVolumeAttachment, "volumeattachments", "volumeattachment", "storage.k8s.io", false},
	{model.KindDeployment, "deployments", "deployment", "apps", true},
	{model.KindDaemonSet, "daemonsets", "daemonset", "apps", true},
	{model.KindControllerRevision, "controllerrevisions", "controllerrevision", "apps", true},
	{model.KindJob, "jobs", "job", "batch", true},
	{model.KindCronJob, "cronjobs", "cronjob", "batch", true},
	{model.KindHorizontalPodAutoscaler, "horizontalpodautoscalers", "horizontalpodautoscaler", "autoscaling", true},
	{model.KindEndpointSlice, "endpointslices", "endpointslice", "discovery.k8s.io", true},
	{model.KindLease, "leases", "lease", "coordination.k8s.io", true},
	{model.KindResourceQuota, "resourcequotas", "resourcequota", "", true},
	{model.KindLimitRange, "limitranges", "limitrange", "", true},
	{model.KindConfigMap, "configmaps", "configmap", "", true},
	{model.KindSecret, "secrets", "secret", "", true},
	{model.KindServiceAccount, "serviceaccounts", "serviceaccount", "", true},
}

// ResourceOf returns how the API calls a kind; false for a kind that is not stored.
func ResourceOf(kind model.Kind) (Resource, bool) {
	for _, r := range Resources() {
		if r.Kind == kind {
			return r, true
		}
	}
	return Resource{}, false
}

// String is the resource with its group, as in error messages: "pods", "replicasets.apps".
func (r Resource) String() string {
	if r.Group == "" {
		return r.Plural
	}
	return r.Plural + "." + r.Group
}
