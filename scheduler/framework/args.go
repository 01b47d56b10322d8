package framework

import (
	"fmt"
	"strconv"
	"strings"
)

// Args are the arguments of one plugin: a pointer to a plain struct with yaml tags.
type Args interface {
	// SetDefaults fills in what was left out, as upstream's defaulting does.
	SetDefaults()
	// Validate reports every fault, with upstream's words and paths below path.
	Validate(path string) []error
}

// FieldError is one fault of a configuration field, in upstream's words.
// Source: kubernetes v1.37.2 apimachinery pkg/util/validation/field/errors.go Error.
type FieldError struct {
	Path   string // profiles[0].pluginConfig[1].args.resources[0].weight
	Kind   string // "Invalid value", "Required value", ...
	Value  any    // nil when the kind shows none
	Detail string
}

// Error is the whole sentence, path first.
func (e *FieldError) Error() string { return e.Path + ": " + e.Message() }

// Message is the sentence without the path.
func (e *FieldError) Message() string {
	var b strings.Builder
	b.WriteString(e.Kind)
	if e.Value != nil {
		b.WriteString(": ")
		if s, ok := e.Value.(string); ok {
			b.WriteString(strconv.Quote(s))
		} else {
			fmt.Fprintf(&b, "%v", e.Value)
		}
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	return b.String()
}

// Invalid says that the value of a field cannot be used.
func Invalid(path string, value any, detail string) *FieldError {
	return &FieldError{Path: path, Kind: "Invalid value", Value: value, Detail: detail}
}

// Required says that a field is missing.
func Required(path, detail string) *FieldError {
	return &FieldError{Path: path, Kind: "Required value", Detail: detail}
}

// Duplicate says that a value stands twice.
func Duplicate(path string, value any) *FieldError {
	return &FieldError{Path: path, Kind: "Duplicate value", Value: value}
}

// Forbidden says that a field must not be there.
func Forbidden(path, detail string) *FieldError {
	return &FieldError{Path: path, Kind: "Forbidden", Detail: detail}
}

// NotSupported says that a value is none of the known ones.
func NotSupported(path, value string, known []string) *FieldError {
	quoted := make([]string, len(known))
	for i, k := range known {
		quoted[i] = strconv.Quote(k)
	}
	return &FieldError{Path: path, Kind: "Unsupported value", Value: value, Detail: "supported values: " + strings.Join(quoted, ", ")}
}
