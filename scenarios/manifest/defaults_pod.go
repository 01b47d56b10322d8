package manifest

import (
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/resource"

	"towtank.dev/towtank/model"
)

// completePodSpec fills in what creation gives a pod's spec, but for what depends on its labels.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Pod.
func completePodSpec(s *v1.PodSpec) {
	if s.TerminationGracePeriodSeconds != nil && *s.TerminationGracePeriodSeconds < 0 {
		one := int64(1)
		s.TerminationGracePeriodSeconds = &one
	}
	completeTemplateSpec(s)
	fillPointer(&s.EnableServiceLinks, v1.DefaultEnableServiceLinks)
	for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			requestLimits(&list[i].Resources)
			if s.HostNetwork {
				takeHostPorts(list[i].Ports)
			}
		}
	}
	completePodResources(s)
}

// takeHostPorts gives containers on the network of their node the ports they listen on.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go defaultHostNetworkPorts.
func takeHostPorts(ports []v1.ContainerPort) {
	for i := range ports {
		fill(&ports[i].HostPort, ports[i].ContainerPort)
	}
}

// completeTemplateSpec fills in what a spec has in pods and in templates alike.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_PodSpec and
// zz_generated.defaults.go SetObjectDefaults_PodTemplate.
func completeTemplateSpec(s *v1.PodSpec) {
	fillPointer(&s.TerminationGracePeriodSeconds, v1.DefaultTerminationGracePeriodSeconds)
	fillPointer(&s.SecurityContext, v1.PodSecurityContext{})
	fill(&s.DNSPolicy, v1.DNSClusterFirst)
	fill(&s.RestartPolicy, v1.RestartPolicyAlways)
	fill(&s.SchedulerName, v1.DefaultSchedulerName)
	fill(&s.ServiceAccountName, s.DeprecatedServiceAccount)
	s.DeprecatedServiceAccount = s.ServiceAccountName
	for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			completeContainer(&list[i])
		}
	}
	for i := range s.Volumes {
		completeVolume(&s.Volumes[i])
	}
}

func completeContainer(c *v1.Container) {
	if c.ImagePullPolicy == "" {
		c.ImagePullPolicy = pullPolicy(c.Image)
	}
	fill(&c.TerminationMessagePath, v1.TerminationMessagePathDefault)
	fill(&c.TerminationMessagePolicy, v1.TerminationMessageReadFile)
	for i := range c.Ports {
		fill(&c.Ports[i].Protocol, v1.ProtocolTCP)
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil && from.FieldRef != nil {
			fill(&from.FieldRef.APIVersion, coreVersion)
		}
	}
	for _, p := range []*v1.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		if p != nil {
			completeProbe(p)
		}
	}
	if l := c.Lifecycle; l != nil {
		for _, h := range []*v1.LifecycleHandler{l.PostStart, l.PreStop} {
			if h != nil && h.HTTPGet != nil {
				completeGet(h.HTTPGet)
			}
		}
	}
}

// requestLimits makes a request of each limit that has none.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Pod.
func requestLimits(r *v1.ResourceRequirements) {
	if r.Limits == nil {
		return
	}
	if r.Requests == nil {
		r.Requests = v1.ResourceList{}
	}
	addMissing(r.Requests, r.Limits)
}

func addMissing(to, from v1.ResourceList) {
	for name, q := range from {
		if _, has := to[name]; !has {
			to[name] = q.DeepCopy()
		}
	}
}

// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Probe.
func completeProbe(p *v1.Probe) {
	fill(&p.TimeoutSeconds, 1)
	fill(&p.PeriodSeconds, 10)
	fill(&p.SuccessThreshold, 1)
	fill(&p.FailureThreshold, 3)
	if p.HTTPGet != nil {
		completeGet(p.HTTPGet)
	}
	if p.GRPC != nil {
		fillPointer(&p.GRPC.Service, "")
	}
}

// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_HTTPGetAction.
func completeGet(g *v1.HTTPGetAction) {
	fill(&g.Path, "/")
	fill(&g.Scheme, v1.URISchemeHTTP)
}

// completeVolume makes a volume without a source an emptyDir, and fills in what identifies disks.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Volume, zz_generated.defaults.go.
func completeVolume(v *v1.Volume) {
	if sourceKind(&v.VolumeSource) == "" {
		v.EmptyDir = &v1.EmptyDirVolumeSource{}
	}
	if v.RBD != nil {
		fill(&v.RBD.RBDPool, "rbd")
	}
	if v.HostPath != nil {
		fillPointer(&v.HostPath.Type, v1.HostPathUnset)
	}
	if v.ConfigMap != nil {
		fillPointer(&v.ConfigMap.DefaultMode, v1.ConfigMapVolumeSourceDefaultMode)
	}
	if v.Secret != nil {
		fillPointer(&v.Secret.DefaultMode, v1.SecretVolumeSourceDefaultMode)
	}
	if v.DownwardAPI != nil {
		fillPointer(&v.DownwardAPI.DefaultMode, v1.DownwardAPIVolumeSourceDefaultMode)
		completeFields(v.DownwardAPI.Items)
	}
	if v.Projected != nil {
		completeProjected(v.Projected)
	}
	if v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil {
		fillPointer(&v.Ephemeral.VolumeClaimTemplate.Spec.VolumeMode, v1.PersistentVolumeFilesystem)
	}
}

// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_ProjectedVolumeSource,
// SetDefaults_ServiceAccountTokenProjection.
func completeProjected(p *v1.ProjectedVolumeSource) {
	fillPointer(&p.DefaultMode, v1.ProjectedVolumeSourceDefaultMode)
	for i := range p.Sources {
		if t := p.Sources[i].ServiceAccountToken; t != nil {
			fillPointer(&t.ExpirationSeconds, 60*60)
		}
		if d := p.Sources[i].DownwardAPI; d != nil {
			completeFields(d.Items)
		}
	}
}

func completeFields(items []v1.DownwardAPIVolumeFile) {
	for i := range items {
		if items[i].FieldRef != nil {
			fill(&items[i].FieldRef.APIVersion, coreVersion)
		}
	}
}

// completePodResources fills in pod-level resources that are partly given.
// Source: kubernetes v1.37.2 pkg/api/pod/util.go DefaultPodLevelResources.
func completePodResources(s *v1.PodSpec) {
	r := s.Resources
	if r == nil || len(r.Requests) == 0 && len(r.Limits) == 0 {
		return
	}
	all := &v1.Pod{Spec: v1.PodSpec{Containers: s.Containers, InitContainers: s.InitContainers}}
	limits := resource.AggregateContainerLimits(all, resource.PodResourcesOptions{})
	for name, limit := range limits {
		if _, requested := r.Requests[name]; !requested && strings.HasPrefix(string(name), model.HugePagesPrefix) {
			addMissing(made(&r.Limits), v1.ResourceList{name: limit})
		}
	}
	for name, request := range resource.AggregateContainerRequests(all, resource.PodResourcesOptions{}) {
		if resource.IsSupportedPodLevelResource(name) && overcommitAllowed(name) {
			addMissing(made(&r.Requests), v1.ResourceList{name: request})
		}
	}
	for name, limit := range r.Limits {
		if resource.IsSupportedPodLevelResource(name) {
			addMissing(made(&r.Requests), v1.ResourceList{name: limit})
		}
	}
	completePodLimits(s, limits)
}

func made(list *v1.ResourceList) v1.ResourceList {
	if *list == nil {
		*list = v1.ResourceList{}
	}
	return *list
}

// completePodLimits gives a pod-level limit to each resource that is requested for the pod and limited in
// every container: what the containers add up to, at least the request.
// Source: kubernetes v1.37.2 pkg/api/pod/util.go defaultPodLevelLimits, aggregateContainerLimits.
func completePodLimits(s *v1.PodSpec, aggregate v1.ResourceList) {
	for name, request := range s.Resources.Requests {
		_, limited := s.Resources.Limits[name]
		if limited || !resource.IsSupportedPodLevelResource(name) || !everywhereLimited(s, name) {
			continue
		}
		limit, ok := aggregate[name]
		if !ok {
			continue
		}
		if request.Cmp(limit) > 0 {
			limit = request
		}
		made(&s.Resources.Limits)[name] = limit
	}
}

func everywhereLimited(s *v1.PodSpec, name v1.ResourceName) bool {
	for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			if _, limited := list[i].Resources.Limits[name]; !limited {
				return false
			}
		}
	}
	return true
}
