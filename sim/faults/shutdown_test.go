package faults_test

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/faults"
)

func (m *machines) Shutdown(now sim.Time, node string) { m.say(now, "shut", node) }

func TestAShutdownBeginsAndTheNodeIsStartedAgain(t *testing.T) {
	b := newBench(t, 1, 2)
	f := verb(t, "shutdown", func(f *faults.NodeFault) { f.Zone, f.For = "b", sim.Constant(300) })
	if err := f.Do(b.env()); err != nil {
		t.Fatal(err)
	}
	b.run(sim.At(time.Hour))
	if got, want := strings.Join(b.log, ", "), "0s shut b-0, 0s shut b-1, 300s boot b-0, 300s boot b-1"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
