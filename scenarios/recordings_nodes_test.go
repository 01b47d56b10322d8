package scenarios

import (
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios/timelinediff"
)

// holdBut has a recording be a plausible member of a scenario's ensemble, but for what is known to differ: the
// beginnings of the differences, each with its reason in docs/fidelity.md.
func holdBut(t *testing.T, name string, o timelinediff.Options, recording string, known ...string) {
	t.Helper()
	wantsManyRuns(t)
	rows := recorded(t, recording)
	r := timelinediff.Compare(timelinediff.Recorded(rows, o), ensemble(t, name, o))
	t.Logf("%s: %s", recording, r)
	if r.Facts == 0 {
		t.Errorf("%s: nothing was compared", recording)
	}
	for _, d := range r.Differences {
		if slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(d, k) }) {
			t.Logf("known: %s", d)
			continue
		}
		t.Errorf("%s: %s", recording, d)
	}
}

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

// The scenario begins 16.29 s before the node falls silent. The recorded node has no real kubelet: one that hears of a
// deletion says once more that the pod is ready while it stops, that one says nothing.
func TestARecordedSilentNodeIsOneOfTheSimulatedOnes(t *testing.T) {
	o := timelinediff.Defaults()
	o.From, o.Shift = 1, -16.29
	o.Slack = map[string]float64{"nodes": 5}
	holdBut(t, "notready", o, "notready", "pods/notready/db-3: history", "pods/notready/web/rs0/pod: history")
}
