package apiserver

import (
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// usageOf is what an object uses of quotas, under all the names that they have for it, sorted.
// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go Usage;
// apiserver pkg/quota/v1/generic/evaluator.go ObjectCountQuotaResourceNameFor.
func (s *Server) usageOf(o model.Object) model.ResourceList {
	r := s.Collection(o.Kind()).Resource()
	one := model.WholeQuantity(1)
	use := model.ResourceList{{Name: "count/" + r.String(), Quantity: one}}
	switch o := o.(type) {
	case *model.Pod:
		if !o.Terminal() {
			use = append(use, podUsage(o)...)
		}
	case *model.Service:
		use = append(use, serviceUsage(o)...)
	case *model.PersistentVolumeClaim:
		use = append(use, claimUsage(o)...)
	case *model.ConfigMap, *model.Secret, *model.ReplicationController, *model.ResourceQuota:
		use = append(use, model.ResourceAmount{Name: r.Plural, Quantity: one})
	}
	slices.SortFunc(use, func(a, b model.ResourceAmount) int { return strings.Compare(a.Name, b.Name) })
	return use
}

// podUsage is what a pod uses that has not ended.
//
// Differs from upstream: a pod that should be gone for longer than its grace still counts.
// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/pods.go podComputeUsageHelper.
func podUsage(pod *model.Pod) model.ResourceList {
	use := model.ResourceList{{Name: model.ResourcePods, Quantity: model.WholeQuantity(1)}}
	requests, limits := pod.EffectiveRequests(), pod.Spec.EffectiveLimits()
	for i := range requests {
		name, q := requests[i].Name, requests[i].Quantity
		switch {
		case name == model.ResourceCPU || name == model.ResourceMemory || name == model.ResourceEphemeralStorage,
			strings.HasPrefix(name, model.HugePagesPrefix):
			use = append(use, model.ResourceAmount{Name: name, Quantity: q}, model.ResourceAmount{Name: "requests." + name, Quantity: q})
		case model.ExtendedResource(name):
			use = append(use, model.ResourceAmount{Name: "requests." + name, Quantity: q})
		}
	}
	for i := range limits {
		if name := limits[i].Name; name == model.ResourceCPU || name == model.ResourceMemory || name == model.ResourceEphemeralStorage {
			use = append(use, model.ResourceAmount{Name: "limits." + name, Quantity: limits[i].Quantity})
		}
	}
	return use
}

// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/services.go Usage.
func serviceUsage(service *model.Service) model.ResourceList {
	use := model.ResourceList{{Name: "services", Quantity: model.WholeQuantity(1)}}
	ports := model.WholeQuantity(int64(len(service.Ports)))
	switch service.Type {
	case "NodePort":
		use = append(use, model.ResourceAmount{Name: "services.nodeports", Quantity: ports})
	case "LoadBalancer":
		use = append(use, model.ResourceAmount{Name: "services.loadbalancers", Quantity: model.WholeQuantity(1)},
			model.ResourceAmount{Name: "services.nodeports", Quantity: ports})
	}
	return use
}

// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/persistent_volume_claims.go Usage.
func claimUsage(claim *model.PersistentVolumeClaim) model.ResourceList {
	const ofClass = ".storageclass.storage.k8s.io/"
	one := model.WholeQuantity(1)
	use := model.ResourceList{{Name: "persistentvolumeclaims", Quantity: one}}
	size, asked := claim.Spec.Requests.Get("storage")
	if asked {
		use = append(use, model.ResourceAmount{Name: "requests.storage", Quantity: size})
	}
	if class := claim.Spec.StorageClass; class != nil && *class != "" {
		use = append(use, model.ResourceAmount{Name: *class + ofClass + "persistentvolumeclaims", Quantity: one})
		if asked {
			use = append(use, model.ResourceAmount{Name: *class + ofClass + "requests.storage", Quantity: size})
		}
	}
	return use
}

// covers says whether a quota is about an object: one with scopes is about the pods that all of them take.
// Source: kubernetes v1.37.2 apiserver pkg/quota/v1/generic/evaluator.go Matches.
func covers(quota *model.ResourceQuota, o model.Object) bool {
	if len(quota.Scopes) == 0 {
		return true
	}
	pod, ok := o.(*model.Pod)
	if !ok {
		return false
	}
	for i := range quota.Scopes {
		if !takes(&quota.Scopes[i], pod) {
			return false
		}
	}
	return true
}

// takes says whether a scope takes a pod.
// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/pods.go podMatchesScopeFunc.
func takes(scope *model.QuotaScope, pod *model.Pod) bool {
	ends := pod.Spec.ActiveDeadlineSeconds != nil && *pod.Spec.ActiveDeadlineSeconds >= 0
	effort := pod.Status.QOSClass == qosBestEffort
	switch scope.Name {
	case "Terminating":
		return ends
	case "NotTerminating":
		return !ends
	case "BestEffort":
		return effort
	case "NotBestEffort":
		return !effort
	case "CrossNamespacePodAffinity":
		return crossesNamespaces(pod.Spec.Affinity)
	case "PriorityClass":
		class := pod.Spec.PriorityClassName
		labels := map[string]string{}
		if class != "" {
			labels[scope.Name] = class
		}
		r := model.Requirement{Key: scope.Name, Operator: scope.Operator, Values: scope.Values}
		return r.Matches(labels)
	}
	return false
}

// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/pods.go usesCrossNamespacePodAffinity.
func crossesNamespaces(a *model.Affinity) bool {
	if a == nil {
		return false
	}
	crosses := func(t *model.PodAffinityTerm) bool { return len(t.Namespaces) > 0 || t.NamespaceSelector != nil }
	for _, list := range [2][]model.PodAffinityTerm{a.PodRequired, a.PodAntiRequired} {
		for i := range list {
			if crosses(&list[i]) {
				return true
			}
		}
	}
	for _, list := range [2][]model.WeightedPodAffinityTerm{a.PodPreferred, a.PodAntiPreferred} {
		for i := range list {
			if crosses(&list[i].Term) {
				return true
			}
		}
	}
	return false
}
