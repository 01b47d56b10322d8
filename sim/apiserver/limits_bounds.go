package apiserver

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// bounds is what a pod or a container asks for, held against a limit for things of that type.
type bounds struct {
	of               string
	requests, limits model.ResourceList
}

// against is what a limit has against requests and limits: the least, the most, and their ratio.
func against(item *model.LimitRangeItem, requests, limits model.ResourceList) []string {
	b := bounds{item.Type, requests, limits}
	faults := append(b.atLeast(item.Min), b.atMost(item.Max)...)
	return append(faults, b.within(item.MaxLimitRequestRatio)...)
}

// atLeast tells what is less than it may be.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go minConstraint.
func (b bounds) atLeast(list model.ResourceList) []string {
	var faults []string
	for i := range list {
		name, least := list[i].Name, list[i].Quantity
		request, requested := b.requests.Get(name)
		limit, limited := b.limits.Get(name)
		text := fmt.Sprintf("minimum %s usage per %s is %s", name, b.of, model.FormatQuantity(name, least))
		switch {
		case !requested:
			faults = append(faults, text+".  No request is specified")
		case request.Cmp(least) < 0:
			faults = append(faults, text+", but request is "+model.FormatQuantity(name, request))
		case limited && limit.Cmp(least) < 0:
			faults = append(faults, text+", but limit is "+model.FormatQuantity(name, limit))
		}
	}
	return faults
}

// atMost tells what is more than it may be.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go maxConstraint.
func (b bounds) atMost(list model.ResourceList) []string {
	var faults []string
	for i := range list {
		name, most := list[i].Name, list[i].Quantity
		request, requested := b.requests.Get(name)
		limit, limited := b.limits.Get(name)
		text := fmt.Sprintf("maximum %s usage per %s is %s", name, b.of, model.FormatQuantity(name, most))
		switch {
		case !limited:
			faults = append(faults, text+".  No limit is specified")
		case limit.Cmp(most) > 0:
			faults = append(faults, text+", but limit is "+model.FormatQuantity(name, limit))
		case requested && request.Cmp(most) > 0:
			faults = append(faults, text+", but request is "+model.FormatQuantity(name, request))
		}
	}
	return faults
}

// within tells what is limited to more than so many times its request.
// Source: kubernetes v1.37.2 plugin/pkg/admission/limitranger/admission.go limitRequestRatioConstraint.
func (b bounds) within(list model.ResourceList) []string {
	var faults []string
	for i := range list {
		name, most := list[i].Name, list[i].Quantity
		request, _ := b.requests.Get(name)
		limit, _ := b.limits.Get(name)
		text := fmt.Sprintf("%s max limit to request ratio per %s is %s", name, b.of, model.FormatQuantity("", most))
		switch ratio := float64(limit.MilliValue()) / float64(request.MilliValue()); {
		case request.IsZero():
			faults = append(faults, text+", but no request is specified or request is 0")
		case limit.IsZero():
			faults = append(faults, text+", but no limit is specified or limit is 0")
		case ratio*1000 > float64(most.MilliValue()):
			faults = append(faults, fmt.Sprintf("%s, but provided ratio is %f", text, ratio))
		}
	}
	return faults
}
