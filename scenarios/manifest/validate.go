package manifest

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	api "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"towtank.dev/towtank/model"
)

// validate finds what the API server would refuse in the fields that are modelled. The object is complete.
// Source: kubernetes v1.37.2 pkg/apis/{core,apps,batch,autoscaling,policy,scheduling,storage}/validation/validation.go, with
// their words.
func validate(k *kind, o metav1.Object) field.ErrorList {
	errs := validateMeta(k, o)
	spec := field.NewPath("spec")
	switch o := o.(type) {
	case *v1.Pod:
		errs = append(errs, validatePod(o)...)
	case *v1.Node:
		errs = append(errs, validateNode(o)...)
	case *v1.Service:
		errs = append(errs, validateService(&o.Spec, spec)...)
	case *v1.ReplicationController:
		errs = append(errs, api.ValidateNonnegativeField(int64(*o.Spec.Replicas), spec.Child("replicas"))...)
		errs = append(errs, metavalidation.ValidateLabels(o.Spec.Selector, spec.Child("selector"))...)
		if o.Spec.Template != nil {
			errs = append(errs, validateKeptTemplate(o.Spec.Template, spec.Child("template"), string(k.kind))...)
		}
	case *appsv1.ReplicaSet:
		errs = append(errs, validateReplicaSet(o, spec)...)
	case *appsv1.Deployment:
		errs = append(errs, validateDeployment(o, spec)...)
	case *appsv1.StatefulSet:
		errs = append(errs, validateStatefulSet(o, spec)...)
	case *appsv1.DaemonSet:
		errs = append(errs, validateDaemonSet(o, spec)...)
	case *batchv1.Job:
		errs = append(errs, validateJob(o, spec)...)
	case *batchv1.CronJob:
		errs = append(errs, validateCronJob(o, spec)...)
	case *autoscalingv2.HorizontalPodAutoscaler:
		errs = append(errs, validateAutoscaler(&o.Spec, spec)...)
	case *v1.ResourceQuota:
		errs = append(errs, validateQuota(&o.Spec, spec)...)
	case *v1.LimitRange:
		errs = append(errs, validateLimits(o.Spec.Limits, spec.Child("limits"))...)
	case *policyv1.PodDisruptionBudget:
		errs = append(errs, validateBudget(o, spec)...)
	case *schedulingv1.PriorityClass:
		errs = append(errs, validatePriorityClass(o)...)
	case *v1.PersistentVolume:
		errs = append(errs, validateVolume(o, spec)...)
	case *v1.PersistentVolumeClaim:
		errs = append(errs, validateClaim(&o.Spec, spec)...)
	case *storagev1.StorageClass:
		errs = append(errs, validateStorageClass(o)...)
	case *storagev1.CSINode:
		errs = append(errs, validateCSINode(o, spec)...)
	case *storagev1.CSIStorageCapacity:
		errs = append(errs, validateSelector(o.NodeTopology, field.NewPath("nodeTopology"))...)
		if o.StorageClassName == "" {
			errs = append(errs, field.Required(field.NewPath("storageClassName"), ""))
		}
	case *storagev1.VolumeAttachment:
		if o.Spec.NodeName == "" {
			errs = append(errs, field.Required(spec.Child("nodeName"), ""))
		}
	}
	return errs
}

// validateMeta checks names, labels, annotations, owners and finalizers.
func validateMeta(k *kind, o metav1.Object) field.ErrorList {
	name := api.NameIsDNSSubdomain
	switch k.kind {
	case model.KindNamespace:
		name = api.NameIsDNSLabel
	case model.KindService:
		name = api.NameIsDNS1035Label
	}
	errs := api.ValidateObjectMetaAccessor(o, k.namespaced, name, field.NewPath("metadata"))
	if o.GetName() == "" && o.GetGenerateName() != "" {
		// The API server makes the name before it validates.
		errs = slices.DeleteFunc(errs, func(e *field.Error) bool { return e.Field == "metadata.name" })
	}
	return errs
}

func validateSelector(s *metav1.LabelSelector, path *field.Path) field.ErrorList {
	return metavalidation.ValidateLabelSelector(s, metavalidation.LabelSelectorValidationOptions{}, path)
}

// Source: kubernetes v1.37.2 pkg/apis/policy/validation/validation.go ValidatePodDisruptionBudgetSpec.
func validateBudget(b *policyv1.PodDisruptionBudget, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	if b.Spec.MinAvailable != nil && b.Spec.MaxUnavailable != nil {
		errs = append(errs, field.Forbidden(spec.Child("maxUnavailable"), "minAvailable and maxUnavailable cannot be both set"))
	}
	errs = append(errs, validateIntOrPercent(b.Spec.MinAvailable, spec.Child("minAvailable"))...)
	errs = append(errs, validateIntOrPercent(b.Spec.MaxUnavailable, spec.Child("maxUnavailable"))...)
	errs = append(errs, validateSelector(b.Spec.Selector, spec.Child("selector"))...)
	policies := []policyv1.UnhealthyPodEvictionPolicyType{policyv1.AlwaysAllow, policyv1.IfHealthyBudget}
	if p := b.Spec.UnhealthyPodEvictionPolicy; p != nil && !slices.Contains(policies, *p) {
		errs = append(errs, field.NotSupported(spec.Child("unhealthyPodEvictionPolicy"), *p, policies))
	}
	status := field.NewPath("status")
	errs = append(errs, api.ValidateNonnegativeField(int64(b.Status.DisruptionsAllowed), status.Child("disruptionsAllowed"))...)
	errs = append(errs, api.ValidateNonnegativeField(int64(b.Status.CurrentHealthy), status.Child("currentHealthy"))...)
	errs = append(errs, api.ValidateNonnegativeField(int64(b.Status.DesiredHealthy), status.Child("desiredHealthy"))...)
	return append(errs, api.ValidateNonnegativeField(int64(b.Status.ExpectedPods), status.Child("expectedPods"))...)
}

// Source: kubernetes v1.37.2 pkg/apis/apps/validation/validation.go ValidatePositiveIntOrPercent, IsNotMoreThan100Percent.
func validateIntOrPercent(v *intstr.IntOrString, path *field.Path) field.ErrorList {
	if v == nil {
		return nil
	}
	if v.Type == intstr.Int {
		return api.ValidateNonnegativeField(int64(v.IntVal), path)
	}
	var errs field.ErrorList
	for _, message := range validation.IsValidPercent(v.StrVal) {
		errs = append(errs, field.Invalid(path, v.StrVal, message))
	}
	if p := intOrPercent(v); len(errs) == 0 && (p.Value > 100 || len(strings.TrimLeft(v.StrVal, "0")) > 4) {
		errs = append(errs, field.Invalid(path, v.StrVal, "must not be greater than 100%"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/scheduling/validation/validation.go ValidatePriorityClass.
func validatePriorityClass(p *schedulingv1.PriorityClass) field.ErrorList {
	const highest = 1_000_000_000
	var errs field.ErrorList
	system := map[string]int32{"system-node-critical": 2*highest + 1000, "system-cluster-critical": 2 * highest}
	if strings.HasPrefix(p.Name, "system-") {
		if value, known := system[p.Name]; !known || value != p.Value || p.GlobalDefault {
			errs = append(errs, field.Forbidden(field.NewPath("metadata", "name"),
				"priority class names with 'system-' prefix are reserved for system use only"))
		}
	} else if p.Value > highest {
		errs = append(errs, field.Forbidden(field.NewPath("value"), fmt.Sprintf("maximum allowed value of a user defined priority is %d", highest)))
	}
	return append(errs, oneOf(*p.PreemptionPolicy, field.NewPath("preemptionPolicy"), v1.PreemptLowerPriority, v1.PreemptNever)...)
}

// oneOf refuses a value that is not among those allowed.
func oneOf[T ~string](value T, path *field.Path, allowed ...T) field.ErrorList {
	if slices.Contains(allowed, value) {
		return nil
	}
	if value == "" {
		return field.ErrorList{field.Required(path, "")}
	}
	return field.ErrorList{field.NotSupported(path, value, allowed)}
}

// optional is oneOf for a value that may be left out.
func optional[T ~string](value T, path *field.Path, allowed ...T) field.ErrorList {
	if value == "" {
		return nil
	}
	return oneOf(value, path, allowed...)
}
