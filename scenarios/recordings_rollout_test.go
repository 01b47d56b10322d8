package scenarios

import (
	"math"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/timelinediff"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// The scenario begins 2.4 s before the recording, with its nodes.
func TestARecordedRolloutIsOneOfTheSimulatedOnes(t *testing.T) {
	o := timelinediff.Defaults()
	o.From, o.Shift = 1, -2.4
	holdAgainst(t, "rollout", o, "rollout", "rollout/again")
}

// A real control plane takes 250 s, most of which its controllers wait for the limits of their clients.
func TestFiveThousandPodsAreAvailableWhenTheyReallyAre(t *testing.T) {
	s, err := Load([]string{"testdata/reference/five-thousand.yaml"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var made, available sim.Time
	_, err = world.Run(s.Config, world.RunOptions{Watch: func(now sim.Time, _, kind string, o model.Object) {
		d, ok := o.(*model.Deployment)
		if ok && kind == "ADDED" {
			made = now
		}
		if ok && available == 0 && d.Status.AvailableReplicas == 5000 {
			available = now
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	const real = 250.
	if took := available.Sub(made).Seconds(); math.Abs(took-real) > 0.05*real {
		t.Errorf("took %.1f s, want %v s within 5 %%", took, real)
	}
}
