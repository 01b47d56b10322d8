package manifest

import (
	"fmt"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateQuota checks that scopes are known and fit together.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidateResourceQuotaSpec, validateScopedResourceSelectorRequirement.
func validateQuota(s *v1.ResourceQuotaSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	for name, q := range s.Hard {
		at := spec.Child("hard").Key(string(name))
		for _, message := range validation.IsQualifiedName(string(name)) {
			errs = append(errs, field.Invalid(at, name, message))
		}
		if q.Sign() < 0 {
			errs = append(errs, field.Invalid(at, q.String(), "must be greater than or equal to 0"))
		}
	}
	known := []v1.ResourceQuotaScope{v1.ResourceQuotaScopeBestEffort, v1.ResourceQuotaScopeCrossNamespacePodAffinity, v1.ResourceQuotaScopeNotBestEffort,
		v1.ResourceQuotaScopeNotTerminating, v1.ResourceQuotaScopePriorityClass, v1.ResourceQuotaScopeTerminating}
	for i, scope := range s.Scopes {
		errs = append(errs, oneOf(scope, spec.Child("scopes").Index(i), known...)...)
	}
	if s.ScopeSelector == nil {
		return errs
	}
	for i, e := range s.ScopeSelector.MatchExpressions {
		at := spec.Child("scopeSelector", "matchExpressions").Index(i)
		errs = append(errs, oneOf(e.ScopeName, at.Child("scopeName"), known...)...)
		errs = append(errs, oneOf(e.Operator, at.Child("operator"), v1.ScopeSelectorOpDoesNotExist, v1.ScopeSelectorOpExists, v1.ScopeSelectorOpIn, v1.ScopeSelectorOpNotIn)...)
		listed := e.Operator == v1.ScopeSelectorOpIn || e.Operator == v1.ScopeSelectorOpNotIn
		switch {
		case listed && len(e.Values) == 0:
			errs = append(errs, field.Required(at.Child("values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
		case !listed && len(e.Values) > 0:
			errs = append(errs, field.Invalid(at.Child("values"), strings.Join(e.Values, ","), "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"))
		}
	}
	return errs
}

// validateLimits checks that the amounts of an item lie in their order.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidateLimitRange.
func validateLimits(items []v1.LimitRangeItem, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := map[v1.LimitType]bool{}
	for i := range items {
		item, at := &items[i], path.Index(i)
		if item.Type == "" {
			errs = append(errs, field.Required(at.Child("type"), ""))
		}
		if seen[item.Type] {
			errs = append(errs, field.Duplicate(at.Child("type"), item.Type))
		}
		seen[item.Type] = true
		if item.Type == v1.LimitTypePod && len(item.Default)+len(item.DefaultRequest) > 0 {
			errs = append(errs, field.Forbidden(at.Child("default"), "may not be specified when `type` is 'Pod'"))
		}
		for _, pair := range [...]struct {
			low, high         v1.ResourceList
			lowName, highName string
		}{
			{item.Min, item.Max, "min", "max"}, {item.Min, item.DefaultRequest, "min", "default request"},
			{item.DefaultRequest, item.Max, "default request", "max"}, {item.DefaultRequest, item.Default, "default request", "default"},
			{item.Min, item.Default, "min", "default"}, {item.Default, item.Max, "default", "max"},
		} {
			errs = append(errs, validateOrder(pair.low, pair.high, pair.lowName, pair.highName, at)...)
		}
	}
	return errs
}

func validateOrder(low, high v1.ResourceList, lowName, highName string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for name, l := range low {
		if h, ok := high[name]; ok && l.Cmp(h) > 0 {
			at := map[string]string{"min": "min", "default request": "defaultRequest", "default": "default"}[lowName]
			errs = append(errs, field.Invalid(path.Child(at).Key(string(name)), l.String(),
				fmt.Sprintf("%s value %s is greater than %s value %s", lowName, l.String(), highName, h.String())))
		}
	}
	return errs
}
