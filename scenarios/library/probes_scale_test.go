package library

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// A copy of examples/scale/probes.yaml with 200 containers for two hours, of which 20 flap: every call of every
// probe is made, or only those that are seen.
func TestLibraryASmallerCopyOfAHundredAndFiftyThousandContainersIsTheSame(t *testing.T) {
	text, err := os.ReadFile("../../examples/scale/probes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(t.TempDir(), "probes.yaml")
	fewer := strings.NewReplacer("count: 5000,", "count: 8,", "count: 149850\n", "count: 180\n", "count: 150\n", "count: 20\n", "duration: 24h", "duration: 2h")
	if err := os.WriteFile(small, []byte(fewer.Replace(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Load([]string{small}, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var kept [2]record.Memory
	var events [2]uint64
	for i := range kept {
		footer, err := world.Run(s.Config, world.RunOptions{Sinks: []record.Sink{record.Multi(&kept[i])}, EveryProbe: i == 1})
		if err != nil {
			t.Fatal(err)
		}
		events[i] = footer.Events
		kept[i].Footer.Events, kept[i].Footer.Fingerprint = 0, ""
	}
	// Each of 200 containers is called every 10 s and every 5 s for two hours: 200 × (720 + 1440) = 432,000.
	if events[1] < events[0]+400_000 {
		t.Errorf("%d events, and %d with every call", events[0], events[1])
	}
	if !reflect.DeepEqual(kept[0], kept[1]) {
		t.Error("with every call of every probe the run leaves another record")
	}
}
