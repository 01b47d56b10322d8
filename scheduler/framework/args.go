package framework

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Args are the arguments of one plugin: a pointer to a plain struct with yaml tags.
type Args interface {
	// TypeOf is apiVersion and kind as written; both may be empty.
	TypeOf() *TypeMeta
	// SetDefaults fills in what was left out, as upstream's defaulting does.
	SetDefaults()
	// Validate reports every fault, with upstream's words and paths below path.
	Validate(path string) []error
}

// TypeMeta is what every args struct may carry in a configuration file.
type TypeMeta struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
}

// TypeOf returns the type written in the file.
func (t *TypeMeta) TypeOf() *TypeMeta { return t }

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
		switch v := e.Value.(type) {
		case string:
			b.WriteString(strconv.Quote(v))
		case int32, int64, int, bool:
			fmt.Fprintf(&b, "%v", v)
		default:
			text, _ := json.Marshal(v)
			b.Write(text)
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

// Child is the path of a field below path.
func Child(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// Index is the path of an element of a list.
func Index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
