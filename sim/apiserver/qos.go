package apiserver

import "towtank.dev/towtank/model"

// The quality-of-service classes of pods.
const (
	qosGuaranteed = "Guaranteed"
	qosBurstable  = "Burstable"
	qosBestEffort = "BestEffort"
)

// QOSClass is the pod's quality-of-service class: Guaranteed when every container (or the pod as a
// whole, with pod-level resources) limits both CPU and memory and requests just that, BestEffort when
// nothing is requested or limited, Burstable otherwise. Zero amounts do not count.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS.
func QOSClass(spec *model.PodSpec) string {
	if len(spec.PodRequests) > 0 || len(spec.PodLimits) > 0 {
		return qosOf([]amounts{{spec.PodRequests, spec.PodLimits}})
	}
	all := make([]amounts, 0, len(spec.Containers)+len(spec.InitContainers))
	for _, list := range [2][]model.Container{spec.Containers, spec.InitContainers} {
		for i := range list {
			all = append(all, amounts{list[i].Requests, list[i].Limits})
		}
	}
	return qosOf(all)
}

type amounts struct{ requests, limits model.ResourceList }

func qosOf(all []amounts) string {
	guaranteed, something := true, false
	for _, a := range all {
		for _, name := range [2]string{model.ResourceCPU, model.ResourceMemory} {
			request, limit := positive(a.requests, name), positive(a.limits, name)
			something = something || !request.IsZero() || !limit.IsZero()
			guaranteed = guaranteed && !limit.IsZero() && request.Cmp(limit) == 0
		}
	}
	switch {
	case !something:
		return qosBestEffort
	case guaranteed:
		return qosGuaranteed
	}
	return qosBurstable
}

// positive is the amount, or nothing when it is absent or not above zero.
func positive(l model.ResourceList, name string) model.Quantity {
	if q, ok := l.Get(name); ok && q.Cmp(model.Quantity{}) > 0 {
		return q
	}
	return model.Quantity{}
}
