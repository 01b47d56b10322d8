package scheduler

import (
	"fmt"
	"sort"
	"strings"

	"towtank.dev/towtank/scheduler/framework"
)

// noNodes is the text of a cycle in a cluster without nodes.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go ErrNoNodesAvailable.
const noNodes = "no nodes available to schedule pods"

// noteLimit is how long an event's text may be.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/events.go NoteLengthLimit.
const noteLimit = 1024

// Note cuts a cycle's message to what fits into an event.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go truncateMessage.
func Note(message string) string {
	if len(message) <= noteLimit {
		return message
	}
	const suffix = " ..."
	return message[:noteLimit-len(suffix)] + suffix
}

// fitMessage says why no node fits: each reason with the number of nodes it holds for.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go FitError.Error.
func (c *Core) fitMessage(postFilter string) string {
	s := &c.cycle
	var b strings.Builder
	fmt.Fprintf(&b, "0/%v nodes are available:", len(c.snapshot.Nodes))
	if s.preFilterMessage != "" {
		fmt.Fprintf(&b, " %v.", s.preFilterMessage)
	} else if reasons := c.histogram(); len(reasons) > 0 {
		fmt.Fprintf(&b, " %v.", strings.Join(reasons, ", "))
	}
	if postFilter != "" {
		fmt.Fprintf(&b, " %v", postFilter)
	}
	return b.String()
}

// histogram lists the reasons with their counts, sorted as text.
func (c *Core) histogram() []string {
	s := &c.cycle
	counts := map[string]int{}
	for status, count := range s.statusCounts() {
		for _, reason := range status.Reasons() {
			counts[reason] += count
		}
	}
	for _, reason := range s.absent.Reasons() {
		if absent := len(c.snapshot.Nodes) - len(s.rejected); absent > 0 {
			counts[reason] += absent
		}
	}
	out := make([]string, 0, len(counts))
	for reason, count := range counts {
		out = append(out, fmt.Sprintf("%v %v", count, reason))
	}
	sort.Strings(out)
	return out
}

// statusCounts counts the nodes of each verdict. Most nodes share one of a few statuses.
func (s *scratch) statusCounts() map[*framework.Status]int {
	counts := map[*framework.Status]int{}
	var last *framework.Status
	run := 0
	for _, n := range s.rejected {
		status := s.statuses[n.Index]
		if status != last {
			if run > 0 {
				counts[last] += run
			}
			last, run = status, 0
		}
		run++
	}
	if run > 0 {
		counts[last] += run
	}
	return counts
}

// blame records the plugin of a rejection, as far as the rejection has one.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go Diagnosis.AddPluginStatus.
func (s *scratch) blame(status *framework.Status) {
	if status.Plugin() == "" || !status.Rejected() {
		return
	}
	s.rejectors = insert(s.rejectors, status.Plugin())
	if status.Code() == framework.Pending {
		s.pending = insert(s.pending, status.Plugin())
	}
}

// blameAll records the plugins of all verdicts.
func (s *scratch) blameAll() {
	var last *framework.Status
	for _, n := range s.rejected {
		if status := s.statuses[n.Index]; status != last {
			s.blame(status)
			last = status
		}
	}
}
