package framework

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// Candidate is a node on which a pod would fit if the victims were not there.
type Candidate struct {
	Node string
	// Victims are in order of importance, the most important first.
	Victims []*model.Pod
	// Violations counts the victims whose eviction violates a disruption budget.
	Violations int
	// Lost is what it has against it beside the one that is chosen, "" for the equal of that; only in cycles
	// that are explained.
	Lost string
}

// FitMessage says why none of so many nodes fits: each reason with the number of statuses that give it,
// sorted as text. Nodes without a status have the reason absent.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go FitError.Error.
func FitMessage(nodes int, statuses []*Status, absent string) string {
	counts := map[string]int{}
	for _, status := range statuses {
		for _, reason := range status.Reasons() {
			counts[reason]++
		}
	}
	if len(statuses) < nodes {
		counts[absent] += nodes - len(statuses)
	}
	reasons := make([]string, 0, len(counts))
	for reason, count := range counts {
		reasons = append(reasons, fmt.Sprintf("%v %v", count, reason))
	}
	slices.Sort(reasons)
	message := fmt.Sprintf("0/%v nodes are available:", nodes)
	if len(reasons) > 0 {
		message += fmt.Sprintf(" %v.", strings.Join(reasons, ", "))
	}
	return message
}

// Aggregate words several errors as one, each text once.
// Source: kubernetes v1.37.2 apimachinery pkg/util/errors/errors.go aggregate.Error.
func Aggregate(faults []string) string {
	var once []string
	for _, fault := range faults {
		if !slices.Contains(once, fault) {
			once = append(once, fault)
		}
	}
	if len(once) == 1 {
		return once[0]
	}
	return "[" + strings.Join(once, ", ") + "]"
}
