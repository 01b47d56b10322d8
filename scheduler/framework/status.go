package framework

import "strings"

// Code says how a plugin call went.
// Source: kubernetes v1.37.2 staging kube-scheduler framework/interface.go Code.
type Code uint8

// The codes, with upstream's meaning.
const (
	// Success: the plugin has no objection. A nil *Status means the same.
	Success Code = iota
	// Error: an internal failure, such as a selector that cannot be parsed.
	Error
	// Unschedulable: the pod does not fit now; preemption may help.
	Unschedulable
	// UnschedulableAndUnresolvable: the pod does not fit, and preemption would not help.
	UnschedulableAndUnresolvable
	// Wait: Permit wants the pod to wait.
	Wait
	// Skip: PreFilter or PreScore has nothing to do for this pod; Bind leaves the pod to others.
	Skip
	// Pending: the plugin waits for something outside; the pod needs no backoff when it comes.
	Pending
)

var codeNames = [...]string{"Success", "Error", "Unschedulable", "UnschedulableAndUnresolvable", "Wait", "Skip", "Pending"}

// String is upstream's name of the code.
func (c Code) String() string { return codeNames[c] }

// Status is a plugin's verdict. Statuses are immutable and meant to be made once and returned often:
// a filter that allocates per node is too slow.
type Status struct {
	code    Code
	plugin  string
	reasons []string
}

// NewStatus makes a status of the plugin with the reasons that people will read.
func NewStatus(plugin string, code Code, reasons ...string) *Status {
	return &Status{code: code, plugin: plugin, reasons: reasons}
}

// Code is Success for nil.
func (s *Status) Code() Code {
	if s == nil {
		return Success
	}
	return s.code
}

// Plugin names the plugin whose verdict this is, "" for nil.
func (s *Status) Plugin() string {
	if s == nil {
		return ""
	}
	return s.plugin
}

// Reasons are the sentences shown to people; not to be written to.
func (s *Status) Reasons() []string {
	if s == nil {
		return nil
	}
	return s.reasons
}

// Message is the reasons in one line.
func (s *Status) Message() string { return strings.Join(s.Reasons(), ", ") }

// OK says whether the status is Success.
func (s *Status) OK() bool { return s == nil || s.code == Success }

// Skipped says whether the status is Skip.
func (s *Status) Skipped() bool { return s != nil && s.code == Skip }

// Rejected says whether the status is one of the rejections: Unschedulable,
// UnschedulableAndUnresolvable or Pending.
func (s *Status) Rejected() bool {
	c := s.Code()
	return c == Unschedulable || c == UnschedulableAndUnresolvable || c == Pending
}
