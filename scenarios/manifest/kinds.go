package manifest

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	v1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/model"
)

// kind is one kind of object that is read and written.
type kind struct {
	kind       model.Kind
	namespaced bool
	// empty is a new v1 object.
	empty func() metav1.Object
	// from turns a completed v1 object into the model's; pods have their own way (podOf).
	from func(c clock, o metav1.Object) model.Object
	// to turns an object back.
	to func(c clock, o model.Object) metav1.Object
}

// define makes a kind of its typed functions.
func define[V any, M model.Object, P interface {
	*V
	metav1.Object
}](name model.Kind, namespaced bool, from func(clock, P) M, to func(clock, M) P) kind {
	return kind{
		kind: name, namespaced: namespaced,
		empty: func() metav1.Object { return P(new(V)) },
		from:  func(c clock, o metav1.Object) model.Object { return from(c, o.(P)) },
		to:    func(c clock, o model.Object) metav1.Object { return to(c, o.(M)) },
	}
}

// apiVersions is the group and version of each kind that is written.
var apiVersions = map[model.Kind]string{
	model.KindCSIDriver:               storageVersion,
	model.KindCSINode:                 storageVersion,
	model.KindCSIStorageCapacity:      storageVersion,
	model.KindConfigMap:               coreVersion,
	model.KindControllerRevision:      appsVersion,
	model.KindCronJob:                 batchVersion,
	model.KindDaemonSet:               appsVersion,
	model.KindDeployment:              appsVersion,
	model.KindEndpointSlice:           discoveryVersion,
	model.KindEvent:                   coreVersion,
	model.KindHorizontalPodAutoscaler: autoscalingVersion,
	model.KindJob:                     batchVersion,
	model.KindLease:                   coordinationVersion,
	model.KindLimitRange:              coreVersion,
	model.KindNamespace:               coreVersion,
	model.KindNode:                    coreVersion,
	model.KindPersistentVolume:        coreVersion,
	model.KindPersistentVolumeClaim:   coreVersion,
	model.KindPod:                     coreVersion,
	model.KindPodDisruptionBudget:     policyVersion,
	model.KindPriorityClass:           schedulingVersion,
	model.KindReplicaSet:              appsVersion,
	model.KindReplicationController:   coreVersion,
	model.KindResourceQuota:           coreVersion,
	model.KindSecret:                  coreVersion,
	model.KindService:                 coreVersion,
	model.KindServiceAccount:          coreVersion,
	model.KindStatefulSet:             appsVersion,
	model.KindStorageClass:            storageVersion,
	model.KindVolumeAttachment:        storageVersion,
}

const (
	coreVersion         = "v1"
	appsVersion         = "apps/v1"
	autoscalingVersion  = "autoscaling/v2"
	batchVersion        = "batch/v1"
	coordinationVersion = "coordination.k8s.io/v1"
	discoveryVersion    = "discovery.k8s.io/v1"
	policyVersion       = "policy/v1"
	schedulingVersion   = "scheduling.k8s.io/v1"
	storageVersion      = "storage.k8s.io/v1"
)

// kinds is what is modelled, sorted by name.
var kinds = []kind{
	define[storagev1.CSIDriver](model.KindCSIDriver, false, clock.csiDriver, clock.toCSIDriver),
	define[storagev1.CSINode](model.KindCSINode, false, clock.csiNode, clock.toCSINode),
	define[storagev1.CSIStorageCapacity](model.KindCSIStorageCapacity, true, clock.csiStorageCapacity, clock.toCSIStorageCapacity),
	define[v1.ConfigMap](model.KindConfigMap, true, clock.configMap, clock.toConfigMap),
	define[appsv1.ControllerRevision](model.KindControllerRevision, true, clock.controllerRevision, clock.toControllerRevision),
	define[batchv1.CronJob](model.KindCronJob, true, clock.cronJob, clock.toCronJob),
	define[appsv1.DaemonSet](model.KindDaemonSet, true, clock.daemonSet, clock.toDaemonSet),
	define[appsv1.Deployment](model.KindDeployment, true, clock.deployment, clock.toDeployment),
	define[discoveryv1.EndpointSlice](model.KindEndpointSlice, true, clock.endpointSlice, clock.toEndpointSlice),
	define[autoscalingv2.HorizontalPodAutoscaler](model.KindHorizontalPodAutoscaler, true, clock.autoscaler, clock.toAutoscaler),
	define[batchv1.Job](model.KindJob, true, clock.job, clock.toJob),
	define[coordinationv1.Lease](model.KindLease, true, clock.lease, clock.toLease),
	define[v1.LimitRange](model.KindLimitRange, true, clock.limitRange, clock.toLimitRange),
	define[v1.Namespace](model.KindNamespace, false, clock.namespace, clock.toNamespace),
	define[v1.Node](model.KindNode, false, clock.node, clock.toNode),
	define[v1.PersistentVolume](model.KindPersistentVolume, false, clock.volume, clock.toPersistentVolume),
	define[v1.PersistentVolumeClaim](model.KindPersistentVolumeClaim, true, clock.claim, clock.toClaim),
	define[v1.Pod](model.KindPod, true, clock.podAlone, clock.toPod),
	define[policyv1.PodDisruptionBudget](model.KindPodDisruptionBudget, true, clock.budget, clock.toBudget),
	define[schedulingv1.PriorityClass](model.KindPriorityClass, false, clock.priorityClass, clock.toPriorityClass),
	define[appsv1.ReplicaSet](model.KindReplicaSet, true, clock.replicaSet, clock.toReplicaSet),
	define[v1.ReplicationController](model.KindReplicationController, true, clock.replicationController, clock.toReplicationController),
	define[v1.ResourceQuota](model.KindResourceQuota, true, clock.quota, clock.toQuota),
	define[v1.Secret](model.KindSecret, true, clock.secret, clock.toSecret),
	define[v1.Service](model.KindService, true, clock.service, clock.toService),
	define[v1.ServiceAccount](model.KindServiceAccount, true, clock.serviceAccount, clock.toServiceAccount),
	define[appsv1.StatefulSet](model.KindStatefulSet, true, clock.statefulSet, clock.toStatefulSet),
	define[storagev1.StorageClass](model.KindStorageClass, false, clock.storageClass, clock.toStorageClass),
	define[storagev1.VolumeAttachment](model.KindVolumeAttachment, false, clock.attachment, clock.toAttachment),
}

func kindNamed(name model.Kind) *kind {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.kind == name })
	if i < 0 {
		return nil
	}
	return &kinds[i]
}

// Kinds names the kinds that are modelled, sorted.
func Kinds() []model.Kind {
	var names []model.Kind
	for i := range kinds {
		names = append(names, kinds[i].kind)
	}
	return names
}

// typeMeta is the kind and version of an object.
func typeMeta(name model.Kind) metav1.TypeMeta {
	return metav1.TypeMeta{Kind: string(name), APIVersion: apiVersions[name]}
}
