package framework

import (
	"strings"

	"towtank.dev/towtank/model"
)

// SpecInfo is what the scheduler derives from a pod's spec, once for all pods that share it.
type SpecInfo struct {
	*model.PodSpec
	// Requests is what the spec alone asks for: filters go by it.
	Requests Requests
	// ScoredRequests is what the containers add up to without pod-level requests, with upstream's defaults
	// for CPU and memory: NodeResourcesFit scores by it.
	ScoredRequests Requests
	// Ports are the host ports of regular containers and sidecars.
	Ports []HostPort
	// Terms are the terms of pod affinity and anti-affinity.
	Terms AffinityTerms
	// HasPodAffinity: any pod affinity or anti-affinity, required or preferred.
	HasPodAffinity     bool
	HasRequiredPodAnti bool
	// Images numbers the images of init containers, containers and image volumes, in this order.
	Images []int
	// Claims are the names of the persistent volume claims that volumes mention by name.
	Claims []string

	// Memo is the runtime's, for what it finds out about the spec; nobody else touches it.
	Memo any

	users int
}

// PodInfo is a pod as plugins see it: the object, what its spec means, and what it holds.
type PodInfo struct {
	Pod *model.Pod
	*SpecInfo
	// Holding is what the pod takes on its node: Requests, unless its status says that a resize in
	// place holds more.
	Holding *Requests
	// Node is where the pod runs or is assumed to; "" while it is pending.
	Node string
	// ClaimKeys are the Claims with the namespace: namespace/name.
	ClaimKeys []string

	// Memo is the runtime's, for what it finds out about the pod; nobody else touches it.
	Memo any
}

// Pod derives what plugins need to know of a pod. Give it back with Release.
func (v *Vocabulary) Pod(pod *model.Pod) *PodInfo {
	info := &PodInfo{Pod: pod, SpecInfo: v.acquire(pod.Spec), Node: pod.NodeName}
	info.Holding = &info.SpecInfo.Requests
	if pod.Status.Resize != nil {
		held := v.requests(pod.EffectiveRequests(), pod.NonZeroRequests())
		info.Holding = &held
	}
	if len(info.Claims) > 0 {
		info.ClaimKeys = make([]string, len(info.Claims))
		for i, claim := range info.Claims {
			info.ClaimKeys[i] = pod.Namespace + "/" + claim
		}
	}
	return info
}

// Spec is what a spec means, without holding on to it.
func (v *Vocabulary) Spec(spec *model.PodSpec) *SpecInfo {
	if info := v.specs[spec]; info != nil {
		return info
	}
	return v.derive(spec)
}

// Release tells that a pod is gone; what was derived from its spec goes with its last pod.
func (v *Vocabulary) Release(info *PodInfo) {
	s := info.SpecInfo
	if s.users--; s.users == 0 {
		delete(v.specs, s.PodSpec)
	}
}

func (v *Vocabulary) acquire(spec *model.PodSpec) *SpecInfo {
	info := v.specs[spec]
	if info == nil {
		info = v.derive(spec)
		v.specs[spec] = info
	}
	info.users++
	return info
}

func (v *Vocabulary) derive(spec *model.PodSpec) *SpecInfo {
	info := &SpecInfo{
		PodSpec:        spec,
		Requests:       v.requests(spec.EffectiveRequests(), spec.NonZeroRequests()),
		ScoredRequests: v.requests(spec.ContainerRequests(), nil),
		Ports:          hostPorts(spec),
		Images:         v.images(spec),
	}
	t := AffinityTermsOf(spec)
	info.Terms = t
	info.HasRequiredPodAnti = len(t.AntiRequired) > 0
	info.HasPodAffinity = info.HasRequiredPodAnti || len(t.Required)+len(t.Preferred)+len(t.AntiPreferred) > 0
	for i := range spec.Volumes {
		if claim := spec.Volumes[i].Claim; claim != "" {
			info.Claims = append(info.Claims, claim)
		}
	}
	return info
}

// images numbers the images a pod needs.
func (v *Vocabulary) images(spec *model.PodSpec) []int {
	var images []int
	for i := range spec.InitContainers {
		images = append(images, v.Image(normalizedImageName(spec.InitContainers[i].Image)))
	}
	for i := range spec.Containers {
		images = append(images, v.Image(normalizedImageName(spec.Containers[i].Image)))
	}
	for i := range spec.Volumes {
		if volume := &spec.Volumes[i]; volume.Kind == "image" {
			images = append(images, v.Image(normalizedImageName(volume.Image)))
		}
	}
	return images
}

// normalizedImageName gives an image without a tag the tag latest.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/imagelocality/image_locality.go normalizedImageName.
func normalizedImageName(name string) string {
	if strings.LastIndex(name, ":") <= strings.LastIndex(name, "/") {
		return name + ":latest"
	}
	return name
}
