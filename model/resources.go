package model

import "strings"

// What a container that does not say is taken to request when nodes are scored.
// Source: kubernetes v1.37.2 pkg/scheduler/util/pod_resources.go DefaultMilliCPURequest, DefaultMemoryRequest.
const (
	DefaultRequestMilliCPU = 100
	DefaultRequestMemory   = 200 * 1024 * 1024
)

// EffectiveRequests is what the pod's spec alone asks of a node: the larger of its running containers
// and the peak of its init containers, pod-level requests in their place, overhead added.
// Source: kubernetes v1.37.2 component-helpers resource/helpers.go PodRequests.
func (s *PodSpec) EffectiveRequests() ResourceList {
	return s.requests(nil, nil)
}

// NonZeroRequests is EffectiveRequests with CPU and memory filled in for containers that give none,
// as scoring counts them. An explicit zero stays zero.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go getNonMissingContainerRequests.
func (s *PodSpec) NonZeroRequests() ResourceList {
	return s.requests(nil, s.missing(s.EffectiveRequests()))
}

// EffectiveRequests is what the pod holds on its node: the spec's requests and, while the pod is
// resized in place, what its status says is allocated and actuated, whichever is more.
// Source: kubernetes v1.37.2 component-helpers resource/helpers.go PodRequests with UseStatusResources.
func (p *Pod) EffectiveRequests() ResourceList {
	return p.Spec.requests(p.Status.Resize, nil)
}

// NonZeroRequests is EffectiveRequests of the pod with the defaults of scoring filled in.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go PodInfo.CalculateResource.
func (p *Pod) NonZeroRequests() ResourceList {
	return p.Spec.requests(p.Status.Resize, p.Spec.missing(p.EffectiveRequests()))
}

// missing is what each container is given that leaves a resource out. With pod-level requests only
// resources that the whole pod leaves out are filled in.
func (s *PodSpec) missing(total ResourceList) ResourceList {
	podLevel := s.HasPodLevelRequests()
	var fill ResourceList
	if _, has := total.Get(ResourceCPU); !has || !podLevel {
		fill = fill.With(ResourceCPU, MilliQuantity(DefaultRequestMilliCPU))
	}
	if _, has := total.Get(ResourceMemory); !has || !podLevel {
		fill = fill.With(ResourceMemory, WholeQuantity(DefaultRequestMemory))
	}
	return fill
}

// HasPodLevelRequests says whether pod-level requests name a resource that may stand there.
// Source: kubernetes v1.37.2 component-helpers resource/helpers.go IsPodLevelRequestsSet.
func (s *PodSpec) HasPodLevelRequests() bool {
	for i := range s.PodRequests {
		if podLevelResource(s.PodRequests[i].Name) {
			return true
		}
	}
	return false
}

// podLevelResource says whether a resource may be requested for the pod as a whole.
func podLevelResource(name string) bool {
	return name == ResourceCPU || name == ResourceMemory || strings.HasPrefix(name, HugePagesPrefix)
}

// requests is the common computation; status nil means the spec alone, fill is what containers are
// given that leave a resource out.
func (s *PodSpec) requests(status *ResizeStatus, fill ResourceList) ResourceList {
	total := s.aggregate(fill, func(c *Container) ResourceList { return c.Requests })
	if status != nil {
		total = s.resized(status, total, fill)
	}
	if s.HasPodLevelRequests() {
		total = s.applyPodLevel(total, status)
	}
	return total.Plus(s.Overhead)
}

// resized combines what the spec asks with what the status allocates and actuates.
// Source: kubernetes v1.37.2 component-helpers resource/helpers.go AggregateContainerRequests.
func (s *PodSpec) resized(status *ResizeStatus, spec, fill ResourceList) ResourceList {
	allocated, actuated := status.PodAllocated, status.PodActuated
	if allocated == nil || actuated == nil {
		allocated = s.aggregate(fill, status.allocated)
		actuated = s.aggregate(fill, status.actuated)
	}
	if status.Infeasible {
		return actuated.Max(allocated)
	}
	return spec.Max(actuated).Max(allocated)
}

// allocated is what one container has been admitted with.
func (r *ResizeStatus) allocated(c *Container) ResourceList {
	if list, has := r.Allocated[c.Name]; has {
		return list
	}
	if r.Infeasible {
		return nil
	}
	return c.Requests
}

// actuated is what one container runs with.
func (r *ResizeStatus) actuated(c *Container) ResourceList {
	if list, has := r.Actuated[c.Name]; has {
		return list
	}
	return r.allocated(c)
}

// applyPodLevel puts pod-level requests in place of what the containers add up to.
func (s *PodSpec) applyPodLevel(total ResourceList, status *ResizeStatus) ResourceList {
	level := s.PodRequests
	if status != nil && status.PodActuated != nil {
		if status.Infeasible {
			level = nil
		}
		level = level.Max(status.PodActuated).Max(status.PodAllocated)
	}
	for i := range level {
		if podLevelResource(level[i].Name) {
			total = total.With(level[i].Name, level[i].Quantity)
		}
	}
	return total
}

// aggregate adds up regular containers and sidecars and takes the peak of initialisation: each init
// container runs beside the sidecars before it.
// Source: kubernetes v1.37.2 component-helpers resource/helpers.go aggregateContainerResourcesByFn.
func (s *PodSpec) aggregate(fill ResourceList, of func(*Container) ResourceList) ResourceList {
	var total, sidecars, peak ResourceList
	for i := range s.Containers {
		total = total.Plus(withMissing(of(&s.Containers[i]), fill))
	}
	for i := range s.InitContainers {
		c := &s.InitContainers[i]
		own := withMissing(of(c), fill)
		if c.Sidecar() {
			total, sidecars = total.Plus(own), sidecars.Plus(own)
			own = sidecars
		} else {
			own = own.Plus(sidecars)
		}
		peak = peak.Max(own)
	}
	return total.Max(peak)
}

// withMissing adds to a list what it does not name.
func withMissing(list, fill ResourceList) ResourceList {
	for i := range fill {
		if _, has := list.Get(fill[i].Name); !has {
			list = list.With(fill[i].Name, fill[i].Quantity)
		}
	}
	return list
}

// ScalarResource says whether the scheduler accounts for a resource beyond the built-in ones.
// Source: kubernetes v1.37.2 pkg/scheduler/util/utils.go IsScalarResourceName.
func ScalarResource(name string) bool {
	return ExtendedResource(name) || strings.HasPrefix(name, HugePagesPrefix) ||
		strings.Contains(name, nativePrefix) || strings.HasPrefix(name, "attachable-volumes-")
}

const nativePrefix = "kubernetes.io/"

// ExtendedResource says whether the name is that of a resource outside Kubernetes' own, such as
// nvidia.com/gpu.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/helper/helpers.go IsExtendedResourceName.
func ExtendedResource(name string) bool {
	if !strings.Contains(name, "/") || strings.Contains(name, nativePrefix) || strings.HasPrefix(name, "requests.") {
		return false
	}
	return qualifiedName("requests." + name)
}

// qualifiedName says whether s is an optional DNS subdomain, a slash and a name of at most 63
// characters. Source: kubernetes v1.37.2 apimachinery pkg/util/validation IsQualifiedName.
func qualifiedName(s string) bool {
	prefix, name, has := strings.Cut(s, "/")
	if !has {
		prefix, name = "", s
	}
	if has && (prefix == "" || len(prefix) > 253 || strings.Contains(name, "/")) {
		return false
	}
	if has {
		for label := range strings.SplitSeq(prefix, ".") {
			if !madeOf(label, "-", false) {
				return false
			}
		}
	}
	return len(name) <= 63 && madeOf(name, "-_.", true)
}

// madeOf says whether s begins and ends with a letter or digit and has nothing else but those and the
// characters between; capitals count only when allowed.
func madeOf(s, between string, capitals bool) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || capitals && c >= 'A' && c <= 'Z' {
			continue
		}
		if i == 0 || i == len(s)-1 || strings.IndexByte(between, c) < 0 {
			return false
		}
	}
	return s != ""
}

// ContainerRequests is what the spec's containers add up to, without pod-level requests, with CPU and
// memory filled in for containers that give none, overhead added. NodeResourcesFit scores with it: its
// scorer never learns of pod-level resources.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/fit.go getScorer.
func (s *PodSpec) ContainerRequests() ResourceList {
	fill := ResourceList{
		{ResourceCPU, MilliQuantity(DefaultRequestMilliCPU)},
		{ResourceMemory, WholeQuantity(DefaultRequestMemory)},
	}
	return s.aggregate(fill, func(c *Container) ResourceList { return c.Requests }).Plus(s.Overhead)
}
