package manifest

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateStatefulSetUpdate lets all change but what the pods are known by.
// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidateStatefulSetUpdate.
func validateStatefulSetUpdate(was, is *appsv1.StatefulSetSpec, spec *field.Path) field.ErrorList {
	errs := fixed(was.Selector, is.Selector, spec.Child("selector"))
	errs = append(errs, fixed(was.VolumeClaimTemplates, is.VolumeClaimTemplates, spec.Child("volumeClaimTemplates"))...)
	errs = append(errs, fixed(was.ServiceName, is.ServiceName, spec.Child("serviceName"))...)
	return append(errs, fixed(was.PodManagementPolicy, is.PodManagementPolicy, spec.Child("podManagementPolicy"))...)
}

// validateJobUpdate lets the parallelism and the ends of a Job change; its completions only when it is
// indexed and keeps as many pods, its template only while it is suspended.
// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go ValidateJobSpecUpdate, validateCompletions,
// validatePodTemplateUpdate; pkg/registry/batch/job/strategy.go validationOptionsForJob.
func validateJobUpdate(was, is *batchv1.JobSpec, spec *field.Path) field.ErrorList {
	errs := validateCompletions(was, is, spec.Child("completions"))
	errs = append(errs, fixed(was.Selector, is.Selector, spec.Child("selector"))...)
	errs = append(errs, fixed(was.CompletionMode, is.CompletionMode, spec.Child("completionMode"))...)
	errs = append(errs, fixed(was.PodFailurePolicy, is.PodFailurePolicy, spec.Child("podFailurePolicy"))...)
	errs = append(errs, fixed(was.BackoffLimitPerIndex, is.BackoffLimitPerIndex, spec.Child("backoffLimitPerIndex"))...)
	errs = append(errs, fixed(was.ManagedBy, is.ManagedBy, spec.Child("managedBy"))...)
	errs = append(errs, fixed(was.SuccessPolicy, is.SuccessPolicy, spec.Child("successPolicy"))...)
	old := was.Template
	if was.Suspend != nil && *was.Suspend {
		old = schedulingOf(&is.Template, was.Template.DeepCopy())
	}
	return append(errs, fixed(old, is.Template, spec.Child("template"))...)
}

// schedulingOf puts into a template what may be changed of a suspended Job's: where its pods go, and what
// their containers ask for.
func schedulingOf(from, to *v1.PodTemplateSpec) v1.PodTemplateSpec {
	to.Labels, to.Annotations = from.Labels, from.Annotations
	to.Spec.NodeSelector, to.Spec.Tolerations, to.Spec.SchedulingGates = from.Spec.NodeSelector, from.Spec.Tolerations, from.Spec.SchedulingGates
	switch {
	case from.Spec.Affinity == nil && to.Spec.Affinity != nil:
		to.Spec.Affinity.NodeAffinity = nil
		if *to.Spec.Affinity == (v1.Affinity{}) {
			to.Spec.Affinity = nil
		}
	case from.Spec.Affinity != nil && to.Spec.Affinity == nil:
		to.Spec.Affinity = &v1.Affinity{NodeAffinity: from.Spec.Affinity.NodeAffinity}
	case from.Spec.Affinity != nil:
		to.Spec.Affinity.NodeAffinity = from.Spec.Affinity.NodeAffinity
	}
	takeResources(from.Spec.Containers, to.Spec.Containers)
	takeResources(from.Spec.InitContainers, to.Spec.InitContainers)
	return *to
}

func takeResources(from, to []v1.Container) {
	for i := range to {
		if len(from) == len(to) && from[i].Name == to[i].Name {
			to[i].Resources = from[i].Resources
		}
	}
}

func validateCompletions(was, is *batchv1.JobSpec, path *field.Path) field.ErrorList {
	indexed := is.CompletionMode != nil && *is.CompletionMode == batchv1.IndexedCompletion
	if !indexed || equality.Semantic.DeepEqual(was.Completions, is.Completions) {
		return fixed(was.Completions, is.Completions, path)
	}
	if is.Completions != nil && *is.Completions != *is.Parallelism {
		return field.ErrorList{field.Invalid(path, *is.Completions, "can only be modified in tandem with spec.parallelism")}
	}
	return nil
}
