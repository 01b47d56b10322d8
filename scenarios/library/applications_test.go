package library

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
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
	holdServices(t, m)
}

// holdServices holds the traffic of the day: what is lost in all, and what for.
func holdServices(t *testing.T, m *record.Memory) {
	t.Helper()
	if len(m.Services) != 11 {
		t.Fatalf("%d Services with traffic, want 11", len(m.Services))
	}
	for i := range m.Services {
		r := &m.Services[i]
		// 45 s to 51 s and the second of a sync until the nodes of the lost zone are given up; a start of a minute.
		near, far := 51+1+60.0, 50+60+300+60.0
		answered := r.Answered() / r.Asked
		switch failing := r.FailingFor.Seconds(); {
		case strings.HasPrefix(r.Name, "frontend") || r.Name == "checkoutservice":
			if failing > near || answered < 0.9990 {
				t.Errorf("%s failed for %.0f s, %.4f of its requests were answered", r.Name, failing, answered)
			}
		case failing > far || r.Gone > 0:
			t.Errorf("%s failed for %.0f s, %.0f requests met a pod that was gone", r.Name, failing, r.Gone)
		}
		// Two rollouts of six pods, each missed for up to a second by a fifth of at most 60 requests a second.
		if strings.HasPrefix(r.Name, "frontend") && (r.Gone == 0 || r.Gone > 2*6*60/5) {
			t.Errorf("%s lost %.0f requests to its rollouts", r.Name, r.Gone)
		}
	}
}
