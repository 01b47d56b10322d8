package manifest

import (
	"strings"

	v1 "k8s.io/api/core/v1"
	api "k8s.io/apimachinery/pkg/api/validation"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidateNode, validateNodeTaints.
func validateNode(n *v1.Node) field.ErrorList {
	errs := validateTaints(n.Spec.Taints, field.NewPath("spec", "taints"))
	status := field.NewPath("status")
	errs = append(errs, validateAmounts(n.Status.Capacity, status.Child("capacity"))...)
	errs = append(errs, validateAmounts(n.Status.Allocatable, status.Child("allocatable"))...)
	for i := range n.Status.Images {
		path := status.Child("images").Index(i)
		errs = append(errs, api.ValidateNonnegativeField(n.Status.Images[i].SizeBytes, path.Child("sizeBytes"))...)
	}
	for i := range n.Status.Conditions {
		path := status.Child("conditions").Index(i).Child("status")
		errs = append(errs, oneOf(n.Status.Conditions[i].Status, path, v1.ConditionTrue, v1.ConditionFalse, v1.ConditionUnknown)...)
	}
	return errs
}

func validateTaints(taints []v1.Taint, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	type pair struct {
		key    string
		effect v1.TaintEffect
	}
	seen := map[pair]bool{}
	for i := range taints {
		t, at := &taints[i], path.Index(i)
		errs = append(errs, metavalidation.ValidateLabelName(t.Key, at.Child("key"))...)
		if messages := validation.IsValidLabelValue(t.Value); len(messages) != 0 {
			errs = append(errs, field.Invalid(at.Child("value"), t.Value, strings.Join(messages, ";")))
		}
		errs = append(errs, oneOf(t.Effect, at.Child("effect"), effects...)...)
		if seen[pair{t.Key, t.Effect}] {
			twice := field.Duplicate(at, t.Key+":"+string(t.Effect))
			twice.Detail = "taints must be unique by key and effect pair"
			errs = append(errs, twice)
		}
		seen[pair{t.Key, t.Effect}] = true
	}
	return errs
}

var effects = []v1.TaintEffect{v1.TaintEffectNoSchedule, v1.TaintEffectPreferNoSchedule, v1.TaintEffectNoExecute}

// validateAmounts checks the amounts of a list that is no request.
func validateAmounts(list v1.ResourceList, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for name, q := range list {
		errs = append(errs, validateResourceName(name, path.Key(string(name)))...)
		errs = append(errs, validateAmount(name, q, path.Key(string(name)))...)
	}
	return errs
}
