package apiserver

import (
	"errors"
	"fmt"
)

// Reason is the class of a refusal, as metav1.StatusReason.
type Reason string

// The reasons for which the server refuses.
const (
	NotFound      Reason = "NotFound"
	AlreadyExists Reason = "AlreadyExists"
	Forbidden     Reason = "Forbidden"
	Conflict      Reason = "Conflict"
	Invalid       Reason = "Invalid"
	BadRequest    Reason = "BadRequest"
	// ServiceUnavailable: the server does not answer.
	ServiceUnavailable Reason = "ServiceUnavailable"
	// Unknown: what lies behind the server has failed.
	Unknown Reason = "Unknown"
)

// StatusError is a refusal in the API server's own words.
type StatusError struct {
	Reason  Reason
	Message string
}

// Error returns the message.
func (e *StatusError) Error() string { return e.Message }

// Is reports whether err is a refusal for that reason.
func Is(err error, reason Reason) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Reason == reason
}

// Source of the wording: kubernetes v1.37.2 apimachinery pkg/api/errors/errors.go NewNotFound,
// NewAlreadyExists, NewForbidden, NewConflict.

func notFound(r Resource, name string) error {
	return &StatusError{NotFound, fmt.Sprintf("%s %q not found", r, name)}
}

func alreadyExists(r Resource, name string) error {
	return &StatusError{AlreadyExists, fmt.Sprintf("%s %q already exists", r, name)}
}

func forbidden(r Resource, name, why string) error {
	return &StatusError{Forbidden, fmt.Sprintf("%s %q is forbidden: %s", r, name, why)}
}

func conflict(resource, name, why string) error {
	return &StatusError{Conflict, fmt.Sprintf("Operation cannot be fulfilled on %s %q: %s", resource, name, why)}
}
