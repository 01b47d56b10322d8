package manifest

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/model"
)

// Feature is something a pod asks of the scheduler that it does not give yet.
type Feature struct {
	// Path is the field that asks for it.
	Path string
	// Name is what it is, in the plural: "resource claims".
	Name string
	// Plugin is the scheduler plugin that would see to it.
	Plugin string
}

// features is what cannot be scheduled yet. When a plugin is built, its entries go.
var features = []struct {
	name   string
	plugin string
	// path is the field by which the pod asks for it, "" when it does not.
	path func(*model.Pod) string
}{
	{"resource claims", "DynamicResources", claimsPath},
	{"scheduling groups", "GangScheduling", groupPath},
}

// Unsupported lists what the pod asks of the scheduler in vain. A pod that has ended asks for nothing, one
// that is on a node only for what it holds there.
func Unsupported(p *model.Pod) []Feature {
	if p.Terminal() {
		return nil
	}
	var out []Feature
	for _, f := range features {
		if path := f.path(p); path != "" {
			out = append(out, Feature{path, f.name, f.plugin})
		}
	}
	return out
}

func claimsPath(p *model.Pod) string {
	if len(p.Spec.ResourceClaims) > 0 {
		return "spec.resourceClaims"
	}
	return ""
}

func groupPath(p *model.Pod) string {
	if s, ok := p.Spec.Source.(*v1.PodSpec); ok && p.NodeName == "" && s.SchedulingGroup != nil {
		return "spec.schedulingGroup"
	}
	return ""
}

// unmodelled finds valid fields that would matter on a real cluster and do not here. Fields that cannot
// influence scheduling or a pod's life are no findings.
func unmodelled(o metav1.Object, at spot) {
	switch o := o.(type) {
	case *v1.Pod:
		if o.Spec.RuntimeClassName != nil && o.Spec.NodeName == "" && len(o.Spec.Overhead) == 0 && o.UID == "" {
			at.add(Unmodelled, "spec.runtimeClassName", "RuntimeClass is not modelled: its overhead and node selector are not applied")
		}
	case *v1.Node:
		if o.Spec.PodPreemptionPolicy != nil {
			at.add(Unmodelled, "spec.podPreemptionPolicy", "is not modelled")
		}
	}
}
