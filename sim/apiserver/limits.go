package apiserver

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// annotationLimited tells what LimitRanges have filled in.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go limitRangerAnnotation.
const annotationLimited = "kubernetes.io/limit-ranger"

// limitRangesOf are the LimitRanges of a namespace, by name as informers list them.
func (s *Server) limitRangesOf(namespace string) []*model.LimitRange {
	var out []*model.LimitRange
	for l := range s.LimitRanges.All() {
		if l.Namespace == namespace {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *model.LimitRange) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// defaultLimits gives containers the requests and limits that they do not name, and returns the annotation
// that tells of it, "" for nothing.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go MutateLimit, mergePodResourceRequirements.
func (s *Server) defaultLimits(namespace string, spec *model.PodSpec) string {
	if s.LimitRanges.Len() == 0 {
		return ""
	}
	var told []string
	for _, l := range s.limitRangesOf(namespace) {
		var requests, limits model.ResourceList
		for i := range l.Limits {
			if item := &l.Limits[i]; item.Type == "Container" {
				requests, limits = filled(item.DefaultRequest, requests), filled(item.Default, limits)
			}
		}
		if len(requests)+len(limits) == 0 {
			continue
		}
		told = nil // the last LimitRange that fills anything in is the one that is told of
		spec.Containers = withLimits(spec.Containers, requests, limits, "container", &told)
		spec.InitContainers = withLimits(spec.InitContainers, requests, limits, "init container", &told)
	}
	if len(told) == 0 {
		return ""
	}
	return "LimitRanger plugin set: " + strings.Join(told, "; ")
}

// withLimits is a list of containers with defaults filled in; the old one is not written to.
func withLimits(list []model.Container, requests, limits model.ResourceList, what string, told *[]string) []model.Container {
	out := slices.Clone(list)
	for i := range out {
		c := &out[i]
		newRequests, newLimits := missing(c.Requests, requests), missing(c.Limits, limits)
		c.Requests, c.Limits = filled(c.Requests, requests), filled(c.Limits, limits)
		if len(newRequests) > 0 {
			*told = append(*told, fmt.Sprintf("%s request for %s %s", strings.Join(newRequests, ", "), what, c.Name))
		}
		if len(newLimits) > 0 {
			*told = append(*told, fmt.Sprintf("%s limit for %s %s", strings.Join(newLimits, ", "), what, c.Name))
		}
	}
	return out
}

// filled is a list with the amounts of another that it does not name.
func filled(list, from model.ResourceList) model.ResourceList {
	for i := range from {
		if _, has := list.Get(from[i].Name); !has {
			list = list.With(from[i].Name, from[i].Quantity)
		}
	}
	return list
}

// missing names what a list does not name of another.
func missing(list, from model.ResourceList) []string {
	var out []string
	for i := range from {
		if _, has := list.Get(from[i].Name); !has {
			out = append(out, from[i].Name)
		}
	}
	return out
}

// judgeLimits refuses pods and claims that ask for less or more than the LimitRanges of their namespace let
// them. Faults are told in the order of the limits and of the resources' names; the real server's order is
// by chance.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go ValidateLimit.
func (s *Server) judgeLimits(o model.Object) error {
	store := s.Collection(o.Kind())
	for _, l := range s.limitRangesOf(o.Meta().Namespace) {
		var faults []string
		for i := range l.Limits {
			item := &l.Limits[i]
			switch o := o.(type) {
			case *model.Pod:
				faults = append(faults, podFaults(item, o.Spec)...)
			case *model.PersistentVolumeClaim:
				faults = append(faults, claimFaults(item, &o.Spec)...)
			}
		}
		if len(faults) > 0 {
			return forbidden(store.Resource(), o.Meta().Name, aggregate(faults))
		}
	}
	return nil
}

// aggregate words several faults as one.
// Source: kubernetes v1.37.2 apimachinery pkg/util/errors/errors.go aggregate.Error.
func aggregate(faults []string) string {
	var once []string
	for _, f := range faults {
		if !slices.Contains(once, f) {
			once = append(once, f)
		}
	}
	if len(once) == 1 {
		return once[0]
	}
	return "[" + strings.Join(once, ", ") + "]"
}

// podFaults is what an item has against a pod.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go PodValidateLimitFunc.
func podFaults(item *model.LimitRangeItem, spec *model.PodSpec) []string {
	var faults []string
	switch item.Type {
	case "Container":
		for _, list := range [2][]model.Container{spec.Containers, spec.InitContainers} {
			for i := range list {
				faults = append(faults, against(item, list[i].Requests, list[i].Limits)...)
			}
		}
	case "Pod":
		plain := *spec
		plain.Overhead = nil
		faults = against(item, plain.EffectiveRequests(), plain.EffectiveLimits())
	}
	return faults
}

// claimFaults is what an item has against a claim.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go PersistentVolumeClaimValidateLimitFunc.
func claimFaults(item *model.LimitRangeItem, claim *model.ClaimSpec) []string {
	if item.Type != "PersistentVolumeClaim" {
		return nil
	}
	faults := bounds{item.Type, claim.Requests, nil}.atLeast(item.Min)
	for i := range item.Max {
		name, most := item.Max[i].Name, item.Max[i].Quantity
		asked, ok := claim.Requests.Get(name)
		text := fmt.Sprintf("maximum %s usage per %s is %s", name, item.Type, model.FormatQuantity(name, most))
		switch {
		case !ok:
			faults = append(faults, text+".  No request is specified")
		case asked.Cmp(most) > 0:
			faults = append(faults, text+", but request is "+model.FormatQuantity(name, asked))
		}
	}
	return faults
}
