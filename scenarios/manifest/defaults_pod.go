package manifest

import (
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/resource"

	"towtank.dev/towtank/model"
)

// completePodSpec fills in what creation gives a pod's spec, but for what depends on its labels.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_Pod, SetDefaults_PodSpec and
// zz_generated.defaults.go SetObjectDefaults_Pod.
func completePodSpec(s *v1.PodSpec) {
	if s.TerminationGracePeriodSeconds != nil && *s.TerminationGracePeriodSeconds < 0 {
		one := int64(1)
		s.TerminationGracePeriodSeconds = &one
	}
	fillPointer(&s.TerminationGracePeriodSeconds, v1.DefaultTerminationGracePeriodSeconds)
	fillPointer(&s.EnableServiceLinks, v1.DefaultEnableServiceLinks)
	fillPointer(&s.SecurityContext, v1.PodSecurityContext{})
	fill(&s.DNSPolicy, v1.DNSClusterFirst)
	fill(&s.RestartPolicy, v1.RestartPolicyAlways)
	fill(&s.SchedulerName, v1.DefaultSchedulerName)
	fill(&s.ServiceAccountName, s.DeprecatedServiceAccount)
	s.DeprecatedServiceAccount = s.ServiceAccountName
	for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			completeContainer(&list[i], s.HostNetwork)
		}
	}
	for i := range s.Volumes {
		completeVolume(&s.Volumes[i])
	}
	completePodResources(s)
}

func completeContainer(c *v1.Container, hostNetwork bool) {
	if c.ImagePullPolicy == "" {
		c.ImagePullPolicy = pullPolicy(c.Image)
	}
	fill(&c.TerminationMessagePath, v1.TerminationMessagePathDefault)
	fill(&c.TerminationMessagePolicy, v1.TerminationMessageReadFile)
	requestLimits(&c.Resources)
	for i := range c.Ports {
		p := &c.Ports[i]
		fill(&p.Protocol, v1.ProtocolTCP)
		if hostNetwork && p.HostPort == 0 {
			p.HostPort = p.ContainerPort
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
	if v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil {
		fillPointer(&v.Ephemeral.VolumeClaimTemplate.Spec.VolumeMode, v1.PersistentVolumeFilesystem)
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
