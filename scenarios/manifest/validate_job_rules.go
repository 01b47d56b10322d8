package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Bounds of indexed jobs.
// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go maxParallelismForIndexedJob and its neighbours.
const (
	maxIndexed           = 100_000
	softIndexed          = 100_000
	maxFailedIndexes     = 100_000
	maxParallelAboveSoft = 10_000
	maxFailedAboveSoft   = 10_000
)

// validateIndexed checks what belongs to indexed jobs alone.
func validateIndexed(s *batchv1.JobSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	add := func(name string, value int32, message string) {
		errs = append(errs, field.Invalid(spec.Child(name), value, message))
	}
	if text(s.CompletionMode) != string(batchv1.IndexedCompletion) {
		if s.BackoffLimitPerIndex != nil {
			add("backoffLimitPerIndex", *s.BackoffLimitPerIndex, "requires indexed completion mode")
		}
		if s.MaxFailedIndexes != nil {
			add("maxFailedIndexes", *s.MaxFailedIndexes, "requires indexed completion mode")
		}
		if s.SuccessPolicy != nil {
			errs = append(errs, field.Invalid(spec.Child("successPolicy"), field.OmitValueType{}, "requires indexed completion mode"))
		}
		return errs
	}
	if s.Completions == nil {
		return append(errs, field.Required(spec.Child("completions"), "when completion mode is Indexed"))
	}
	if s.Parallelism != nil && *s.Parallelism > maxIndexed {
		add("parallelism", *s.Parallelism, fmt.Sprintf("must be less than or equal to %d when completion mode is Indexed", maxIndexed))
	}
	if m := s.MaxFailedIndexes; m != nil && *m > *s.Completions {
		add("maxFailedIndexes", *m, "must be less than or equal to completions")
	}
	if m := s.MaxFailedIndexes; m != nil && *m > maxFailedIndexes {
		add("maxFailedIndexes", *m, fmt.Sprintf("must be less than or equal to %d", maxFailedIndexes))
	}
	if *s.Completions > softIndexed && s.BackoffLimitPerIndex != nil {
		switch m := s.MaxFailedIndexes; {
		case m == nil:
			errs = append(errs, field.Required(spec.Child("maxFailedIndexes"), fmt.Sprintf("must be specified when completions is above %d", softIndexed)))
		case *m > maxFailedAboveSoft:
			add("maxFailedIndexes", *m, fmt.Sprintf("must be less than or equal to %d when completions are above %d and used with backoff limit per index", maxFailedAboveSoft, softIndexed))
		}
		if s.Parallelism != nil && *s.Parallelism > maxParallelAboveSoft {
			add("parallelism", *s.Parallelism, fmt.Sprintf("must be less than or equal to %d when completions are above %d and used with backoff limit per index", maxParallelAboveSoft, softIndexed))
		}
	}
	return append(errs, validateSuccessPolicy(s, spec.Child("successPolicy", "rules"))...)
}

// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go validateSuccessPolicy, validateIndexesFormat.
func validateSuccessPolicy(s *batchv1.JobSpec, path *field.Path) field.ErrorList {
	if s.SuccessPolicy == nil {
		return nil
	}
	if len(s.SuccessPolicy.Rules) == 0 {
		return field.ErrorList{field.Required(path, "at least one rules must be specified when the successPolicy is specified")}
	}
	var errs field.ErrorList
	for i, r := range s.SuccessPolicy.Rules {
		at := path.Index(i)
		if r.SucceededCount == nil && r.SucceededIndexes == nil {
			errs = append(errs, field.Required(at, "at least one of succeededCount or succeededIndexes must be specified"))
		}
		var total int32
		if r.SucceededIndexes != nil {
			var message string
			if total, message = countIndexes(*r.SucceededIndexes, *s.Completions); message != "" {
				errs = append(errs, field.Invalid(at.Child("succeededIndexes"), *r.SucceededIndexes, "error parsing succeededIndexes: "+message))
			}
		}
		if n := r.SucceededCount; n != nil {
			count := at.Child("succeededCount")
			errs = append(errs, nonnegative(n, count)...)
			if *n > *s.Completions {
				errs = append(errs, field.Invalid(count, *n, fmt.Sprintf("must be less than or equal to %d (the number of specified completions)", *s.Completions)))
			}
			if r.SucceededIndexes != nil && *n > total {
				errs = append(errs, field.Invalid(count, *n, fmt.Sprintf("must be less than or equal to %d (the number of indexes in the specified succeededIndexes field)", total)))
			}
		}
	}
	return errs
}

// countIndexes counts the indexes in a text such as "0,2-4", or says what is wrong with it.
// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go validateIndexesFormat, parseIndexInterval.
func countIndexes(text string, completions int32) (total int32, fault string) {
	if text == "" {
		return 0, ""
	}
	last := -1
	for _, part := range strings.Split(text, ",") {
		ends := strings.Split(part, "-")
		if len(ends) > 2 {
			return 0, fmt.Sprintf("the fragment %q violates the requirement that an index interval can have at most two parts separated by '-'", part)
		}
		var numbers [2]int
		for i, end := range ends {
			n, err := strconv.Atoi(end)
			if err != nil {
				return 0, fmt.Sprintf("cannot convert string to integer for index: %q", end)
			}
			if n >= int(completions) {
				return 0, fmt.Sprintf("too large index: %q", end)
			}
			numbers[i] = n
		}
		low, high := numbers[0], numbers[len(ends)-1]
		if len(ends) == 2 && low >= high {
			return 0, fmt.Sprintf("non-increasing order, previous: %d, current: %d", low, high)
		}
		if last >= low {
			return 0, fmt.Sprintf("non-increasing order, previous: %d, current: %d", last, low)
		}
		total, last = total+int32(high-low+1), high
	}
	return total, ""
}

// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go validatePodFailurePolicyRule and those it calls.
func validateFailurePolicy(s *batchv1.JobSpec, path *field.Path) field.ErrorList {
	const most = 20
	var errs field.ErrorList
	if n := len(s.PodFailurePolicy.Rules); n > most {
		errs = append(errs, field.TooMany(path, n, most))
	}
	for i := range s.PodFailurePolicy.Rules {
		r, at := &s.PodFailurePolicy.Rules[i], path.Index(i)
		errs = append(errs, oneOf(r.Action, at.Child("action"), batchv1.PodFailurePolicyActionCount, batchv1.PodFailurePolicyActionFailIndex,
			batchv1.PodFailurePolicyActionFailJob, batchv1.PodFailurePolicyActionIgnore)...)
		if r.Action == batchv1.PodFailurePolicyActionFailIndex && s.BackoffLimitPerIndex == nil {
			errs = append(errs, field.Invalid(at.Child("action"), r.Action, "requires the backoffLimitPerIndex to be set"))
		}
		switch {
		case r.OnExitCodes != nil && len(r.OnPodConditions) > 0:
			errs = append(errs, field.Invalid(at, field.OmitValueType{}, "specifying both OnExitCodes and OnPodConditions is not supported"))
		case r.OnExitCodes == nil && len(r.OnPodConditions) == 0:
			errs = append(errs, field.Invalid(at, field.OmitValueType{}, "specifying one of OnExitCodes and OnPodConditions is required"))
		}
		if r.OnExitCodes != nil {
			errs = append(errs, validateExitCodes(s, r.OnExitCodes, at.Child("onExitCodes"))...)
		}
		for j, c := range r.OnPodConditions {
			on := at.Child("onPodConditions").Index(j)
			for _, message := range validation.IsQualifiedName(string(c.Type)) {
				errs = append(errs, field.Invalid(on.Child("type"), c.Type, message))
			}
			errs = append(errs, oneOf(c.Status, on.Child("status"), v1.ConditionFalse, v1.ConditionTrue, v1.ConditionUnknown)...)
		}
	}
	return errs
}

func validateExitCodes(s *batchv1.JobSpec, r *batchv1.PodFailurePolicyOnExitCodesRequirement, path *field.Path) field.ErrorList {
	errs := oneOf(r.Operator, path.Child("operator"), batchv1.PodFailurePolicyOnExitCodesOpIn, batchv1.PodFailurePolicyOnExitCodesOpNotIn)
	if name := text(r.ContainerName); name != "" {
		known := false
		for _, list := range [][]v1.Container{s.Template.Spec.InitContainers, s.Template.Spec.Containers} {
			for i := range list {
				known = known || list[i].Name == name
			}
		}
		if !known {
			errs = append(errs, field.Invalid(path.Child("containerName"), name, "must be one of the container or initContainer names in the pod template"))
		}
	}
	values := path.Child("values")
	if len(r.Values) == 0 {
		return append(errs, field.Invalid(values, "", "at least one value is required"))
	}
	seen := map[int32]bool{}
	for i, code := range r.Values {
		if r.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn && code == 0 {
			errs = append(errs, field.Invalid(values.Index(i), code, "must not be 0 for the In operator"))
		}
		if seen[code] {
			errs = append(errs, field.Duplicate(values.Index(i), code))
		}
		seen[code] = true
	}
	if !slices.IsSorted(r.Values) {
		errs = append(errs, field.Invalid(values, fmt.Sprint(r.Values), "must be ordered"))
	}
	return errs
}
