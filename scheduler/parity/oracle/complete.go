package oracle

import (
	"context"
	"time"

	v1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	podregistry "k8s.io/kubernetes/pkg/registry/core/pod"
)

// The times from which a case counts, see the input rules.
var (
	creationOrigin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	startOrigin    = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
)

// namespaced are the kinds that live in a namespace; the rest never get the default one.
func namespaced(o runtime.Object) bool {
	switch o.GetObjectKind().GroupVersionKind().Kind {
	case "Node", "Namespace", "PriorityClass", "PersistentVolume", "StorageClass", "CSINode", "CSIDriver",
		"VolumeAttachment", "DeviceClass", "ResourceSlice", "RuntimeClass":
		return false
	}
	return true
}

// complete gives the objects what the API server would have: defaults, identity, and for
// pods what their creation does.
func complete(objects []runtime.Object) {
	for i, o := range objects {
		legacyscheme.Scheme.Default(o)
		m, err := meta.Accessor(o)
		if err != nil {
			continue
		}
		if namespaced(o) && m.GetNamespace() == "" {
			m.SetNamespace(metav1.NamespaceDefault)
		}
		if m.GetUID() == "" {
			m.SetUID(types.UID(m.GetNamespace() + "/" + m.GetName()))
		}
		if created := m.GetCreationTimestamp(); created.IsZero() {
			m.SetCreationTimestamp(metav1.NewTime(creationOrigin.Add(time.Duration(i) * time.Second)))
		}
	}
	classes := only[*schedulingv1.PriorityClass](objects)
	for _, p := range only[*v1.Pod](objects) {
		createPod(p)
		prioritise(p, classes)
		if p.Spec.NodeName != "" && p.Status.StartTime == nil {
			p.Status.StartTime = p.CreationTimestamp.DeepCopy()
		}
	}
}

// createPod applies the strategy of the pod registry to the spec; the status stays as given.
func createPod(p *v1.Pod) {
	var internal core.Pod
	if err := legacyscheme.Scheme.Convert(p, &internal, nil); err != nil {
		return
	}
	podregistry.Strategy.PrepareForCreate(context.Background(), &internal)
	var created v1.Pod
	if err := legacyscheme.Scheme.Convert(&internal, &created, nil); err != nil {
		return
	}
	p.Spec = created.Spec
}

// prioritise resolves the pod's priority and preemption policy as the Priority admission
// plugin does, except that a priority given in the spec stands.
func prioritise(p *v1.Pod, classes []*schedulingv1.PriorityClass) {
	class := classOf(p, classes)
	if p.Spec.Priority == nil {
		var value int32
		if class != nil {
			value = class.Value
		}
		p.Spec.Priority = &value
	}
	if p.Spec.PreemptionPolicy == nil {
		policy := v1.PreemptLowerPriority
		if class != nil && class.PreemptionPolicy != nil {
			policy = *class.PreemptionPolicy
		}
		p.Spec.PreemptionPolicy = &policy
	}
}

func classOf(p *v1.Pod, classes []*schedulingv1.PriorityClass) *schedulingv1.PriorityClass {
	var global *schedulingv1.PriorityClass
	for _, c := range classes {
		if p.Spec.PriorityClassName != "" && c.Name == p.Spec.PriorityClassName {
			return c
		}
		// Source: kubernetes v1.37.2 plugin/pkg/admission/priority/admission.go getDefaultPriorityClass:
		// of several global defaults the lowest value counts.
		if c.GlobalDefault && (global == nil || c.Value < global.Value) {
			global = c
		}
	}
	switch p.Spec.PriorityClassName {
	case "":
		return global
	case scheduling.SystemNodeCritical:
		return &schedulingv1.PriorityClass{Value: scheduling.SystemCriticalPriority + 1000}
	case scheduling.SystemClusterCritical:
		return &schedulingv1.PriorityClass{Value: scheduling.SystemCriticalPriority}
	}
	return nil
}
