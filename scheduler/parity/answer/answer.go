// Package answer is the document in which a scheduler tells what it decided, cycle by cycle.
//
// A field that does not apply is absent. Names in lists are in byte order unless the field
// says otherwise, so that two answers can be compared as they stand.
package answer

import (
	"bytes"
	"encoding/json"
)

// Document is the answer for one case folder.
type Document struct {
	Kubernetes string `json:"kubernetes,omitempty"`
	// PercentageOfNodesToScore is what each profile works with, 0 meaning adaptive.
	PercentageOfNodesToScore map[string]int32 `json:"percentageOfNodesToScore"`
	// NodeOrder is the order in which the scheduler walks the nodes.
	NodeOrder []string `json:"nodeOrder"`
	// Pods are in the order in which they were taken.
	Pods []Pod `json:"pods"`
	// Final holds the pods of each node that has any.
	Final    map[string][]string `json:"final"`
	Warnings []string            `json:"warnings,omitempty"`
}

// Results a pod can have.
const (
	Scheduled     = "scheduled"
	Unschedulable = "unschedulable"
	Gated         = "gated"
	Skipped       = "skipped"
	Error         = "error"
)

// Pod is what became of one pending pod.
type Pod struct {
	Pod    string `json:"pod"`
	Result string `json:"result"`
	Node   string `json:"node,omitempty"`
	// Message is the text of the pod's last event, cut to the length of an event's note.
	Message  string    `json:"message,omitempty"`
	Attempts []Attempt `json:"attempts,omitempty"`
}

// Attempt is one scheduling cycle.
type Attempt struct {
	NominatedNodeTriedFirst string            `json:"nominatedNodeTriedFirst,omitempty"`
	StartIndex              int               `json:"startIndex"`
	EvaluatedNodes          int               `json:"evaluatedNodes"`
	Feasible                []string          `json:"feasible"`
	Infeasible              map[string]Status `json:"infeasible,omitempty"`
	PreFilter               *Status           `json:"preFilter,omitempty"`
	PreFilterNodes          []string          `json:"preFilterNodes,omitempty"`
	NodesExcludedByPre      []string          `json:"nodesExcludedByPreFilter,omitempty"`
	SkippedFilterPlugins    []string          `json:"skippedFilterPlugins,omitempty"`
	SkippedScorePlugins     []string          `json:"skippedScorePlugins,omitempty"`
	Scores                  map[string]Score  `json:"scores,omitempty"`
	Best                    []string          `json:"best,omitempty"`
	Chosen                  string            `json:"chosen,omitempty"`
	RealChoice              string            `json:"realChoice,omitempty"`
	// Message is the whole text of the failure.
	Message              string      `json:"message,omitempty"`
	UnschedulablePlugins []string    `json:"unschedulablePlugins,omitempty"`
	Preemption           *Preemption `json:"preemption,omitempty"`
}

// Status is why a node, or all of them, cannot take the pod. Reasons are sorted.
type Status struct {
	Plugin  string   `json:"plugin,omitempty"`
	Code    string   `json:"code"`
	Reasons []string `json:"reasons,omitempty"`
}

// Score is a node's points: raw before normalising, weighted after normalising and weight.
type Score struct {
	Total    int64            `json:"total"`
	Weighted map[string]int64 `json:"weighted"`
	Raw      map[string]int64 `json:"raw"`
}

// Preemption is what the failed cycle did about making room.
type Preemption struct {
	Nominated string `json:"nominated,omitempty"`
	// Best are the candidates that tie by every criterion.
	Best []string `json:"best,omitempty"`
	// Victims are in upstream's order of importance, the most important first.
	Victims    []string             `json:"victims,omitempty"`
	Candidates map[string]Candidate `json:"candidates,omitempty"`
	Message    string               `json:"message,omitempty"`
}

// Candidate is one node on which preemption would make room.
type Candidate struct {
	Victims       []string `json:"victims"`
	PDBViolations int64    `json:"pdbViolations"`
}

// Marshal writes the document the way it is kept in files: one space of indent, a final
// newline and no HTML escapes.
func Marshal(d *Document) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(d); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
