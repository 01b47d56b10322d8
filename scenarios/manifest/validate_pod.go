package manifest

import (
	v1 "k8s.io/api/core/v1"
	api "k8s.io/apimachinery/pkg/api/validation"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateRest checks what pods have beside their metadata and what many of them share.
func validateRest(p *v1.Pod) field.ErrorList {
	var errs field.ErrorList
	phases := []v1.PodPhase{v1.PodPending, v1.PodRunning, v1.PodSucceeded, v1.PodFailed, v1.PodUnknown}
	errs = append(errs, optional(p.Status.Phase, field.NewPath("status", "phase"), phases...)...)
	if p.Spec.NodeName != "" {
		for _, message := range api.NameIsDNSSubdomain(p.Spec.NodeName, false) {
			errs = append(errs, field.Invalid(field.NewPath("spec", "nodeName"), p.Spec.NodeName, message))
		}
	}
	return errs
}

func validatePod(p *v1.Pod) field.ErrorList {
	return append(validateRest(p), validatePodSpec(&p.Spec, field.NewPath("spec"))...)
}

// validatePodSpec checks the spec of a pod or of a template.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidatePodSpec.
func validatePodSpec(s *v1.PodSpec, spec *field.Path) field.ErrorList {
	errs := validateContainers(s, spec)
	errs = append(errs, oneOf(s.RestartPolicy, spec.Child("restartPolicy"), v1.RestartPolicyAlways, v1.RestartPolicyOnFailure, v1.RestartPolicyNever)...)
	errs = append(errs, metavalidation.ValidateLabels(s.NodeSelector, spec.Child("nodeSelector"))...)
	errs = append(errs, validateTolerations(s.Tolerations, spec.Child("tolerations"))...)
	errs = append(errs, validateAffinity(s.Affinity, spec.Child("affinity"))...)
	errs = append(errs, validateSpread(s.TopologySpreadConstraints, spec.Child("topologySpreadConstraints"))...)
	errs = append(errs, validateGates(s, spec)...)
	errs = append(errs, validateVolumes(s.Volumes, spec.Child("volumes"))...)
	errs = append(errs, validateAmounts(s.Overhead, spec.Child("overhead"))...)
	errs = append(errs, validateSums(s, spec)...)
	if s.Resources != nil {
		errs = append(errs, validateResources(s.Resources, spec.Child("resources"), validatePodResource)...)
	}
	if a := s.ActiveDeadlineSeconds; a != nil && (*a < 1 || *a > 1<<31-1) {
		errs = append(errs, field.Invalid(spec.Child("activeDeadlineSeconds"), *a, "must be between 1 and 2147483647, inclusive"))
	}
	if s.PriorityClassName != "" {
		for _, message := range api.NameIsDNSSubdomain(s.PriorityClassName, false) {
			errs = append(errs, field.Invalid(spec.Child("priorityClassName"), s.PriorityClassName, message))
		}
	}
	if s.PreemptionPolicy != nil {
		errs = append(errs, oneOf(*s.PreemptionPolicy, spec.Child("preemptionPolicy"), v1.PreemptLowerPriority, v1.PreemptNever)...)
	}
	for _, message := range validation.IsQualifiedName(s.SchedulerName) {
		errs = append(errs, field.Invalid(spec.Child("schedulerName"), s.SchedulerName, message))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidateTolerations.
func validateTolerations(list []v1.Toleration, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range list {
		t, at := &list[i], path.Index(i)
		if t.Key != "" {
			errs = append(errs, metavalidation.ValidateLabelName(t.Key, at.Child("key"))...)
		} else if t.Operator != v1.TolerationOpExists {
			errs = append(errs, field.Invalid(at.Child("operator"), t.Operator,
				"operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
		}
		if t.TolerationSeconds != nil && t.Effect != v1.TaintEffectNoExecute {
			errs = append(errs, field.Invalid(at.Child("effect"), t.Effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
		}
		switch t.Operator {
		case v1.TolerationOpEqual, "":
			for _, message := range validation.IsValidLabelValue(t.Value) {
				errs = append(errs, field.Invalid(at.Child("value"), t.Value, message))
			}
		case v1.TolerationOpExists:
			if t.Value != "" {
				errs = append(errs, field.Invalid(at.Child("value"), t.Value, "value must be empty when `operator` is 'Exists'"))
			}
		default:
			errs = append(errs, field.NotSupported(at.Child("operator"), t.Operator, []v1.TolerationOperator{v1.TolerationOpEqual, v1.TolerationOpExists}))
		}
		errs = append(errs, optional(t.Effect, at.Child("effect"), effects...)...)
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateSchedulingGates, ValidatePodCreate.
func validateGates(s *v1.PodSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := map[string]bool{}
	for i, gate := range s.SchedulingGates {
		at := spec.Child("schedulingGates").Index(i)
		for _, message := range validation.IsQualifiedName(gate.Name) {
			errs = append(errs, field.Invalid(at, gate.Name, message))
		}
		if seen[gate.Name] {
			errs = append(errs, field.Duplicate(at, gate.Name))
		}
		seen[gate.Name] = true
	}
	if s.NodeName != "" && len(s.SchedulingGates) > 0 {
		errs = append(errs, field.Forbidden(spec.Child("nodeName"), "cannot be set until all schedulingGates have been cleared"))
	}
	return errs
}

func validateVolumes(list []v1.Volume, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := map[string]bool{}
	for i := range list {
		at := path.Index(i).Child("name")
		for _, message := range validation.IsDNS1123Label(list[i].Name) {
			errs = append(errs, field.Invalid(at, list[i].Name, message))
		}
		if seen[list[i].Name] {
			errs = append(errs, field.Duplicate(at, list[i].Name))
		}
		seen[list[i].Name] = true
		if p := list[i].PersistentVolumeClaim; p != nil && p.ClaimName == "" {
			errs = append(errs, field.Required(path.Index(i).Child("persistentVolumeClaim", "claimName"), ""))
		}
	}
	return errs
}
