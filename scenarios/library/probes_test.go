package library

import (
	"reflect"
	"testing"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// A kubelet works out the next call of a probe that changes anything. One that makes every call leaves the
// same record, but for the number of events and their fingerprint.
func TestLibraryRunsTheSameWhenEveryProbeIsMade(t *testing.T) {
	more := 0
	for _, file := range files(t) {
		s, err := scenarios.Load([]string{file}, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		jumps, kept := run(t, file)
		cfg := *s.Config
		cfg.UntilIdle, cfg.Duration = false, jumps.End.Sub(0) // calls that change nothing would not let it be idle
		plain := new(record.Memory)
		every, err := world.Run(&cfg, world.RunOptions{Sinks: []record.Sink{record.Multi(plain)}, EveryProbe: true})
		if err != nil {
			t.Fatal(err)
		}
		if every.Events > jumps.Events {
			more++
		}
		for _, m := range []*record.Memory{kept, plain} {
			m.Header.UntilIdle, m.Header.Duration = false, 0
			m.Footer.Events, m.Footer.Fingerprint, m.Footer.Idle = 0, "", false
		}
		if !reflect.DeepEqual(kept, plain) {
			t.Errorf("%s: with every call of every probe the run leaves another record", file)
		}
	}
	if more == 0 {
		t.Error("no scenario has probes that are called in vain")
	}
}
