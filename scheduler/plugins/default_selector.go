package plugins

import (
	"maps"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// defaultSelector selects the pods that stand beside this one: those of its services and of the
// controller that owns it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/helper/spread.go DefaultSelector.
func defaultSelector(pod *model.Pod, objects framework.Objects) *model.Selector {
	set := map[string]string{}
	for _, service := range objects.ServicesFor(pod.Namespace, pod.Labels) {
		if service.Selector != nil && containsLabels(pod.Labels, service.Selector) {
			maps.Copy(set, service.Selector)
		}
	}
	owner := pod.Controller()
	if owner == nil {
		return equalTo(set)
	}
	var more *model.Selector
	switch {
	case owner.Kind == "ReplicationController" && owner.APIVersion == "v1":
		if rc := objects.ReplicationController(pod.Namespace, owner.Name); rc != nil {
			maps.Copy(set, rc.Selector)
		}
	case owner.Kind == "ReplicaSet" && owner.APIVersion == "apps/v1":
		if rs := objects.ReplicaSet(pod.Namespace, owner.Name); rs != nil {
			more = rs.Selector
		}
	case owner.Kind == "StatefulSet" && owner.APIVersion == "apps/v1":
		if ss := objects.StatefulSet(pod.Namespace, owner.Name); ss != nil {
			more = ss.Selector
		}
	}
	selector := equalTo(set)
	if more != nil {
		selector.Requirements = append(selector.Requirements, more.Requirements...)
	}
	return selector
}

func containsLabels(have, want map[string]string) bool {
	for key, value := range want {
		if got, ok := have[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// equalTo is the selector of pods having all these labels, its requirements by key.
func equalTo(set map[string]string) *model.Selector {
	s := &model.Selector{}
	for key, value := range set {
		s.Requirements = append(s.Requirements, model.Requirement{Key: key, Operator: model.OpIn, Values: []string{value}})
	}
	slices.SortFunc(s.Requirements, func(a, b model.Requirement) int { return strings.Compare(a.Key, b.Key) })
	return s
}
