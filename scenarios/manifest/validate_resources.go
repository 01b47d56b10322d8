package manifest

import (
	"fmt"
	"strings"

	v1 "k8s.io/api/core/v1"
	apiresource "k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/component-helpers/resource"

	"towtank.dev/towtank/model"
)

// validateResources checks requests against limits.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateResourceRequirements.
func validateResources(r *v1.ResourceRequirements, path *field.Path, names func(v1.ResourceName, *field.Path) field.ErrorList) field.ErrorList {
	var errs field.ErrorList
	computing, huge := false, false
	note := func(name v1.ResourceName) {
		computing = computing || name == v1.ResourceCPU || name == v1.ResourceMemory
		huge = huge || strings.HasPrefix(string(name), model.HugePagesPrefix)
	}
	for name, q := range r.Limits {
		note(name)
		at := path.Child("limits").Key(string(name))
		errs = append(append(errs, names(name, at)...), validateAmount(name, q, at)...)
	}
	for name, q := range r.Requests {
		note(name)
		at := path.Child("requests").Key(string(name))
		if limit, limited := r.Limits[name]; !limited || q.Cmp(limit) != 0 {
			errs = append(append(errs, names(name, at)...), validateAmount(name, q, at)...)
		}
		errs = append(errs, validateRequest(name, q, r.Limits, path)...)
	}
	if huge && !computing {
		errs = append(errs, field.Forbidden(path, "HugePages require cpu or memory"))
	}
	return errs
}

func validateRequest(name v1.ResourceName, q apiresource.Quantity, limits v1.ResourceList, path *field.Path) field.ErrorList {
	at := path.Child("requests").Key(string(name))
	limit, limited := limits[name]
	switch {
	case !limited && !overcommitAllowed(name):
		return field.ErrorList{field.Required(path.Child("limits").Key(string(name)), "Limit must be set for non overcommitable resources")}
	case limited && q.Cmp(limit) != 0 && !overcommitAllowed(name):
		return field.ErrorList{field.Invalid(at, q.String(), fmt.Sprintf("must be equal to %s limit of %s", name, limit.String()))}
	case limited && q.Cmp(limit) > 0:
		return field.ErrorList{field.Invalid(at, q.String(), fmt.Sprintf("must be less than or equal to %s limit of %s", name, limit.String()))}
	}
	return nil
}

// validateAmount refuses negative amounts, and fractions of what comes in pieces.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidateResourceQuantityValue.
func validateAmount(name v1.ResourceName, q apiresource.Quantity, path *field.Path) field.ErrorList {
	if q.Sign() < 0 {
		return field.ErrorList{field.Invalid(path, q.String(), "must be greater than or equal to 0")}
	}
	if (name == v1.ResourcePods || model.ExtendedResource(string(name))) && fromQuantity(q).Nanos != 0 {
		return field.ErrorList{field.Invalid(path, q.String(), "must be an integer")}
	}
	return nil
}

// standard are the names of resources that need no prefix.
// Source: kubernetes v1.37.2 pkg/apis/core/helper/helpers.go standardResources.
var standard = map[v1.ResourceName]bool{
	v1.ResourceCPU: true, v1.ResourceMemory: true, v1.ResourceEphemeralStorage: true, v1.ResourceStorage: true, v1.ResourcePods: true,
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateResourceName.
func validateResourceName(name v1.ResourceName, path *field.Path) field.ErrorList {
	if standard[name] {
		return nil
	}
	var errs field.ErrorList
	for _, message := range validation.IsQualifiedName(string(name)) {
		errs = append(errs, field.Invalid(path, name, message))
	}
	if len(errs) == 0 && !strings.Contains(string(name), "/") && !strings.HasPrefix(string(name), model.HugePagesPrefix) {
		errs = append(errs, field.Invalid(path, name, "must be a standard resource type or fully qualified"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateContainerResourceName.
func validateContainerResource(name v1.ResourceName, path *field.Path) field.ErrorList {
	errs := validateResourceName(name, path)
	if len(errs) == 0 && (name == v1.ResourcePods || name == v1.ResourceStorage) {
		errs = append(errs, field.Invalid(path, name, "must be a standard resource for containers"))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validatePodResourceName.
func validatePodResource(name v1.ResourceName, path *field.Path) field.ErrorList {
	errs := validateResourceName(name, path)
	if len(errs) == 0 && !resource.IsSupportedPodLevelResource(name) {
		errs = append(errs, field.NotSupported(path, name, []v1.ResourceName{v1.ResourceCPU, model.HugePagesPrefix + "*", v1.ResourceMemory}))
	}
	return errs
}

// tooLarge bounds what the containers of a pod may add up to: half of what an int64 holds, so that sums
// over a node's pods do not overflow either.
const tooLarge = 1 << 62

// validateSums refuses amounts that are fine one by one and overflow together.
func validateSums(s *v1.PodSpec, spec *field.Path) field.ErrorList {
	sums := map[v1.ResourceName]float64{}
	add := func(list v1.ResourceList) {
		for name, q := range list {
			sums[name] += float64(q.Value())
		}
	}
	add(s.Overhead)
	for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			add(list[i].Resources.Requests)
		}
	}
	var errs field.ErrorList
	for name, sum := range sums {
		if sum > tooLarge {
			errs = append(errs, field.Invalid(spec.Child("containers"), string(name), "requests add up to more than 4Ei"))
		}
	}
	return errs
}
