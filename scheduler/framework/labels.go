package framework

import (
	"regexp"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
)

// Formats of names and labels, as they are quoted in messages.
// Source: kubernetes v1.37.2 apimachinery pkg/api/validate/content/kube.go, dns.go.
const (
	labelKeyFormat   = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
	labelValueFormat = "(" + labelKeyFormat + ")?"
	dnsLabelFormat   = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
	subdomainFormat  = dnsLabelFormat + "(\\." + dnsLabelFormat + ")*"

	labelKeyMessage   = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
	labelValueMessage = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
	subdomainMessage  = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
)

var (
	labelKeyPattern   = regexp.MustCompile("^" + labelKeyFormat + "$")
	labelValuePattern = regexp.MustCompile("^" + labelValueFormat + "$")
	subdomainPattern  = regexp.MustCompile("^" + subdomainFormat + "$")
)

// regexMessage says what a name must look like, with examples.
func regexMessage(message, format string, examples ...string) string {
	return message + " (e.g. '" + strings.Join(examples, "',  or '") + "', regex used for validation is '" + format + "')"
}

// LabelKeyFaults says what is wrong with a label key (a qualified name), nothing when it is valid.
// Source: kubernetes v1.37.2 apimachinery pkg/api/validate/content/kube.go IsLabelKey.
func LabelKeyFaults(key string) []string {
	var faults []string
	format := regexMessage(labelKeyMessage, labelKeyFormat, "MyName", "my.name", "123-abc")
	prefix, name, has := strings.Cut(key, "/")
	switch {
	case !has:
		name = key
	case strings.Contains(name, "/"):
		return []string{"a valid label key " + format + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"}
	case prefix == "":
		faults = append(faults, "prefix part must be non-empty")
	default:
		for _, fault := range subdomainFaults(prefix) {
			faults = append(faults, "prefix part "+fault)
		}
	}
	if name == "" {
		faults = append(faults, "name part must be non-empty")
	} else if len(name) > 63 {
		faults = append(faults, "name part must be no more than 63 bytes")
	}
	if !labelKeyPattern.MatchString(name) {
		faults = append(faults, "name part "+format)
	}
	return faults
}

func subdomainFaults(s string) []string {
	var faults []string
	if len(s) > 253 {
		faults = append(faults, "must be no more than 253 bytes")
	}
	if !subdomainPattern.MatchString(s) {
		faults = append(faults, regexMessage(subdomainMessage, subdomainFormat, "example.com"))
	}
	return faults
}

// LabelValueFaults says what is wrong with a label value, nothing when it is valid.
// Source: kubernetes v1.37.2 apimachinery pkg/api/validate/content/kube.go IsLabelValue.
func LabelValueFaults(value string) []string {
	var faults []string
	if len(value) > 63 {
		faults = append(faults, "must be no more than 63 bytes")
	}
	if !labelValuePattern.MatchString(value) {
		faults = append(faults, regexMessage(labelValueMessage, labelValueFormat, "MyValue", "my_value", "12345"))
	}
	return faults
}

// ValidateLabelKey reports each fault of a label key at path.
func ValidateLabelKey(key, path string) []error {
	var errs []error
	for _, fault := range LabelKeyFaults(key) {
		errs = append(errs, Invalid(path, key, fault))
	}
	return errs
}

// ValidateRequirement reports what upstream cannot parse of one matchExpressions entry of a node
// selector at path.
// Source: kubernetes v1.37.2 apimachinery pkg/labels/selector.go NewRequirement.
func ValidateRequirement(r *model.Requirement, path string) []error {
	var errs []error
	if faults := LabelKeyFaults(r.Key); len(faults) > 0 {
		errs = append(errs, Invalid(Child(path, "key"), r.Key, strings.Join(faults, "; ")))
	}
	values := Child(path, "values")
	switch r.Operator {
	case model.OpIn, model.OpNotIn:
		if len(r.Values) == 0 {
			errs = append(errs, Invalid(values, r.Values, "for 'in', 'notin' operators, values set can't be empty"))
		}
	case model.OpExists, model.OpDoesNotExist:
		if len(r.Values) != 0 {
			errs = append(errs, Invalid(values, r.Values, "values set must be empty for exists and does not exist"))
		}
	case model.OpGt, model.OpLt:
		errs = append(errs, validateBound(r.Values, values)...)
	default:
		known := []string{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}
		return append(errs[:0], NotSupported(Child(path, "operator"), string(r.Operator), known))
	}
	for i, value := range r.Values {
		if faults := LabelValueFaults(value); len(faults) > 0 {
			errs = append(errs, Invalid(Index(values, i)+"["+r.Key+"]", value, strings.Join(faults, "; ")))
		}
	}
	return errs
}

// validateBound checks the one integer that Gt and Lt need.
func validateBound(bounds []string, path string) []error {
	var errs []error
	if len(bounds) != 1 {
		errs = append(errs, Invalid(path, bounds, "for 'Gt', 'Lt' operators, exactly one value is required"))
	}
	for i, bound := range bounds {
		if _, err := strconv.ParseInt(bound, 10, 64); err != nil {
			errs = append(errs, Invalid(Index(path, i), bound, "for 'Gt', 'Lt' operators, the value must be an integer"))
		}
	}
	return errs
}
