package verify_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scheduler/parity/verify"
)

var stories = flag.Uint64("stories", 40, "how many random scenarios are verified")

func TestRandomStoriesAgreeToTheirEnd(t *testing.T) {
	var sum verify.Report
	for seed := uint64(1); seed <= *stories; seed++ {
		file := filepath.Join(t.TempDir(), "story.yaml")
		if err := os.WriteFile(file, storyOf(seed), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := scenarios.Load([]string{file}, scenarios.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		r, err := verify.Scenario(s, verify.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if r.Found != nil {
			var said strings.Builder
			r.Write(&said)
			t.Fatalf("seed %d:\n%s\n%s", seed, said.String(), storyOf(seed))
		}
		sum.Cycles += r.Cycles
		sum.Scheduled += r.Scheduled
		sum.Unschedulable += r.Unschedulable
		sum.Failed += r.Failed
		sum.Preemptions += r.Preemptions
		sum.Ties += r.Ties
	}
	t.Logf("%d stories: %d cycles, %d scheduled, %d unschedulable, %d errors, %d preemptions, %d ties",
		*stories, sum.Cycles, sum.Scheduled, sum.Unschedulable, sum.Failed, sum.Preemptions, sum.Ties)
	// A story in which nothing happens proves nothing.
	for name, n := range map[string]int{"scheduled": sum.Scheduled, "unschedulable": sum.Unschedulable, "preemptions": sum.Preemptions, "ties": sum.Ties} {
		if uint64(n) < *stories {
			t.Errorf("%d %s in %d stories", n, name, *stories)
		}
	}
}
