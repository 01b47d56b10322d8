package world_test

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

func TestADeletedPodIsGoneInItsRowAndFreesItsNodeOnce(t *testing.T) {
	cfg := config(node("n-1", 4), node("n-2", 4), pod("web"), pod("other"))
	cfg.UntilIdle, cfg.Duration = false, 5*time.Minute
	cfg.Timeline = []world.Entry{at(time.Minute, &verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Namespace: "default", Name: "web"}})}
	m := run(t, cfg)
	web := m.pods[0]
	// The container stops at once on SIGTERM, with code 143.
	if web.Name != "web" || !web.Gone || web.Phase != "Failed" || web.ExitCode != 143 || web.Ended != sim.At(time.Minute) {
		t.Errorf("the deleted pod: %+v", web)
	}
	if other := m.pods[1]; other.Gone || other.Phase != "Running" {
		t.Errorf("the pod that was left alone: %+v", other)
	}
	// Bound after 11 ms, web for 60 s less that, other for 300 s less that; the two stand on nodes of their own.
	if used, want := m.footer.Used, (60+300-2*0.011)/300; used.Max != 2 || used.Min != 0 || used.Mean-want > 0.01 || want-used.Mean > 0.01 {
		t.Errorf("nodes in use %+v, want 2 at most, %.4f on average", used, want)
	}
	if got := m.footer.Totals[0].Requested; got < 359 || got > 360 { // core·seconds: 60 + 300
		t.Errorf("requested %v core-seconds", got)
	}
}
