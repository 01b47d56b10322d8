package manifest

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	api "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateTemplate checks a pod template.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidatePodTemplateSpec.
func validateTemplate(t *v1.PodTemplateSpec, path *field.Path) field.ErrorList {
	errs := metavalidation.ValidateLabels(t.Labels, path.Child("labels"))
	errs = append(errs, api.ValidateAnnotations(t.Annotations, path.Child("annotations"))...)
	return append(errs, validatePodSpec(&t.Spec, path.Child("spec"))...)
}

// validateKeptTemplate checks the template of pods that are kept running for ever.
// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidatePodTemplateSpecForReplicaSet.
func validateKeptTemplate(t *v1.PodTemplateSpec, path *field.Path, kind string) field.ErrorList {
	errs := validateTemplate(t, path)
	spec := path.Child("spec")
	if t.Spec.RestartPolicy != v1.RestartPolicyAlways {
		errs = append(errs, field.NotSupported(spec.Child("restartPolicy"), t.Spec.RestartPolicy, []v1.RestartPolicy{v1.RestartPolicyAlways}))
	}
	if t.Spec.ActiveDeadlineSeconds != nil {
		errs = append(errs, field.Forbidden(spec.Child("activeDeadlineSeconds"), "activeDeadlineSeconds in "+kind+" is not Supported"))
	}
	return errs
}

// validateOwned checks that a selector is one and takes the pods of the template.
// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidateReplicaSetSpec, ValidateDeploymentSpec,
// ValidateStatefulSetSpec, ValidateDaemonSetSpec.
func validateOwned(s *metav1.LabelSelector, t *v1.PodTemplateSpec, spec *field.Path, empty string) field.ErrorList {
	path := spec.Child("selector")
	if s == nil {
		return field.ErrorList{field.Required(path, "")}
	}
	errs := validateSelector(s, path)
	if len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		errs = append(errs, field.Invalid(path, "{}", empty))
	}
	parsed, err := metav1.LabelSelectorAsSelector(s)
	if err == nil && !parsed.Empty() && !parsed.Matches(labels.Set(t.Labels)) {
		errs = append(errs, field.Invalid(spec.Child("template", "metadata", "labels"), t.Labels, "`selector` does not match template `labels`"))
	}
	return errs
}

// nonnegative refuses numbers below zero; nil is no number.
func nonnegative[T int32 | int64](value *T, path *field.Path) field.ErrorList {
	if value == nil {
		return nil
	}
	return api.ValidateNonnegativeField(int64(*value), path)
}

func validateReplicaSet(r *appsv1.ReplicaSet, spec *field.Path) field.ErrorList {
	errs := nonnegative(r.Spec.Replicas, spec.Child("replicas"))
	errs = append(errs, nonnegative(&r.Spec.MinReadySeconds, spec.Child("minReadySeconds"))...)
	errs = append(errs, validateOwned(r.Spec.Selector, &r.Spec.Template, spec, "empty selector is invalid for deployment")...)
	return append(errs, validateKeptTemplate(&r.Spec.Template, spec.Child("template"), "ReplicaSet")...)
}

// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidateDeploymentSpec.
func validateDeployment(d *appsv1.Deployment, spec *field.Path) field.ErrorList {
	s := &d.Spec
	errs := nonnegative(s.Replicas, spec.Child("replicas"))
	errs = append(errs, validateOwned(s.Selector, &s.Template, spec, "empty selector is invalid for deployment")...)
	errs = append(errs, validateKeptTemplate(&s.Template, spec.Child("template"), "ReplicaSet")...)
	errs = append(errs, validateDeploymentStrategy(&s.Strategy, spec.Child("strategy"))...)
	errs = append(errs, nonnegative(&s.MinReadySeconds, spec.Child("minReadySeconds"))...)
	errs = append(errs, nonnegative(s.RevisionHistoryLimit, spec.Child("revisionHistoryLimit"))...)
	deadline := spec.Child("progressDeadlineSeconds")
	errs = append(errs, nonnegative(s.ProgressDeadlineSeconds, deadline)...)
	if p := s.ProgressDeadlineSeconds; p != nil && *p <= s.MinReadySeconds {
		errs = append(errs, field.Invalid(deadline, *p, "must be greater than minReadySeconds"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidateDeploymentStrategy, ValidateRollingUpdateDeployment.
func validateDeploymentStrategy(s *appsv1.DeploymentStrategy, path *field.Path) field.ErrorList {
	at := path.Child("rollingUpdate")
	switch s.Type {
	case appsv1.RecreateDeploymentStrategyType:
		if s.RollingUpdate != nil {
			return field.ErrorList{field.Forbidden(at, "may not be specified when strategy `type` is 'Recreate'")}
		}
		return nil
	case appsv1.RollingUpdateDeploymentStrategyType:
	default:
		return oneOf(s.Type, path.Child("type"), appsv1.RecreateDeploymentStrategyType, appsv1.RollingUpdateDeploymentStrategyType)
	}
	u := s.RollingUpdate
	errs := validateIntOrPercent(u.MaxUnavailable, at.Child("maxUnavailable"))
	errs = append(errs, validateSurge(u.MaxSurge, at.Child("maxSurge"))...)
	if isNone(u.MaxUnavailable) && isNone(u.MaxSurge) {
		errs = append(errs, field.Invalid(at.Child("maxUnavailable"), u.MaxUnavailable.String(), "may not be 0 when `maxSurge` is 0"))
	}
	return errs
}

// validateSurge lets a share be more than all, up to what the model holds.
func validateSurge(v *intstr.IntOrString, path *field.Path) field.ErrorList {
	if v.Type == intstr.Int {
		return api.ValidateNonnegativeField(int64(v.IntVal), path)
	}
	var errs field.ErrorList
	for _, message := range validation.IsValidPercent(v.StrVal) {
		errs = append(errs, field.Invalid(path, v.StrVal, message))
	}
	if len(errs) == 0 && len(strings.TrimLeft(v.StrVal, "0")) > 7 {
		errs = append(errs, field.Invalid(path, v.StrVal, "must not be greater than 999999%"))
	}
	return errs
}

func isNone(v *intstr.IntOrString) bool { return share(v).Value == 0 }

// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec, ValidateDaemonSetUpdateStrategy,
// ValidateRollingUpdateDaemonSet.
func validateDaemonSet(d *appsv1.DaemonSet, spec *field.Path) field.ErrorList {
	s := &d.Spec
	errs := validateOwned(s.Selector, &s.Template, spec, "empty selector is invalid for daemonset")
	errs = append(errs, validateKeptTemplate(&s.Template, spec.Child("template"), "DaemonSet")...)
	errs = append(errs, nonnegative(&s.MinReadySeconds, spec.Child("minReadySeconds"))...)
	errs = append(errs, nonnegative(s.RevisionHistoryLimit, spec.Child("revisionHistoryLimit"))...)
	path := spec.Child("updateStrategy")
	errs = append(errs, oneOf(s.UpdateStrategy.Type, path.Child("type"), appsv1.RollingUpdateDaemonSetStrategyType, appsv1.OnDeleteDaemonSetStrategyType)...)
	u := s.UpdateStrategy.RollingUpdate
	if s.UpdateStrategy.Type != appsv1.RollingUpdateDaemonSetStrategyType || u == nil {
		return errs
	}
	at := path.Child("rollingUpdate")
	errs = append(errs, validateIntOrPercent(u.MaxUnavailable, at.Child("maxUnavailable"))...)
	errs = append(errs, validateIntOrPercent(u.MaxSurge, at.Child("maxSurge"))...)
	switch unavailable, surge := !isNone(u.MaxUnavailable), !isNone(u.MaxSurge); {
	case unavailable && surge:
		errs = append(errs, field.Invalid(at.Child("maxSurge"), u.MaxSurge.String(), "may not be set when maxUnavailable is non-zero"))
	case !unavailable && !surge:
		errs = append(errs, field.Required(at.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec.
func validateStatefulSet(set *appsv1.StatefulSet, spec *field.Path) field.ErrorList {
	s := &set.Spec
	var errs field.ErrorList
	if p := s.PodManagementPolicy; p != appsv1.OrderedReadyPodManagement && p != appsv1.ParallelPodManagement {
		errs = append(errs, field.Invalid(spec.Child("podManagementPolicy"), p, "must be 'OrderedReady' or 'Parallel'"))
	}
	errs = append(errs, validateStatefulSetStrategy(&s.UpdateStrategy, spec.Child("updateStrategy"))...)
	retention := spec.Child("persistentVolumeClaimRetentionPolicy")
	policies := []appsv1.PersistentVolumeClaimRetentionPolicyType{appsv1.RetainPersistentVolumeClaimRetentionPolicyType, appsv1.DeletePersistentVolumeClaimRetentionPolicyType}
	errs = append(errs, oneOf(s.PersistentVolumeClaimRetentionPolicy.WhenDeleted, retention.Child("whenDeleted"), policies...)...)
	errs = append(errs, oneOf(s.PersistentVolumeClaimRetentionPolicy.WhenScaled, retention.Child("whenScaled"), policies...)...)
	errs = append(errs, nonnegative(s.Replicas, spec.Child("replicas"))...)
	errs = append(errs, nonnegative(&s.MinReadySeconds, spec.Child("minReadySeconds"))...)
	if s.Ordinals != nil {
		errs = append(errs, nonnegative(&s.Ordinals.Start, spec.Child("ordinals", "start"))...)
	}
	errs = append(errs, validateOwned(s.Selector, &s.Template, spec, "empty selector is invalid for statefulset")...)
	for i := range s.VolumeClaimTemplates {
		at := spec.Child("volumeClaimTemplates").Index(i)
		if s.VolumeClaimTemplates[i].Name == "" {
			errs = append(errs, field.Required(at.Child("metadata", "name"), ""))
		}
		errs = append(errs, validateClaim(&s.VolumeClaimTemplates[i].Spec, at.Child("spec"))...)
	}
	return append(errs, validateKeptTemplate(&s.Template, spec.Child("template"), "StatefulSet")...)
}

// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec, validateRollingUpdateStatefulSet.
func validateStatefulSetStrategy(s *appsv1.StatefulSetUpdateStrategy, path *field.Path) field.ErrorList {
	u, at := s.RollingUpdate, path.Child("rollingUpdate")
	switch s.Type {
	case appsv1.OnDeleteStatefulSetStrategyType:
		if u != nil {
			return field.ErrorList{field.Invalid(at, field.OmitValueType{}, "only allowed for updateStrategy 'RollingUpdate'")}
		}
		return nil
	case appsv1.RollingUpdateStatefulSetStrategyType:
	default:
		return field.ErrorList{field.Invalid(path.Child("type"), s.Type, "must be 'RollingUpdate' or 'OnDelete'")}
	}
	if u == nil {
		return nil
	}
	errs := nonnegative(u.Partition, at.Child("partition"))
	errs = append(errs, validateIntOrPercent(u.MaxUnavailable, at.Child("maxUnavailable"))...)
	if u.MaxUnavailable != nil && isNone(u.MaxUnavailable) {
		errs = append(errs, field.Invalid(at.Child("maxUnavailable"), u.MaxUnavailable.String(), "cannot be 0"))
	}
	return errs
}
