package record_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// A run's record goes to a folder, and comes back from it.
func Example() {
	root, err := os.MkdirTemp("", "record")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	dir := filepath.Join(root, "run")
	files, err := record.OpenDir(dir, nil)
	if err != nil {
		log.Fatal(err)
	}

	sink := record.Multi(files)
	sink.Begin(&record.Header{Name: "hello", Seed: 1})
	sink.Pod(&record.PodRow{
		Namespace: "default", Name: "web", Phase: "Pending", Message: "0/0 nodes are available",
		Created: 0, Tried: sim.At(1e6), Scheduled: sim.Never, Started: sim.Never, Ready: sim.Never, Ended: sim.Never,
	})
	if err := sink.End(&record.Footer{End: sim.At(60e9)}); err != nil {
		log.Fatal(err)
	}

	var back record.Memory
	if err := record.Read(dir, &back); err != nil {
		log.Fatal(err)
	}
	pod := back.Pods[0]
	fmt.Println(pod.Name, "first tried at", pod.Tried, "scheduled", pod.Scheduled)
	// Output: web first tried at 1ms scheduled never
}
