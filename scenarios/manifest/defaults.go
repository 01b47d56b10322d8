package manifest

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"towtank.dev/towtank/model"
)

// complete fills in what the API server fills in when the object is created. Pods have their own file.
// Source: kubernetes v1.37.2 pkg/apis/{core,apps,batch,policy,scheduling,storage}/v1/defaults.go,
// pkg/apis/autoscaling/v2/defaults.go.
func complete(o any) {
	switch o := o.(type) {
	case *v1.Node:
		completeNode(o)
	case *v1.Namespace:
		completeNamespace(o)
	case *v1.Service:
		completeService(o)
	case *v1.PersistentVolume:
		fill(&o.Status.Phase, v1.VolumePending)
		fill(&o.Spec.PersistentVolumeReclaimPolicy, v1.PersistentVolumeReclaimRetain)
		fillPointer(&o.Spec.VolumeMode, v1.PersistentVolumeFilesystem)
	case *v1.PersistentVolumeClaim:
		fill(&o.Status.Phase, v1.ClaimPending)
		fillPointer(&o.Spec.VolumeMode, v1.PersistentVolumeFilesystem)
	case *v1.ReplicationController:
		completeReplicationController(o)
	case *appsv1.ReplicaSet:
		completeTemplate(&o.Spec.Template)
		fillPointer(&o.Spec.Replicas, 1)
	case *appsv1.Deployment:
		completeDeployment(o)
	case *appsv1.StatefulSet:
		completeStatefulSet(o)
	case *appsv1.DaemonSet:
		completeDaemonSet(o)
	case *batchv1.Job:
		completeJob(o)
	case *batchv1.CronJob:
		completeCronJob(o)
	case *autoscalingv2.HorizontalPodAutoscaler:
		completeAutoscaler(o)
	case *v1.LimitRange:
		completeLimits(o)
	case *v1.Secret:
		fill(&o.Type, v1.SecretTypeOpaque)
	case *schedulingv1.PriorityClass:
		fillPointer(&o.PreemptionPolicy, v1.PreemptLowerPriority)
	case *storagev1.StorageClass:
		fillPointer(&o.ReclaimPolicy, v1.PersistentVolumeReclaimDelete)
		fillPointer(&o.VolumeBindingMode, storagev1.VolumeBindingImmediate)
	case *storagev1.CSIDriver:
		fillPointer(&o.Spec.AttachRequired, true)
		fillPointer(&o.Spec.PodInfoOnMount, false)
		fillPointer(&o.Spec.StorageCapacity, false)
		fillPointer(&o.Spec.FSGroupPolicy, storagev1.ReadWriteOnceWithFSTypeFSGroupPolicy)
		fillPointer(&o.Spec.RequiresRepublish, false)
		fillPointer(&o.Spec.SELinuxMount, false)
		fillPointer(&o.Spec.PreventPodSchedulingIfMissing, false)
		if len(o.Spec.VolumeLifecycleModes) == 0 {
			o.Spec.VolumeLifecycleModes = []storagev1.VolumeLifecycleMode{storagev1.VolumeLifecyclePersistent}
		}
	}
}

// completeAny completes pods too.
func completeAny(o any) {
	if p, ok := o.(*v1.Pod); ok {
		completePodSpec(&p.Spec)
		mergeLabelKeys(&p.Spec, p.Labels)
		return
	}
	complete(o)
}

// fill sets a value that is not given.
func fill[T ~string | ~int32](value *T, otherwise T) {
	var none T
	if *value == none {
		*value = otherwise
	}
}

func fillPointer[T any](p **T, otherwise T) {
	if *p == nil {
		*p = &otherwise
	}
}

// completeNode gives a node that says nothing of allocatable all of its capacity.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_NodeStatus.
func completeNode(n *v1.Node) {
	if n.Status.Allocatable == nil && n.Status.Capacity != nil {
		n.Status.Allocatable = n.Status.Capacity
	}
}

// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Namespace.
func completeNamespace(n *v1.Namespace) {
	if n.Name != "" {
		if n.Labels == nil {
			n.Labels = map[string]string{}
		}
		n.Labels[v1.LabelMetadataName] = n.Name
	}
	fill(&n.Status.Phase, v1.NamespaceActive)
}

// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Service.
func completeService(s *v1.Service) {
	fill(&s.Spec.Type, v1.ServiceTypeClusterIP)
	fill(&s.Spec.SessionAffinity, v1.ServiceAffinityNone)
	completeAffinity(&s.Spec)
	external := s.Spec.Type == v1.ServiceTypeNodePort || s.Spec.Type == v1.ServiceTypeLoadBalancer ||
		s.Spec.Type == v1.ServiceTypeClusterIP && len(s.Spec.ExternalIPs) > 0
	if external {
		fill(&s.Spec.ExternalTrafficPolicy, v1.ServiceExternalTrafficPolicyCluster)
	}
	if s.Spec.Type != v1.ServiceTypeExternalName {
		fillPointer(&s.Spec.InternalTrafficPolicy, v1.ServiceInternalTrafficPolicyCluster)
	}
	if s.Spec.Type == v1.ServiceTypeLoadBalancer {
		fillPointer(&s.Spec.AllocateLoadBalancerNodePorts, true)
	}
	for i := range s.Spec.Ports {
		p := &s.Spec.Ports[i]
		fill(&p.Protocol, v1.ProtocolTCP)
		if p.TargetPort == intstr.FromInt32(0) || p.TargetPort == intstr.FromString("") {
			p.TargetPort = intstr.FromInt32(p.Port)
		}
	}
}

// completeAffinity keeps clients with their endpoint for three hours when they are kept at all.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Service.
func completeAffinity(s *v1.ServiceSpec) {
	switch s.SessionAffinity {
	case v1.ServiceAffinityNone:
		s.SessionAffinityConfig = nil
	case v1.ServiceAffinityClientIP:
		c := s.SessionAffinityConfig
		if c == nil || c.ClientIP == nil || c.ClientIP.TimeoutSeconds == nil {
			seconds := v1.DefaultClientIPServiceAffinitySeconds
			s.SessionAffinityConfig = &v1.SessionAffinityConfig{ClientIP: &v1.ClientIPConfig{TimeoutSeconds: &seconds}}
		}
	}
}

// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_ReplicationController.
func completeReplicationController(r *v1.ReplicationController) {
	fillPointer(&r.Spec.Replicas, 1)
	if r.Spec.Template != nil {
		completeTemplate(r.Spec.Template)
	}
	if r.Spec.Template == nil || r.Spec.Template.Labels == nil {
		return
	}
	if len(r.Spec.Selector) == 0 {
		r.Spec.Selector = r.Spec.Template.Labels
	}
	if len(r.Labels) == 0 {
		r.Labels = r.Spec.Template.Labels
	}
}

// pullPolicy is Always for images tagged latest, by name or by default; IfNotPresent for others.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Container, pkg/util/parsers/parsers.go ParseImageName.
func pullPolicy(image string) v1.PullPolicy {
	name, _, digested := strings.Cut(image, "@")
	slash := strings.LastIndexByte(name, '/')
	_, tag, tagged := strings.Cut(name[slash+1:], ":")
	if tagged && tag == "latest" || !tagged && !digested {
		return v1.PullAlways
	}
	return v1.PullIfNotPresent
}

// overcommitAllowed says whether more of a resource may be limited than requested.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/helper/helpers.go IsOvercommitAllowed.
func overcommitAllowed(name v1.ResourceName) bool {
	native := !strings.Contains(string(name), "/") || strings.Contains(string(name), "kubernetes.io/")
	return native && !strings.HasPrefix(string(name), model.HugePagesPrefix)
}
