package place

// Result is what became of every pending pod. As JSON a field that does not apply is absent; lists of
// names are sorted, NodeOrder and Pods excepted.
type Result struct {
	// PercentageOfNodesToScore is what each profile works with, 0 meaning adaptive.
	PercentageOfNodesToScore map[string]int32 `json:"percentageOfNodesToScore"`
	// NodeOrder is the order in which nodes are searched.
	NodeOrder []string `json:"nodeOrder"`
	// Pods are in the order in which they were taken.
	Pods []Pod `json:"pods"`
	// Final lists the pods of each node that has any.
	Final    map[string][]string `json:"final"`
	Warnings []string            `json:"warnings,omitempty"`
}

// The results that a pod can have beside those of a cycle.
const (
	Gated   = "gated"
	Skipped = "skipped"
)

// Pod is what became of one pending pod.
type Pod struct {
	Pod    string `json:"pod"` // namespace/name
	Result string `json:"result"`
	Node   string `json:"node,omitempty"`
	// Message is the text of the pod's event, cut to the length of one.
	Message  string    `json:"message,omitempty"`
	Attempts []Attempt `json:"attempts,omitempty"`
}

// Attempt is one scheduling cycle.
type Attempt struct {
	NominatedNodeTriedFirst string `json:"nominatedNodeTriedFirst,omitempty"`
	// StartIndex is where in NodeOrder the search began.
	StartIndex               int               `json:"startIndex"`
	EvaluatedNodes           int               `json:"evaluatedNodes"`
	Feasible                 []string          `json:"feasible"`
	Infeasible               map[string]Status `json:"infeasible,omitempty"`
	PreFilter                *Status           `json:"preFilter,omitempty"`
	PreFilterNodes           []string          `json:"preFilterNodes,omitempty"`
	NodesExcludedByPreFilter []string          `json:"nodesExcludedByPreFilter,omitempty"`
	SkippedFilterPlugins     []string          `json:"skippedFilterPlugins,omitempty"`
	SkippedScorePlugins      []string          `json:"skippedScorePlugins,omitempty"`
	Scores                   map[string]Score  `json:"scores,omitempty"`
	// Best are the nodes that tie for the best total.
	Best   []string `json:"best,omitempty"`
	Chosen string   `json:"chosen,omitempty"`
	// RealChoice is the one kube-scheduler would take.
	RealChoice           string   `json:"realChoice,omitempty"`
	Message              string   `json:"message,omitempty"`
	UnschedulablePlugins []string `json:"unschedulablePlugins,omitempty"`
	// Preemption is what was done about making room.
	Preemption *Preemption `json:"preemption,omitempty"`
}

// Preemption is what a failed cycle did about making room.
type Preemption struct {
	Nominated string `json:"nominated,omitempty"`
	// Best are the candidates that are equal by every criterion.
	Best []string `json:"best,omitempty"`
	// Victims are in order of importance, the most important first.
	Victims    []string             `json:"victims,omitempty"`
	Candidates map[string]Candidate `json:"candidates,omitempty"`
	Message    string               `json:"message,omitempty"`
}

// Candidate is a node on which evicting the victims would make room.
type Candidate struct {
	Victims []string `json:"victims"`
	// PDBViolations counts the victims that a disruption budget protects.
	PDBViolations int `json:"pdbViolations"`
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
