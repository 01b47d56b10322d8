package manifest

import "towtank.dev/towtank/scenarios/decode"

// Sort says how bad a finding is. What to make of all but Broken is the caller's choice.
type Sort int

// The sorts of findings.
const (
	// Broken input cannot be taken at all.
	Broken Sort = iota
	// Invalid values can be taken, but the API server would refuse them.
	Invalid
	// Unmodelled kinds and fields are valid and have no effect on a run, though they would have one on a
	// real cluster.
	Unmodelled
	// NeedsPlugin is a pod that asks for what no plugin built so far sees to: it would be scheduled wrongly.
	NeedsPlugin
	// Accepted kinds are valid and have no effect on pods, here or on a real cluster without the programs that
	// read them: rights, routes, custom resources. They are left out.
	Accepted
)

// Finding is something that was found while reading.
type Finding struct {
	decode.Problem
	Sort Sort
	// Kind is the kind of the object; Field is the field without its place in lists, "" for a whole
	// object. Both are for counting: findings of equal Kind and Field are of a sort.
	Kind  string
	Field string
}
