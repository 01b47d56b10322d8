package scenarios

import (
	"testing"

	"towtank.dev/towtank/scenarios/timelinediff"
)

// The scenario begins 2.4 s before the recording, with its nodes.
func TestARecordedRolloutIsOneOfTheSimulatedOnes(t *testing.T) {
	o := timelinediff.Defaults()
	o.From, o.Shift = 1, -2.4
	holdAgainst(t, "rollout", o, "rollout", "rollout/again")
}
