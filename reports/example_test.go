package reports_test

import (
	"fmt"
	"log"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/reports/render"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// A summary is a sink: it takes in the rows of a run and makes a document of them.
func ExampleSummary() {
	summary := new(reports.Summary)
	sink := record.Multi(summary)
	sink.Begin(&record.Header{Version: "v0.1.0", Name: "hello", Seed: 7})
	sink.Pod(&record.PodRow{
		Namespace: "default", Name: "giant", Phase: "Pending", Attempts: 3, Message: "0/2 nodes are available: 2 Insufficient cpu.",
		Created: 0, Tried: 0, Scheduled: sim.Never, Started: sim.Never, Ready: sim.Never, Ended: sim.Never,
	})
	end := &record.Footer{
		End: at(3600), Fingerprint: "5f2c91d0a7b3e846", Events: 12, Nodes: record.Extremes{Min: 2, Max: 2, Mean: 2},
		Queue:  record.Extremes{Max: 1, Mean: 1},
		Totals: []record.ResourceTotal{{Name: "cpu", Allocatable: 3600 * 16}},
	}
	if err := sink.End(end); err != nil {
		log.Fatal(err)
	}
	text, err := render.Text(summary.Doc())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	// Output:
	// hello  seed 7  1h simulated  fingerprint 5f2c91d0a7b3e846
	// towtank v0.1.0  12 events
	//
	// NEVER RAN
	// POD             PODS   WAITED   ATTEMPTS   WHY
	// default/giant      1       1h          3   0/2 nodes are available: 2 Insufficient cpu.
	//
	// PODS         created 1   scheduled 0   finished 0   running 0   pending 1   never ran 1
	// WAIT         p50 -   p90 -   p99 -   max -   mean -   (created to scheduled: no pod was)
	// ATTEMPTS     0   failed 0   0 a pod
	// CPU          requested 0.0 % of 16 cores on average, 0.0 % at most (t=0s)
	// NODES        2 at most, 2 at least, 2 on average
	// QUEUE        1 pod at most, 1 on average (waiting to be scheduled)
}
