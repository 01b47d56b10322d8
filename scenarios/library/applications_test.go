package library

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// What docs/applications.md says of a day of Online Boutique, where its manifests are at hand.
func TestLibraryBoutiqueLivesThroughItsDay(t *testing.T) {
	bundle := filepath.Join(cmp.Or(os.Getenv("TOWTANK_SHARED"), "../../../shared"), "traces/k8s-apps/online-boutique.yaml")
	if _, err := os.Stat(bundle); err != nil {
		t.Skip("the manifests of Online Boutique are not here")
	}
	s, err := scenarios.Load([]string{"../../examples/applications/boutique.yaml", bundle}, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := new(record.Memory)
	if _, err := world.Run(s.Config, world.RunOptions{Sinks: []record.Sink{record.Multi(m)}}); err != nil {
		t.Fatal(err)
	}
	if len(m.Workloads) != 12 {
		t.Errorf("%d workloads, want the 12 Deployments", len(m.Workloads))
	}
	moved := 0
	for _, w := range m.Workloads {
		if w.Available != w.Wanted || w.RollingOut {
			t.Errorf("%s has %d of %d pods at the end, rolling out %v", w.Name, w.Available, w.Wanted, w.RollingOut)
		}
		// One pod: a start of less than a minute; in the lost zone 50 s until its node is given up, 60 s at most
		// until that is tainted, 300 s of toleration and a start anew.
		switch below := w.BelowFor.Seconds(); {
		case w.Wanted == 1 && below > 300:
			moved++
			if below > 50+60+300+60 {
				t.Errorf("%s was away for %.0f s", w.Name, below)
			}
		case w.Wanted == 1 && below > 60:
			t.Errorf("%s was away for %.0f s, and neither started nor moved", w.Name, below)
		}
	}
	if moved == 0 {
		t.Error("nothing had to move from the lost zone")
	}
}
