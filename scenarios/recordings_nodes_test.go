package scenarios

import (
	"testing"

	"towtank.dev/towtank/scenarios/timelinediff"
)

func TestARecordedStatefulSetIsOneOfTheSimulatedOnes(t *testing.T) {
	o := timelinediff.Defaults()
	holdAgainst(t, "statefulset", o, "statefulset", "statefulset/again")
}

// The scenarios begin 20 s before the first drain. The two recordings differ in when the second drain begins, which
// depends on how many pods stood on the first node.
func TestRecordedDrainsAreAmongTheSimulatedOnes(t *testing.T) {
	o := timelinediff.Defaults()
	o.Shift = -20
	holdAgainst(t, "drain", o, "drain")
	holdAgainst(t, "drain-again", o, "drain/again")
}

// The scenario begins 16.29 s before the node falls silent.
func TestARecordedSilentNodeIsOneOfTheSimulatedOnes(t *testing.T) {
	o := timelinediff.Defaults()
	o.From, o.Shift = 1, -16.29
	o.Slack = map[string]float64{"nodes": 5}
	holdAgainst(t, "notready", o, "notready")
}
